"""A process group on real ground for the tests: models as data, files as the control plane writes them, a plain HTTP client."""

import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from tests.ports import free_port

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.domain.prediction import Scored, frames
from lamplighter.domain.record import canonical, digest_of
from lamplighter.domain.route import Credential, Credentials, ModelRoute, Route, Served, WorkerReport
from lamplighter.domain.version import Artifact, Manifest, address
from lamplighter.serving.compiled.plan import Linear, Link, Number, Plan, Table, write

TOKEN = "lmp_pat_for-the-tests"
MODEL = "late-flights"
NEVER = 2**62


def contract() -> Contract:
    """Two numbers and a text that may be empty."""
    return Contract(
        inputs=(
            Column(name="dep_delay", kind=Kind.NUMBER, nullable=True),
            Column(name="distance", kind=Kind.INTEGER),
            Column(name="carrier", kind=Kind.TEXT, nullable=True, categories=("AA", "UA")),
        ),
        output=Output(name="late", meaning=Meaning.NUMBER),
    )


def plan(bias: float = 0.0, *, refuses_unknown_carriers: bool = False) -> Plan:
    """score = bias + dep_delay + distance / 1000 + 10 for UA."""
    other = None if refuses_unknown_carriers else ()
    return Plan(
        template=(0.0, 0.0, 0.0),
        numbers=(Number(column="dep_delay", position=0, null=0.0), Number(column="distance", position=1)),
        tables=(Table(column="carrier", keys=("AA", "UA"), cells=(((2, 0.0),), ((2, 1.0),)), null=((2, 0.0),), other=other),),
        estimator=Linear(bias=bias, weights=(1.0, 0.001, 10.0)),
        link=Link.IDENTITY,
    )


def put(artifacts: Path, content: bytes) -> str:
    """Store bytes under their digest."""
    digest = digest_of(content)
    path = artifacts / address(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return digest


def register(artifacts: Path, number: int, bias: float = 0.0, *, model: str = MODEL, **options: bool) -> Served:
    """A version that is loaded by the compiled runtime."""
    content = write(plan(bias, **options))
    artifact = Artifact(role="plan", name="plan.json", digest=put(artifacts, content), size=len(content), format="json")
    manifest = Manifest(model=model, runtime="compiled", contract=contract(), artifacts=(artifact,))
    return Served(number=number, digest=put(artifacts, canonical(manifest)))


def replace(path: Path, content: bytes) -> None:
    """As the control plane does it: whole or not at all."""
    temporary = path.with_name(path.name + ".test")
    temporary.write_bytes(content)
    temporary.replace(path)


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Poll until the condition holds; fail after the time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.005)


class Ground:
    """The directory of one environment and the store beside it."""

    def __init__(self, root: Path, environment: str = "prod") -> None:
        self.environment = environment
        self.directory = root / environment
        self.artifacts = root / "artifacts"
        self.directory.mkdir(parents=True)
        self.artifacts.mkdir()
        #: Public keys that are trusted.
        self.keys = root / "keys"
        self.port = free_port()
        #: Port for gRPC; 0 for none.
        self.grpc_port = 0
        self._revision = 0
        self._callers: list[Caller] = []
        self.admit()

    def admit(
        self, *models: str, token: str = TOKEN, holder: str = "booking", expires_at: int = NEVER, drills: bool = False
    ) -> None:
        """Exactly this token counts."""
        digest = hashlib.sha256(token.encode()).hexdigest()
        credential = Credential(token_digest=digest, holder=holder, models=models, expires_at=expires_at, drills=drills)
        replace(self.directory / "credentials.json", canonical(Credentials(tokens=(credential,))))

    def caller(self, token: str = TOKEN) -> "Caller":
        """A connection that is closed before the group is told to end."""
        caller = Caller(self.port, token)
        self._callers.append(caller)
        return caller

    def version(self, number: int, bias: float = 0.0, *, model: str = MODEL, **options: bool) -> Served:
        """A registered version."""
        return register(self.artifacts, number, bias, model=model, **options)

    def route(self, *models: ModelRoute) -> int:
        """Put a route in place; its revision."""
        self._revision += 1
        replace(
            self.directory / "route.json",
            canonical(Route(environment=self.environment, revision=self._revision, models=models)),
        )
        return self._revision

    def reports(self) -> list[WorkerReport]:
        """What the processes say of themselves."""
        paths = sorted((self.directory / "workers").glob("[0-9]*.json"))
        return [msgspec.json.decode(path.read_bytes(), type=WorkerReport) for path in paths]

    def adopted(self, revision: int, workers: int = 1) -> bool:
        """Whether every process answers by this revision."""
        reports = self.reports()
        return len(reports) == workers and all(report.revision == revision for report in reports)

    def scored(self) -> list[Scored]:
        """Every whole record in the log, in the order of the files."""
        paths = sorted((self.directory / "segments").glob("*.seg"))
        return [record for path in paths for record, _ in frames(path.read_bytes())]

    @contextmanager
    def serving(self, workers: int = 1, prefix: tuple[str, ...] = (), **options: Any) -> Iterator["subprocess.Popen[bytes]"]:
        """A running process group, ended by SIGTERM."""
        process = self.start(workers, prefix, **options)
        try:
            until(lambda: is_open(self.port))
            yield process
        finally:
            for caller in self._callers:
                caller.connection.close()
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.kill(int((self.directory / "serving.pid").read_text()), signal.SIGTERM)
            try:
                process.wait(timeout=15)
            finally:
                end_group(process)

    def start(self, workers: int = 1, prefix: tuple[str, ...] = (), **options: Any) -> "subprocess.Popen[bytes]":
        """Start a process group in a session of its own."""
        command = [*prefix, sys.executable, "-m", "lamplighter.serving", "--environment", self.environment]
        command += ["--directory", str(self.directory), "--artifacts", str(self.artifacts)]
        command += ["--port", str(self.port), "--workers", str(workers)]
        command += ["--grpc-port", str(self.grpc_port)] if self.grpc_port else []
        command += ["--keys", str(self.keys)]
        with (self.directory / "serving.log").open("ab") as log:
            return subprocess.Popen(command, start_new_session=True, stderr=log, stdout=log, **options)


def end_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill whatever is left of the session."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=5)


def is_open(port: int) -> bool:
    """Whether the group answers."""
    try:
        return Caller(port).get("/livez")[0] == 200
    except OSError:
        return False


class Caller:
    """A keep-alive connection with a token."""

    def __init__(self, port: int, token: str = TOKEN, timeout: float = 30.0) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def __del__(self) -> None:
        self.connection.close()

    def get(self, path: str, **headers: str) -> tuple[int, Any, Mapping[str, str]]:
        """Status, decoded body, headers."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any, Mapping[str, str]]:
        """The same with a body; bytes go as they are. Header names are written with underscores."""
        return self._ask("POST", path, body if isinstance(body, bytes) else json.dumps(body).encode(), headers)

    def infer(
        self, rows: int = 1, path: str = f"/v2/models/{MODEL}/infer", **headers: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        """A lawful inference request of so many equal rows; each scores bias + 16."""
        return self.post(path, inference(rows), **headers)

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, Any, Mapping[str, str]]:
        lines = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, {name: value for name, value in lines.items() if value})
        answer = self.connection.getresponse()
        content = answer.read()
        is_json = "json" in answer.headers.get("Content-Type", "")
        return answer.status, json.loads(content) if is_json else content, dict(answer.headers)


def inference(rows: int = 1, **changes: Any) -> dict[str, Any]:
    """Rows with dep_delay 5, distance 1000, carrier UA."""
    columns: dict[str, tuple[str, Any]] = {"dep_delay": ("FP64", 5.0), "distance": ("INT64", 1000), "carrier": ("BYTES", "UA")}
    inputs = [
        {"name": name, "shape": [rows], "datatype": datatype, "data": [value] * rows}
        for name, (datatype, value) in columns.items()
    ]
    return {"inputs": inputs} | changes


class Stream(threading.Thread):
    """A caller that asks without a pause and keeps its own record of what was acknowledged."""

    def __init__(self, ground: Ground, name: str) -> None:
        super().__init__(daemon=True)
        self._ground = ground
        self._name = name
        self._going = True
        #: Ids that were answered with success, with the version that answered.
        self.acknowledged: dict[str, str] = {}
        #: Statuses and error names of everything else.
        self.failed: list[str] = []

    def run(self) -> None:
        """Ask until stopped; a broken connection is made anew, a request is never sent twice."""
        caller = self._ground.caller()
        number = 0
        while self._going:
            number += 1
            name = f"{self._name}-{number}"
            try:
                status, _, headers = caller.infer(Lamp_Request_Id=name)
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(type(error).__name__)
                caller.connection.close()
                time.sleep(0.01)
                continue
            if status == 200:
                self.acknowledged[name] = headers["Lamp-Version"]
            else:
                self.failed.append(str(status))

    def stop(self) -> None:
        """Finish the request in work."""
        self._going = False
        self.join(15)


def acknowledged(streams: Iterable[Stream]) -> int:
    """How many requests of all of them were answered with success so far."""
    return sum(len(stream.acknowledged) for stream in streams)


def let_through(streams: Iterable[Stream], more: int) -> None:
    """Wait until so many more requests were answered with success."""
    before = acknowledged(streams)
    until(lambda: acknowledged(streams) >= before + more)


@contextmanager
def streaming(ground: Ground, count: int) -> Iterator[list[Stream]]:
    """So many callers at once."""
    streams = [Stream(ground, f"caller{number}") for number in range(count)]
    for stream in streams:
        stream.start()
    try:
        yield streams
    finally:
        for stream in streams:
            stream.stop()
