"""Writers of one process take turns, in the order in which they came.

SQLite lets one writer in at a time, and whoever finds it taken looks again after a pause: a writer that comes back at once is
nearly always there first, and keeps all others out for as long as it has work.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Missed(Exception):
    """The turn was not handed on in time."""


class Turns:
    """A lock that is handed on to whoever has waited longest."""

    def __init__(self, patience: float) -> None:
        """`patience` is how long anybody waits, seconds."""
        self._patience = patience
        self._guard = threading.Lock()
        self._is_taken = False
        #: One event for each that waits; it is set by who hands the turn on.
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have the turn for as long as the context lasts; raises `Missed`."""
        self._take()
        try:
            yield
        finally:
            self._hand_on()

    def _take(self) -> None:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            told = threading.Event()
            self._waiting.append(told)
        if told.wait(self._patience):
            return
        with self._guard:
            # It may have been handed on in this very moment.
            if not told.is_set():
                self._waiting.remove(told)
                raise Missed

    def _hand_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False
