"""The flights of a year as live requests: sent in order of time over HTTP, with labels that arrive days later.

A request holds the flights of one airport and one hour, or a single flight while something is on trial.
"""

import itertools
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from lamplighter.data import flights
from lamplighter.domain.errors import LampError
from lamplighter.sdk.answers import Label
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.model import Answer, Endpoint

_LABEL_DELAY = 2 * 86_400
_CALLERS = 6


class Sent(NamedTuple):
    """One row that was answered."""

    id: str
    #: Seconds since the epoch.
    at: int
    version: str
    score: float
    late: int


class _Request(NamedTuple):
    at: int
    columns: dict[str, list[Any]]
    late: list[int]


class Replay:
    """A stream of requests that can be moved on, held and slowed down, and that keeps its own record."""

    def __init__(self, address: str, model: str, token: str, labels: Platform) -> None:
        self._endpoints = [Endpoint(address, model, token) for _ in range(_CALLERS)]
        self._model, self._labels = model, labels
        self._lock = threading.Lock()
        self._due: deque[tuple[int, list[Label]]] = deque()
        #: Every row that was answered, in the order of the answers.
        self.sent: list[Sent] = []
        self.requests = 0
        self.failed = 0
        self.labelled = 0
        #: Why the first request failed.
        self.trouble = ""
        self._rows = _rows()
        self._place = 0

    @property
    def now(self) -> int:
        """Where the stream stands, seconds since the epoch."""
        return int(self._rows["at"][min(self._place, len(self._rows["at"]) - 1)])

    def skip_to(self, day: str) -> None:
        """Begin at this day."""
        while self.now < moment(day):
            self._place += 1

    def play(self, until: str, *, single: bool = False, while_: Any = None, rate: float = 0.0) -> None:
        """Send requests up to a day, or while `while_()` holds; one flight each if `single`, at most `rate` a second."""
        end, begun, count = moment(until), time.monotonic(), 0
        with ThreadPoolExecutor(_CALLERS) as pool:
            free = deque(self._endpoints)
            running: deque[tuple[Endpoint, Future[None]]] = deque()
            while self._place < len(self._rows["at"]) and self.now < end and (while_ is None or while_()):
                if not free:
                    endpoint, done = running.popleft()
                    done.result()
                    free.append(endpoint)
                request = self._next(single)
                endpoint = free.popleft()
                running.append((endpoint, pool.submit(self._ask, endpoint, request)))
                count += 1
                self._push_labels(request.at - _LABEL_DELAY)
                if rate:
                    time.sleep(max(0.0, begun + count / rate - time.monotonic()))
            for _, done in running:
                done.result()

    def settle(self) -> None:
        """Let every label that is still out arrive."""
        self._push_labels(2**62)

    def close(self) -> None:
        """Close the connections."""
        for endpoint in self._endpoints:
            endpoint.close()

    def _next(self, single: bool) -> _Request:
        start, rows = self._place, self._rows
        stop = start + 1
        same = (rows["at"][start], rows["origin"][start])
        while not single and stop < len(rows["at"]) and (rows["at"][stop], rows["origin"][stop]) == same:
            stop += 1
        self._place = stop
        columns = {name: rows[name][start:stop] for name in flights.INPUTS}
        return _Request(at=int(rows["at"][start]), columns=columns, late=rows["late"][start:stop])

    def _ask(self, endpoint: Endpoint, request: _Request) -> None:
        when = datetime.fromtimestamp(request.at, UTC).isoformat().replace("+00:00", "Z")
        try:
            answer = endpoint.predict(request.columns, event_time=when)
        except LampError as error:
            with self._lock:
                self.requests += 1
                self.failed += 1
                self.trouble = self.trouble or str(error)
            return
        self._note(request, answer)

    def _note(self, request: _Request, answer: Answer) -> None:
        rows = [
            Sent(i, request.at, answer.version, score, late)
            for i, score, late in zip(answer.ids, answer.scores, request.late, strict=True)
        ]
        with self._lock:
            self.requests += 1
            self.sent += rows
            self._due.append((request.at, [Label(id=row.id, value=float(row.late)) for row in rows]))

    def _push_labels(self, arrived: int) -> None:
        """Send the labels of whole days that have arrived by now."""
        day = arrived // 86_400 * 86_400
        with self._lock:
            ready = [entry for entry in self._due if entry[0] < day]
            if len(ready) < 20 and arrived < 2**61:
                return
            self._due = deque(entry for entry in self._due if entry[0] >= day)
        labels = [label for _, part in ready for label in part]
        for start in range(0, len(labels), 5000):
            self.labelled += self._labels.push_labels(self._model, labels[start : start + 5000]).kept


def moment(day: str) -> int:
    """Midnight of a day in New York's summer time, seconds since the epoch."""
    return int(datetime.fromisoformat(f"{day}T04:00:00+00:00").timestamp())


def days(now: int, until: str) -> Iterator[str]:
    """The days that follow a moment in seconds, up to one."""
    day, last = datetime.fromtimestamp(now, UTC).date(), date.fromisoformat(until)
    while day < last:
        day += timedelta(days=1)
        yield day.isoformat()


def months(first: int, last: int) -> Sequence[tuple[str, int, int]]:
    """Name, begin and end of each month, microseconds since the epoch."""
    starts = [(f"2013-{month:02d}", moment(f"2013-{month:02d}-01")) for month in range(first, last + 2)]
    return [(name, at * 1_000_000, following * 1_000_000) for (name, at), (_, following) in itertools.pairwise(starts)]


def _rows() -> dict[str, list[Any]]:
    """All flights by column, ordered by hour and airport, as plain values."""
    table = flights.table().sort_values(["at", "origin"], kind="stable")
    rows = {name: table[name].astype(object).where(table[name].notna(), None).tolist() for name in flights.INPUTS}
    rows["late"] = table["late"].tolist()
    rows["at"] = (table["at"].astype("int64") // 1_000_000).tolist()
    return rows
