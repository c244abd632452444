"""Serving on this machine: a detached process group for each environment, told and seen through files.

The group survives the death of whoever started it. It is found again by the lock that it holds on its process-id file, so a
process id that was given to somebody else is never taken for it.
"""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Unavailable
from lamplighter.domain.observation import Observation
from lamplighter.domain.route import Credentials, Route, WorkerPast, WorkerReport, compared
from lamplighter.domain.sandbox import Sandbox
from lamplighter.targets.base import keep_route, least_closed, put, quarantined_in

#: Where packages come from, for the environments of versions.
_INDEX = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_OFFLINE", "SSL_CERT_FILE")
#: What a group inherits from our environment; addresses and passwords of the control plane are none of its matter.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH", *_INDEX)
#: How the variables of OpenTelemetry begin: a group exports by itself. Processes of models are given none of them.
_OTEL = "OTEL_"
#: Folders beside those of the environments; no environment has such a name. The keys are public ones, in PEM.
_ENVIRONMENTS, KEYS = ".environments", ".keys"
_START_SECONDS = 20.0
_LOOK = 0.01


class Target:
    """Runs groups below `root`, one folder for each environment, with versions from the local artifact store.

    `further` are arguments of the groups beside those that follow from the environment.
    """

    #: Seconds a group has to end by itself; a little more than it gives its processes.
    end_seconds = 12.0

    def __init__(self, root: Path, artifacts: Path, further: Sequence[str] = ()) -> None:
        self._root = root.absolute()
        self._artifacts = artifacts.absolute()
        self._further = tuple(further)

    def folder(self, environment: str) -> Path:
        """Where the route, the reports and the `segments` of an environment lie."""
        return self._root / environment

    def apply(self, environment: Environment) -> None:
        """Start the group, or restart it if it listens elsewhere or has another number of processes."""
        folder = self.folder(environment.name)
        listening = (environment.host, environment.port, environment.workers, environment.grpc_port, *self._further)
        wanted = f"{' '.join(map(str, listening))}\n".encode()
        started = folder / "serving.started"
        if _holder(folder) is not None:
            if started.exists() and started.read_bytes() == wanted:
                return
            self.remove(environment)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        put(started, wanted)
        pid = self._start(environment, folder)
        if not _until(lambda: _holder(folder) == pid or _ended(pid), _START_SECONDS) or _holder(folder) != pid:
            raise _not_started(environment, folder)

    def route(self, environment: Environment, route: Route, credentials: Credentials) -> None:
        """Replace both files."""
        keep_route(self.folder(environment.name), route, credentials)

    def observe(self, environment: Environment) -> Observation:
        """Read the lock and the reports of the processes that the parent has now."""
        folder = self.folder(environment.name)
        parent = _holder(folder)
        if parent is None:
            return Observation(alive=False)
        found = _reports(folder)
        reports = tuple(report for report in found if _is_child(report.pid, parent))
        pasts = [past for path in sorted((folder / "past").glob("[0-9]*.json")) if (past := _past(path)) is not None]
        complete = len(reports) == environment.workers
        return Observation(
            alive=True,
            revision=min(report.revision for report in reports) if complete else -1,
            loaded=frozenset.intersection(*(frozenset(report.loaded) for report in reports)) if complete else frozenset(),
            refused={digest: why for report in reports for digest, why in report.refused.items()},
            quarantined=quarantined_in(reports),
            reports=reports,
            pairs=compared(found, pasts),
            processes=environment.workers,
            parent=parent,
        )

    def sandbox(self, environment: Environment) -> Sandbox | None:
        """By the group itself, or by the other groups while it does not run: all are on this machine."""
        folder = self.folder(environment.name)
        others = [path.parent for path in sorted(self._root.glob("*/serving.pid"))]
        return self._tested([folder]) or self._tested(others)

    def _tested(self, folders: list[Path]) -> Sandbox | None:
        held = [(folder, parent) for folder in folders if (parent := _holder(folder)) is not None]
        return least_closed(one for folder, parent in held for one in _reports(folder) if _is_child(one.pid, parent))

    def remove(self, environment: Environment) -> None:
        """Ask the group to end, wait, and kill what is left of it."""
        folder = self.folder(environment.name)
        pid = _holder(folder)
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        if not _until(lambda: _ended(pid) or not _locked(folder), self.end_seconds):
            # The group has a session of its own; a parent started by hand in somebody's session is killed alone.
            kill = os.killpg if os.getpgid(pid) == pid else os.kill
            kill(pid, signal.SIGKILL)
        _until(lambda: not _locked(folder), self.end_seconds)
        _ended(pid)

    def _start(self, environment: Environment, folder: Path) -> int:
        command = [sys.executable, "-I", "-m", "lamplighter.serving", "--environment", environment.name]
        command += ["--directory", str(folder), "--artifacts", str(self._artifacts), "--host", environment.host]
        command += ["--port", str(environment.port), "--workers", str(environment.workers)]
        command += ["--grpc-port", str(environment.grpc_port)] if environment.grpc_port else []
        command += ["--environments", str(self._root / _ENVIRONMENTS), "--keys", str(self._root / KEYS)]
        command += self._further
        log = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        pid = os.posix_spawn(
            sys.executable,
            command,
            {name: value for name, value in os.environ.items() if name in _INHERITED or name.startswith(_OTEL)},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(folder / "serving.log"), log, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
        _children.add(pid)
        return pid


def _reports(folder: Path) -> list[WorkerReport]:
    """Of all slots, also those of processes that have died."""
    paths = sorted((folder / "workers").glob("[0-9]*.json"))
    return [report for path in paths if (report := _report(path)) is not None]


def _report(path: Path) -> WorkerReport | None:
    try:
        return from_json(path.read_bytes(), WorkerReport)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _past(path: Path) -> WorkerPast | None:
    try:
        return from_json(path.read_bytes(), WorkerPast)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _locked(folder: Path) -> bool:
    """Whether a group, or what is left of one, holds the lock."""
    try:
        descriptor = os.open(folder / "serving.pid", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _holder(folder: Path) -> int | None:
    """Process id of the parent of a running group that has its address; nothing if there is none."""
    for pid in tuple(_children):
        _ended(pid)
    if not _locked(folder):
        return None
    text = (folder / "serving.pid").read_text().strip()
    pid = int(text) if text.isdecimal() else 0
    return pid if pid and not _ended(pid) and _is_serving(pid) else None


#: Groups that this process has started and whose end it has not seen. Only these are waited for, so that the end of
#: another child that was given an old process id is not taken away from whoever waits for it.
_children: set[int] = set()


def _ended(pid: int) -> bool:
    """Whether the process has ended; if it was our child, it leaves no zombie."""
    if pid in _children:
        try:
            if os.waitpid(pid, os.WNOHANG)[0] == 0:
                return False
        except ChildProcessError:
            pass
        _children.discard(pid)
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _is_serving(pid: int) -> bool:
    """Whether the process was started as a serving group, where the system tells."""
    try:
        return b"lamplighter.serving" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self/cmdline").exists()


def _is_child(pid: int, parent: int) -> bool:
    """Whether a process of a report is one of the group now, where the system tells; reports of dead ones stay."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return not Path("/proc/self/stat").exists() and not _ended(pid)
    return int(status.rpartition(")")[2].split()[1]) == parent


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(_LOOK)
    return True


def _not_started(environment: Environment, folder: Path) -> Unavailable:
    """The refusal with the last line that the group wrote."""
    lines = (folder / "serving.log").read_text(errors="replace").splitlines()
    return Unavailable(
        f"Serving of {environment.name} could not start.",
        why=lines[-1] if lines else "It ended without a word.",
        fix="Free the address or change it, then wait: the start is tried again. The whole story is in serving.log.",
        code="E1710",
    )
