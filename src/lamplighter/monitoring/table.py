"""Counting tables of any length, day by day, in bounded memory.

Two threads take the next batch in turn and count it, each on its own. What they counted is added at the end: the numbers are
whole, so the order does not matter.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lamplighter.monitoring.arrays import IntArray
from lamplighter.monitoring.arrow import Batch, Stream, Streamable
from lamplighter.monitoring.counter import ColumnCounter
from lamplighter.monitoring.counts import Counts, merge
from lamplighter.monitoring.profile import PREDICTION, Profile
from lamplighter.monitoring.refusals import UnreadableColumn
from lamplighter.monitoring.tally import Sums

#: Microseconds of a day.
DAY = 86_400_000_000
#: Which rows of a batch count; nothing where all of them do.
Chosen = Callable[[Batch], NDArray[np.bool_] | None]


@dataclass(frozen=True)
class Naming:
    """Which columns of a table hold what."""

    #: Timestamps, by which the rows are told apart; without it everything is one day that starts at 0.
    time: str = ""
    #: The answers of the model.
    scores: str = ""
    #: What stands in front of the name of each input.
    inputs: str = ""
    #: Inputs that are not counted.
    left_out: Collection[str] = ()

    def named(self, profile: Profile) -> dict[str, str]:
        """The columns of the table by those of the profile."""
        known = {name: self.scores if name == PREDICTION else self.inputs + name for name in profile.columns}
        return {name: column for name, column in known.items() if name not in self.left_out}


@dataclass(frozen=True)
class Part:
    """A table, and which of its rows count; asked batch by batch in their order, never twice at a time."""

    table: Streamable
    chosen: Chosen = lambda _: None


def count_parts(profile: Profile, parts: Iterable[Part], naming: Naming, *, threads: int = 2) -> dict[int, Counts]:
    """The counts of each day, by its start in microseconds since the epoch, of tables with the same columns.

    Each table is taken when the one before has come to its end. Columns that the profile does not know are left out, and those
    that the first table lacks are not counted. Raises `UnreadableStream` and `UnreadableColumn`.
    """
    source = _Source(iter(parts))
    wanted = {name: column for name, column in naming.named(profile).items() if column in source.names}
    with ThreadPoolExecutor(threads + 1) as pool:
        # The first batch is read meanwhile.
        counters = pool.submit(_counters, profile, wanted)
        works = [_Work(profile, source, naming, wanted, counters) for _ in range(threads)]
        for done in [pool.submit(work.run) for work in works]:
            done.result()
    return _together([work.counts() for work in works])


def _counters(profile: Profile, names: Iterable[str]) -> Mapping[str, ColumnCounter]:
    return {name: ColumnCounter(name, profile.columns[name].bins) for name in names}


class _Source:
    """The batches of all tables, for several threads."""

    def __init__(self, parts: Iterator[Part]) -> None:
        self._parts, self._lock = parts, threading.Lock()
        self.names: tuple[str, ...] = ()
        self._stream: Stream | None = None
        self._open()

    def next(self) -> tuple[Batch, NDArray[np.bool_] | None] | None:
        """The next batch and its rows that count."""
        with self._lock:
            while self._stream is not None:
                batch = self._stream.next()
                if batch is not None:
                    return batch, self._chosen(batch)
                self._open()
            return None

    def _open(self) -> None:
        part = next(self._parts, None)
        self._stream = Stream(part.table) if part else None
        if part and self._stream:
            self.names, self._chosen = self.names or self._stream.names, part.chosen


def _together(parts: list[dict[int, Counts]]) -> dict[int, Counts]:
    total: dict[int, Counts] = {}
    for part in parts:
        for start, counts in part.items():
            total[start] = merge(total[start], counts) if start in total else counts
    return dict(sorted(total.items()))


class _Window:
    """What one thread counted of one window."""

    def __init__(self, profile: Profile, wanted: Mapping[str, str]) -> None:
        self.rows = 0
        self.sums = {name: Sums(profile.columns[name].bins.cells) for name in wanted}


class _Work:
    """One thread's part."""

    def __init__(
        self,
        profile: Profile,
        source: _Source,
        naming: Naming,
        wanted: Mapping[str, str],
        counters: Future[Mapping[str, ColumnCounter]],
    ) -> None:
        self._profile, self._source, self._naming = profile, source, naming
        self._wanted, self._counters = wanted, counters
        self._windows: dict[int, _Window] = {}

    def run(self) -> None:
        """Take batches until there are none."""
        while (found := self._source.next()) is not None:
            batch, chosen = found
            try:
                self._add(batch, chosen)
            finally:
                batch.close()

    def _add(self, batch: Batch, chosen: NDArray[np.bool_] | None) -> None:
        order, parts = self._parts(batch, chosen)
        for start, first, last in parts:
            window = self._windows.setdefault(start, _Window(self._profile, self._wanted))
            window.rows += last - first
        counters = self._counters.result()
        for name, column in self._wanted.items():
            counter, values = counters[name], batch.column(column)
            read = None if order is None else counter.read(values)[order]
            for start, first, last in parts:
                sums = self._windows[start].sums[name]
                if read is None:
                    counter.count(values, first, last, sums)
                else:
                    counter.add(read[first:last], sums)

    def _parts(
        self, batch: Batch, chosen: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.intp] | None, list[tuple[int, int, int]]]:
        """The places of the rows that count, those of a window together, unless that is how they lie; and window, first and
        last row of each part of them."""
        order = None if chosen is None else np.flatnonzero(chosen)
        rows = batch.rows if order is None else order.size
        if not self._naming.time or not rows:
            return order, [(0, 0, rows)] if rows else []
        starts = self._starts(batch.column(self._naming.time))
        starts = starts if order is None else starts[order]
        if np.any(starts[1:] < starts[:-1]):
            sorting = np.argsort(starts, kind="stable")
            starts, order = starts[sorting], sorting if order is None else order[sorting]
        firsts = np.concatenate([[0], np.flatnonzero(np.diff(starts)) + 1])
        lasts = [*firsts[1:].tolist(), rows]
        return order, [(int(starts[first]), first, last) for first, last in zip(firsts.tolist(), lasts, strict=True)]

    def _starts(self, times: Any) -> IntArray:
        if not isinstance(times, np.ndarray) or times.dtype.kind != "i":
            raise UnreadableColumn(self._naming.time, "a time in every row")
        return np.asarray(times // DAY * DAY)

    def counts(self) -> dict[int, Counts]:
        """What this thread counted, by start of the window."""
        return {
            start: Counts(
                profile=self._profile.identity,
                rows=window.rows,
                columns={name: sums.tally() for name, sums in window.sums.items()},
            )
            for start, window in self._windows.items()
        }
