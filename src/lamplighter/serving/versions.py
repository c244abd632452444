"""A version in memory: loaded from verified bytes, closed when nobody uses it any more."""

import asyncio
import importlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec

from lamplighter.domain.contract import Problem, problems_of
from lamplighter.domain.decoding import from_json
from lamplighter.domain.names import DIGEST
from lamplighter.domain.record import digest_of
from lamplighter.domain.route import Arm, Condition, Served
from lamplighter.domain.version import Manifest, address
from lamplighter.serving.artifacts import verified
from lamplighter.serving.calibrated import calibrated
from lamplighter.serving.codecs.base import Question, Reply
from lamplighter.serving.codecs.typed import Read, Row, reader
from lamplighter.serving.compiled.model import BodyScorer
from lamplighter.serving.fitting import Fit
from lamplighter.serving.lane import MANY
from lamplighter.serving.runtimes.base import MOST_AT_ONCE, Failed, Isolated, Loader, Runtime, Surroundings, Unloadable

ScoreRows = Callable[[Sequence[Row]], list[float]]

_RUNTIMES = Path(__file__).parent / "runtimes"


class Attempt(msgspec.Struct):
    """What came of asking one version."""

    version: "Loaded"
    arm: Arm
    #: Microseconds the version took.
    duration: int
    scores: list[float]
    #: Why the version failed, if it did.
    failed: Failed | None = None
    #: What stands in for the version: `constant`, `last-known-good` or `version`; empty if it answers itself.
    fallback: str = ""


class Loaded:
    """A version that can score. Retired, it closes as soon as the last score is out."""

    def __init__(self, served: Served, manifest: Manifest, runtime: Runtime) -> None:
        self.served = served
        self.manifest = manifest
        self.contract = manifest.contract
        self.name = f"{manifest.model}@{served.number}"
        #: Names of the inputs, in the order of the contract.
        self.names = tuple(column.name for column in manifest.contract.inputs)
        #: Scores rows at once on the calling thread, where the runtime can; raises whatever is wrong.
        self.score_rows: ScoreRows | None = getattr(runtime, "score_rows", None)
        #: Scores requests in JSON as they came, where the runtime can.
        self.score_bodies: BodyScorer | None = getattr(runtime, "score_bodies", None)
        self._fit = Fit(manifest.contract)
        self._readers: dict[tuple[str, ...], Read] = {}
        closed = b"Lamp-Sandbox: %b\r\n" % runtime.sandbox.encode() if isinstance(runtime, Isolated) else b""
        self._line = b"%bLamp-Version: %b\r\nLamp-Prediction-Id: " % (closed, self.name.encode())
        self._runtime = runtime
        self._users = 0
        self._retired = False
        self._closing: asyncio.Task[None] | None = None

    async def attempt(self, arm: Arm, question: Question) -> Attempt:
        """Score the rows. Whatever goes wrong inside the version is its failure, never an error of the process."""
        start = time.perf_counter_ns()
        scores: list[float] = []
        failed: Failed | None = None
        self._users += 1
        try:
            scores = _checked(await self._runtime.score(question.columns, question.rows), question.rows)
        except Failed as failure:
            failed = failure
        except Exception as error:
            failed = Failed("model-failed", f"The runtime raised {type(error).__name__}.")
        finally:
            self._left()
        return Attempt(self, arm, (time.perf_counter_ns() - start) // 1000, scores, failed)

    @contextmanager
    def used(self) -> Iterator[None]:
        """Keep it open meanwhile, also where it is retired."""
        self._users += 1
        try:
            yield
        finally:
            self._left()

    def _left(self) -> None:
        self._users -= 1
        if self._retired:
            self.retire()

    @property
    def condition(self) -> Condition | None:
        """How its processes do; nothing if it has none of its own."""
        runtime = self._runtime
        if not isinstance(runtime, Isolated):
            return None
        return Condition(
            digest=self.served.digest, sandbox=runtime.sandbox, quarantine=runtime.quarantine, deaths=runtime.deaths
        )

    def named(self, keys: tuple[str, ...], body: bytes) -> bytes:
        """Under which of the keys `score_bodies` finds the rows; empty where it cannot be asked."""
        if self.score_bodies is not None:
            for start, key in _beginnings(keys):
                if body.startswith(start):
                    return key
        return b""

    def rows_of(self, keys: tuple[str, ...], body: bytes) -> Sequence[msgspec.Struct] | None:
        """The rows that stand as objects under one of the keys, if they fit the contract without a remark and `score_rows` may
        have so many at once; else nothing."""
        read = self._readers.get(keys)
        if read is None:
            made = None if self.score_rows is None else reader(self.contract, keys)
            read = self._readers[keys] = made or _reads_nothing
        rows = read(body)
        return rows if rows is not None and len(rows) <= MOST_AT_ONCE else None

    def problems_of(self, columns: Mapping[str, Sequence[Any]]) -> tuple[Problem, ...]:
        """Everything wrong with these columns; nothing if they fit the contract."""
        return () if self._fit.holds(columns) else problems_of(self.contract, columns)

    def lines(self, request: str, further: bytes = b"") -> bytes:
        """Header lines of its answer to a request, and further ones."""
        return b"%b%b\r\n%b" % (self._line, request.encode(), further)

    def reply(self, request: str, scores: list[float]) -> Reply:
        """What is written down for the caller."""
        output, manifest = self.contract.output, self.manifest
        return Reply(
            manifest.model,
            self.served.number,
            output.name,
            request,
            scores,
            classes=output.classes,
            threshold=manifest.decision.threshold,
        )

    def retire(self) -> None:
        """Close now or when the last user is done."""
        self._retired = True
        if self._users == 0 and self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._runtime.close())

    @property
    def is_closed(self) -> bool:
        """Whether the runtime has given everything back."""
        return self._closing is not None and self._closing.done()

    async def closed(self) -> None:
        """Wait until a retired version is closed."""
        if self._closing is not None:
            await self._closing


async def attempt(version: Loaded, arm: Arm, question: Question) -> Attempt:
    """Ask a version whose contract may differ from the champion's; rows that do not fit it are its failure."""
    if arm is not Arm.CHAMPION and await _misfits(version, question):
        failed = Failed("contract-mismatch", "Rows that fit the champion's contract do not fit this version's.")
        return Attempt(version, arm, 0, [], failed)
    return await version.attempt(arm, question)


async def _misfits(version: Loaded, question: Question) -> bool:
    if question.rows <= MANY:
        return bool(version.problems_of(question.columns))
    with version.used():
        return bool(await asyncio.to_thread(version.problems_of, question.columns))


@cache
def _beginnings(keys: tuple[str, ...]) -> tuple[tuple[bytes, bytes], ...]:
    """How a body begins whose rows stand under each of the keys."""
    return tuple((f'{{"{key}"'.encode(), key.encode()) for key in keys)


def _reads_nothing(_: bytes) -> None:
    """The reader of a contract that needs more than types to be checked."""


def _checked(scores: list[float], rows: int) -> list[float]:
    if len(scores) != rows or not all(map(math.isfinite, scores)):
        raise Failed("model-output-invalid", "The answer is not one finite number for each row.")
    return scores


async def open_version(model: str, served: Served, artifacts: Path, surroundings: Surroundings) -> Loaded:
    """Verify the manifest and every artifact by digest and load the version; raises `Unloadable`.

    Reading and hashing happen in a thread, so that answers to other requests do not wait for them.
    """
    manifest = await asyncio.to_thread(_verified, model, served, artifacts)
    loader = cast("Loader", await asyncio.to_thread(_runtime_module, manifest.runtime))
    runtime = await loader.load(manifest, artifacts, surroundings)
    return Loaded(served, manifest, calibrated(runtime, manifest.calibrates))


def _verified(model: str, served: Served, artifacts: Path) -> Manifest:
    manifest = manifest_of(model, served, artifacts)
    for artifact in manifest.artifacts:
        verified(artifacts, artifact)
    return manifest


def manifest_of(model: str, served: Served, artifacts: Path) -> Manifest:
    """The manifest of a version, by the digest in the route; raises `Unloadable`."""
    if not DIGEST.fullmatch(served.digest):
        raise Unloadable("The route gives no lawful digest for the version.")
    try:
        content = (artifacts / address(served.digest)).read_bytes()
    except OSError as error:
        raise Unloadable(f"The manifest cannot be read: {error.strerror}.") from None
    if digest_of(content) != served.digest:
        raise Unloadable("The bytes of the manifest differ from their digest.")
    try:
        manifest = from_json(content, Manifest)
    except msgspec.MsgspecError:
        raise Unloadable("The manifest has a form that this release does not read.") from None
    if manifest.model != model:
        raise Unloadable("The manifest is one of another model.")
    return manifest


def _runtime_module(name: str) -> object:
    known = {file.stem for file in _RUNTIMES.glob("*.py")} - {"__init__", "base"}
    if name not in known:
        raise Unloadable(f"There is no such runtime here; known: {', '.join(sorted(known))}.")
    return importlib.import_module(f"lamplighter.serving.runtimes.{name}")
