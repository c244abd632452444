"""Counting a table of any length, window by window, in bounded memory.

Two threads take the next batch in turn and count it, each on its own. What they counted is added at the end: the numbers are
whole, so the order does not matter.
"""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
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


def count_table(
    profile: Profile, table: Streamable, *, time: str = "", scores: str = "", length: int = DAY, threads: int = 2
) -> dict[int, Counts]:
    """The counts of each window, by its start in microseconds since the epoch.

    `time` names a column of timestamps and `length` the microseconds of a window, aligned to the epoch; without it everything
    is one window that starts at 0. `scores` names the column of the model's answers. Columns that the profile does not know
    are left out, and those that the table lacks are not counted. Raises `UnreadableStream` and `UnreadableColumn`.
    """
    stream = Stream(table)
    named = {name: scores if name == PREDICTION else name for name in profile.columns}
    wanted = {name: column for name, column in named.items() if column in stream.names}
    lock = threading.Lock()
    with ThreadPoolExecutor(threads) as pool:
        counters = {name: ColumnCounter(name, profile.columns[name].bins) for name in wanted}
        works = [_Work(profile, stream, lock, wanted, counters, time, length) for _ in range(threads)]
        for done in [pool.submit(work.run) for work in works]:
            done.result()
    return _together([work.counts() for work in works])


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
        stream: Stream,
        lock: threading.Lock,
        wanted: Mapping[str, str],
        counters: Mapping[str, ColumnCounter],
        time: str,
        length: int,
    ) -> None:
        self._profile, self._stream, self._lock, self._wanted = profile, stream, lock, wanted
        self._counters, self._time, self._length = counters, time, length
        self._windows: dict[int, _Window] = {}

    def run(self) -> None:
        """Take batches until there are none."""
        while (batch := self._next()) is not None:
            try:
                self._add(batch)
            finally:
                batch.close()

    def _next(self) -> Batch | None:
        with self._lock:
            return self._stream.next()

    def _add(self, batch: Batch) -> None:
        order, parts = self._parts(batch)
        for start, first, last in parts:
            window = self._windows.setdefault(start, _Window(self._profile, self._wanted))
            window.rows += last - first
        for name, column in self._wanted.items():
            counter, values = self._counters[name], batch.column(column)
            read = None if order is None else counter.read(values)[order]
            for start, first, last in parts:
                sums = self._windows[start].sums[name]
                if read is None:
                    counter.count(values, first, last, sums)
                else:
                    counter.add(read[first:last], sums)

    def _parts(self, batch: Batch) -> tuple[NDArray[np.intp] | None, list[tuple[int, int, int]]]:
        """An order that brings rows of a window together, if they are not, and window, first and last row of each part."""
        if not self._time or not batch.rows:
            return None, [(0, 0, batch.rows)]
        starts = self._starts(batch.column(self._time))
        order = None
        if np.any(starts[1:] < starts[:-1]):
            order = np.argsort(starts, kind="stable")
            starts = starts[order]
        firsts = np.concatenate([[0], np.flatnonzero(np.diff(starts)) + 1])
        lasts = [*firsts[1:].tolist(), batch.rows]
        return order, [(int(starts[first]), first, last) for first, last in zip(firsts.tolist(), lasts, strict=True)]

    def _starts(self, times: Any) -> IntArray:
        if not isinstance(times, np.ndarray) or times.dtype.kind != "i":
            raise UnreadableColumn(self._time, "a time in every row")
        return np.asarray(times // self._length * self._length)

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
