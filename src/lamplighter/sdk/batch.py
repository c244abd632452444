"""Score a whole table through the endpoint of an environment: the same version, contract and log as for any other caller.

Rows go in chunks, some in flight at a time. Each chunk that is answered is kept in a folder beside the target, so that a job
that was ended goes on where it stopped. Request ids follow from the job and the chunk, so a chunk that is asked for twice has
the same prediction ids.
"""

import hashlib
import os
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from lamplighter.domain.contract import Contract
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Conflict, Invalid, Unavailable
from lamplighter.domain.prediction import prediction_id
from lamplighter.domain.record import Record, canonical
from lamplighter.domain.version import Version
from lamplighter.sdk import table_stream
from lamplighter.sdk.bearer import bearer
from lamplighter.sdk.model import refusal

#: Rows of a chunk, and chunks in flight.
ROWS, _FLIGHTS = 5_000, 3
#: Statuses that may pass, how often they are met again, and seconds before the first time.
_PASSING, _TRIES, _PAUSE = frozenset((429, 502, 503, 504)), 6, 0.5
_ARROW = {"Content-Type": "application/vnd.apache.arrow.stream", "Accept": "application/json"}
_PLAN = "job.json"


class Job(Record, frozen=True):
    """What is scored by what; a job that goes on must be the same."""

    #: In the ids of its predictions.
    name: str
    #: The version that answers every chunk, such as `late-flights@7`.
    version: str
    #: SHA-256 of the table.
    source: str
    #: Rows of a chunk.
    rows: int


class Progress(Record, frozen=True):
    """How far a job is."""

    rows: int
    chunks: int
    seconds: float
    #: Chunks that were there from before.
    kept: int = 0
    #: Rows of these.
    kept_rows: int = 0

    @property
    def rate(self) -> float:
        """Rows scored in a second; what was there from before took no time."""
        return (self.rows - self.kept_rows) / max(self.seconds, 1e-9)


def plan(version: Version, source: Path, rows: int = ROWS) -> Job:
    """The job of scoring this table with this version; raises `NotFound` and `Invalid`."""
    table_stream.check_form(source)
    digest = hashlib.sha256()
    try:
        with source.open("rb") as file:
            while content := file.read(1 << 20):
                digest.update(content)
    except OSError as error:
        raise Invalid(
            "The table cannot be read.", why=f"{source.name}: {error.strerror}.", fix="Name a file.", code="E1198"
        ) from None
    found = digest.hexdigest()
    name = hashlib.sha256(f"{found} {version.digest} {rows}".encode()).hexdigest()[:16]
    return Job(name=f"job-{name}", version=version.name, source=found, rows=rows)


class Scoring:
    """One job on its way."""

    def __init__(self, job: Job, version: Version, address: str, token: str, source: Path, target: Path) -> None:
        table_stream.check_form(target)
        if target.resolve() == source.resolve():
            raise Invalid(
                "The scores would take the place of the table.",
                why=f"{target.name} is read and written, and its inputs would be lost.",
                fix="Name another file for the scores.",
                code="E1195",
            )
        self._job, self._version, self._source, self._target = job, version, source, target
        self._contract: Contract = version.manifest.contract
        self._url = f"{address}/m/{version.model}/versions/{version.number}/invocations"
        self._client = httpx2.Client(headers={"Authorization": bearer(token), **_ARROW}, timeout=60.0, trust_env=False)
        self._parts = target.with_name(f"{target.name}.parts")

    def run(self, *, resume: bool, told: Callable[[Progress], None]) -> Progress:
        """Score every row and write the target.

        Raises what the endpoint answers, `Conflict` for a job that has begun already, `Invalid` for rows that do not fit, with
        their place in the table, and `Unavailable` for a disk that does not take them.
        """
        self._check()
        try:
            return self._run(resume, told)
        except OSError as error:
            raise Unavailable(
                "The scores cannot be written.",
                why=f"{self._target.name} in {self._target.resolve().parent}: {error.strerror or type(error).__name__}.",
                fix="Make room for it, then go on with --resume; or name another place.",
                code="E1704",
            ) from error

    def _run(self, resume: bool, told: Callable[[Progress], None]) -> Progress:
        self._begin(resume=resume)
        started, done = time.monotonic(), Progress(rows=0, chunks=0, seconds=0.0)
        with self._client, ThreadPoolExecutor(_FLIGHTS) as flights:
            for count, was_there in self._chunks(flights):
                done = _further(done, count, was_there=was_there, seconds=time.monotonic() - started)
                told(done)
        unfinished = self._target.with_name(f".{self._target.name}.new{self._target.suffix}")
        table_stream.join([self._part(place) for place in range(done.chunks)], unfinished)
        _force(unfinished)
        unfinished.replace(self._target)
        shutil.rmtree(self._parts)
        return msgspec.structs.replace(done, seconds=time.monotonic() - started)

    def _begin(self, *, resume: bool) -> None:
        plan_file = self._parts / _PLAN
        if not plan_file.exists():
            self._parts.mkdir(exist_ok=True)
            _keep(plan_file, canonical(self._job))
        elif not resume:
            raise Conflict(
                "This table was begun before.",
                why=f"{self._parts.name} holds the chunks that were answered.",
                fix="Go on with --resume, or remove that folder to begin anew.",
                code="E1528",
            )
        elif from_json(plan_file.read_bytes(), Job) != self._job:
            raise Conflict(
                "What was begun before is another job.",
                why="The table, the version or the rows of a chunk are others.",
                fix=f"Remove {self._parts.name} to begin anew.",
                code="E1529",
            )

    def _chunks(self, flights: ThreadPoolExecutor) -> Iterator[tuple[int, bool]]:
        """Rows of each chunk, and whether it was there from before; a few are in flight at a time."""
        waiting: deque[tuple[int, bool, Future[None] | None]] = deque()
        for place, batch in enumerate(table_stream.batches(self._source, self._job.rows)):
            is_there = self._part(place).exists()
            waiting.append((batch.num_rows, is_there, None if is_there else flights.submit(self._score, place, batch)))
            if len(waiting) > _FLIGHTS:
                yield _landed(*waiting.popleft())
        while waiting:
            yield _landed(*waiting.popleft())

    def _check(self) -> None:
        first = next(table_stream.batches(self._source, 1), None)
        if first is None:
            raise Invalid(
                "There are no rows to score.", why=f"{self._source.name} holds none.", fix="Name another table.", code="E1198"
            )
        names = set(first.schema.names)
        absent = [column.name for column in self._contract.inputs if column.name not in names]
        if absent:
            raise Invalid(
                f"{self._source.name} lacks columns of {self._version.name}.",
                why=f"Absent: {', '.join(absent[:20])}.",
                fix="Write them into the table; further columns are carried along.",
                code="E1199",
            )

    def _score(self, place: int, batch: Any) -> None:
        inputs = [column.name for column in self._contract.inputs]
        request = f"{self._job.name}-{place:08d}"
        scores = self._asked(request, table_stream.stream(batch.select(inputs)), place * self._job.rows)
        others = [name for name in batch.schema.names if name not in inputs]
        _keep(self._part(place), table_stream.stream(self._answered(batch.select(others), request, scores)))

    def _asked(self, request: str, body: bytes, first: int) -> list[float]:
        for turn in range(_TRIES):
            try:
                answer = self._client.post(self._url, content=body, headers={"Lamp-Request-Id": request})
            except httpx2.TransportError:
                answer = None
            if answer is not None and answer.status_code not in _PASSING:
                break
            time.sleep(_PAUSE * 2**turn)
        if answer is None:
            raise Unavailable(
                f"No answer from {self._url}.",
                why=f"The connection failed {_TRIES} times.",
                fix="See with lamp doctor whether serving runs; then go on with --resume.",
                code="E1703",
            )
        if not answer.is_success:
            raise refusal(answer, first)
        return from_json(answer.content, dict[str, list[float]])["predictions"]

    def _answered(self, others: Any, request: str, scores: list[float]) -> Any:
        """The columns that no model takes, and behind them the ids, the scores and the decisions."""
        from arro3.core import Array, DataType, Table

        output, threshold = self._contract.output, self._version.manifest.decision.threshold
        ids = [prediction_id(request, row) for row in range(len(scores))]
        columns = {name: others.column(name) for name in others.schema.names}
        columns |= {"prediction_id": Array(ids, DataType.string()), output.name: Array(scores, DataType.float64())}
        if output.classes:
            decided = [output.classes[score >= threshold] for score in scores]
            columns["decision"] = Array(decided, DataType.string())
        return Table.from_pydict(columns)

    def _part(self, place: int) -> Path:
        return self._parts / f"{place:08d}.arrow"


def _further(before: Progress, rows: int, *, was_there: bool, seconds: float) -> Progress:
    """Progress with one more chunk."""
    return Progress(
        rows=before.rows + rows,
        chunks=before.chunks + 1,
        seconds=seconds,
        kept=before.kept + was_there,
        kept_rows=before.kept_rows + rows * was_there,
    )


def _landed(rows: int, was_there: bool, flight: "Future[None] | None") -> tuple[int, bool]:
    if flight is not None:
        flight.result()
    return rows, was_there


def _keep(path: Path, content: bytes) -> None:
    """Write a file as a whole and force it to the disk."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(content)
    _force(temporary)
    temporary.replace(path)


def _force(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
