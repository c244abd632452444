"""Tries of each visitor, counted: so many at once, then one at a time. It delays and never locks."""

import threading
from collections import OrderedDict
from collections.abc import Callable

#: Wrong secrets that a visitor may bring at once, and seconds until one more is looked at: 20 in the first minute.
AT_ONCE, EVERY = 10, 6.0
#: Visitors that are remembered; whoever was wrong longest ago is forgotten first.
MOST = 4_096

Clock = Callable[[], float]


class Throttle:
    """One number for each visitor: when all of it is forgiven."""

    def __init__(self, clock: Clock, at_once: int = AT_ONCE, every: float = EVERY) -> None:
        self._clock, self._at_once, self._every = clock, at_once, every
        self._forgiven: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, visitor: str) -> float:
        """Seconds until a try of this visitor is looked at; 0 if it is at once."""
        left = self._forgiven.get(visitor, 0.0) - self._clock()
        return max(0.0, left - (self._at_once - 1) * self._every)

    def count(self, visitor: str) -> None:
        """A try of this visitor was wrong."""
        with self._lock:
            self._count(visitor, self._every)

    def take(self, visitor: str) -> float:
        """Count a try before it is looked at, so that many at once are no way round; or seconds to wait, and then it counts
        for nothing."""
        with self._lock:
            wait = self.wait(visitor)
            if not wait:
                self._count(visitor, self._every)
            return wait

    def give_back(self, visitor: str) -> None:
        """A try that was counted was right."""
        with self._lock:
            self._count(visitor, -self._every)

    def _count(self, visitor: str, seconds: float) -> None:
        self._forgiven[visitor] = max(self._clock(), self._forgiven.pop(visitor, 0.0)) + seconds
        if len(self._forgiven) > MOST:
            self._forgiven.popitem(last=False)

    def __len__(self) -> int:
        """How many visitors are remembered."""
        return len(self._forgiven)
