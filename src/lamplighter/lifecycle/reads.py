"""Questions for rows that are in the journal: a page that is turned or loaded again asks the same once more."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

#: Seconds after which the same question is written down again, and questions that are remembered.
_SAME, _MOST = 600.0, 10_000


class Reads:
    """What this process has written down of late; after a start it knows of nothing, and writes once more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def is_written(self, question: Hashable, rows: int, now: float) -> bool:
        """Whether it is in the journal that this question was answered with so many rows; `now` in seconds of a clock that
        never jumps back."""
        with self._lock:
            at, most = self._known.get(question, (now - _SAME, 0))
        return now - at < _SAME and rows <= most

    def written(self, question: Hashable, rows: int, now: float) -> None:
        """Remember that it is."""
        with self._lock:
            self._known.pop(question, None)
            self._known[question] = (now, rows)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
