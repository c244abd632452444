"""An import from beginning to end: what is wanted is read and packed by several at once, and registered one after the other."""

import os
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from lamplighter.domain.errors import Conflict, LampError, NotFound, Unauthenticated, Unavailable
from lamplighter.domain.imported import Imported
from lamplighter.domain.names import unknown
from lamplighter.domain.project import Project
from lamplighter.domain.version import Provenance
from lamplighter.sdk.importing import artifacts, registering, registry
from lamplighter.sdk.importing.packing import Made, Order
from lamplighter.sdk.importing.plan import Wanted
from lamplighter.sdk.importing.process import Process
from lamplighter.sdk.importing.registry import Model, Run, Version
from lamplighter.sdk.importing.report import Outcome, Report, Row, refused
from lamplighter.sdk.importing.server import Server
from lamplighter.sdk.interface import Platform

#: Versions that are packed at once at most.
_ABREAST = 4
#: Models that are asked for one by one at most; of more, all are listed.
_FEW = 5
#: What says that a server, or this platform, does not answer; and after how many versions in a row that is the end.
_SILENT, _PATIENCE = frozenset({"E1451", "E1702"}), 3


@dataclass(frozen=True)
class Task:
    """One version that is to be brought in."""

    model: Model
    version: Version
    project: Project


@dataclass(frozen=True)
class Packed:
    """What was read and made of a version."""

    task: Task
    run: Run
    made: Made


def brought_in(
    platform: Platform, server: Server, wanted: Wanted, told: Callable[[Row], None] = lambda _: None
) -> Iterator[Row]:
    """Bring in what is wanted, and tell what came of each version as soon as it is known.

    Raises `NotFound` for a model that the server does not have, and what says that the server, or this platform, cannot be
    asked at all. A version that is refused leaves the others alone; one that is here already is not read again.
    """
    silent = 0
    with _Bench(server, wanted, min(_ABREAST, os.cpu_count() or 1)) as bench:
        for found in bench.each(_planned(platform, server, wanted)):
            row = found if isinstance(found, Row) else _row(platform, server.url, wanted, *found)
            silent = silent + 1 if row.code in _SILENT else 0
            told(row)
            yield row
            if silent == _PATIENCE:
                raise Unavailable("Nothing answers any more.", why=row.why, fix=row.fix, code=row.code)


def imported(platform: Platform, server: Server, wanted: Wanted, told: Callable[[Row], None] = lambda _: None) -> Report:
    """The same, with everything that came of it in the order of names and numbers."""
    rows = sorted(brought_in(platform, server, wanted, told), key=lambda row: (row.model, row.number))
    return Report(server=server.url, rows=tuple(rows))


def _planned(platform: Platform, server: Server, wanted: Wanted) -> Iterator[Task | Row]:
    """What is to be done, and the rows of what is not, model by model."""
    found = _models(server, wanted)
    names = Counter(name for model in found if (name := _local(wanted, model)))
    for model in found:
        try:
            if names[wanted.local_name(model.name)] > 1:
                raise _twice(wanted.local_name(model.name))
            versions = registry.chosen(model, registry.versions(server, model.name), wanted.choice)
            project = wanted.project(model)
            known = registering.known(platform, project.name, model.name)
        except Unauthenticated:
            raise
        except LampError as error:
            yield refused(model.name, 0, error)
            continue
        for version in versions:
            here = registering.same(known, version)
            if here is None:
                yield Task(model, version, project)
            else:
                yield Row(model=model.name, number=version.number, outcome=Outcome.KNOWN, version=here.name)
        if not versions:
            yield refused(model.name, 0, _none())


def _models(server: Server, wanted: Wanted) -> list[Model]:
    """Those that are wanted; raises `NotFound` for a name that the server does not have."""
    names = tuple(dict.fromkeys(wanted.names))
    if not names:
        return registry.models(server)
    try:
        if len(names) <= _FEW:
            return [registry.model(server, name) for name in names]
        known = {one.name: one for one in registry.models(server)}
        return [known[name] for name in names]
    except (NotFound, KeyError):
        there = [one.name for one in registry.models(server)]
        raise unknown("registered model", next(name for name in names if name not in there), there) from None


def _local(wanted: Wanted, model: Model) -> str:
    try:
        return wanted.local_name(model.name)
    except LampError:
        return ""


def _row(platform: Platform, url: str, wanted: Wanted, task: Task, future: "Future[Packed]") -> Row:
    name, number = task.model.name, task.version.number
    try:
        packed = future.result()
        unverified = (*packed.made.unverified, *registering.unverified(task.project, packed.run))
        if wanted.dry_run:
            return Row(name, number, Outcome.READY, version=task.project.name, unverified=unverified)
        version, fresh = registering.registered(platform, url, task.model, task.version, task.project, packed.run, packed.made)
        return Row(name, number, Outcome.IMPORTED if fresh else Outcome.KNOWN, version=version.name, unverified=unverified)
    except Unauthenticated:
        raise
    except LampError as error:
        return refused(name, number, error)


class _Bench:
    """Threads that read versions and have them packed, each in a process of its own."""

    def __init__(self, server: Server, wanted: Wanted, width: int) -> None:
        self._server, self._wanted, self._width = server, wanted, width
        self._processes: SimpleQueue[Process] = SimpleQueue()
        self._closing = ExitStack()

    def __enter__(self) -> "_Bench":
        self._threads = self._closing.enter_context(ThreadPoolExecutor(self._width))
        for _ in range(self._width):
            process = Process()
            # Closed first: a thread that waits for its process then has its answer.
            self._closing.callback(process.close)
            self._processes.put(process)
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._closing.close()

    def each(self, found: Iterable[Task | Row]) -> Iterable["tuple[Task, Future[Packed]] | Row"]:
        """Every task in order with what comes of it, and every row; only as many are begun ahead as there are threads."""
        begun: deque[tuple[Task, Future[Packed]]] = deque()
        for one in found:
            if isinstance(one, Row):
                yield one
                continue
            if len(begun) > self._width:
                yield begun.popleft()
            begun.append((one, self._threads.submit(self._packed, one)))
        while begun:
            yield begun.popleft()

    def _packed(self, task: Task) -> Packed:
        process = self._processes.get()
        try:
            with tempfile.TemporaryDirectory(prefix="lamp-import-") as folder:
                return self._read(task, Path(folder), process)
        finally:
            self._processes.put(process)

    def _read(self, task: Task, folder: Path, process: Process) -> Packed:
        (folder / "model").mkdir(mode=0o700)
        files = artifacts.files_of(self._server, task.version)
        digest = artifacts.download(files, folder / "model")
        run = registry.run(self._server, task.version)
        said, sample = self._wanted.of(task.model.name), self._wanted.sample(task.model.name)
        version = task.version
        origin = Imported(version.name, version.number, version.run_id, version.created_at, digest)
        order = Order(
            folder=str(folder / "model"),
            project=task.project,
            provenance=Provenance(commit=registering.commit(run), imported=origin),
            sample=str(sample.resolve()) if sample else "",
            label=said.label,
            classes=said.classes,
            trust=said.trust or self._wanted.trust,
            note=registering.note(version),
        )
        return Packed(task, run, process.packed(order, folder / "order.json"))


def _twice(name: str) -> Conflict:
    return Conflict(
        "Two models of the server would have one name here.",
        why=f"Both would be {name}.",
        fix='Give one of them another in a file for --file: [model."..."] and name = "...".',
        code="E1454",
    )


def _none() -> NotFound:
    return NotFound(
        "No version of this model comes into question.",
        why="It has none, or none that an alias champion or the stage Production says to be in use.",
        fix="Say which with --versions all, or --versions 1 for the newest.",
        code="E1456",
    )
