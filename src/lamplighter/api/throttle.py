"""Wrong secrets of each visitor, counted: so many at once, then one at a time. It delays and never locks.

For one thread, that of the event loop.
"""

from collections import OrderedDict
from collections.abc import Callable

#: Wrong secrets that a visitor may bring at once, and seconds until one more is looked at: 20 in the first minute.
AT_ONCE, EVERY = 10, 6.0
#: Visitors that are remembered; whoever was wrong longest ago is forgotten first.
MOST = 4_096

Clock = Callable[[], float]


class Throttle:
    """One number for each visitor: when all of it is forgiven."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._forgiven: OrderedDict[str, float] = OrderedDict()

    def wait(self, visitor: str) -> float:
        """Seconds until a secret of this visitor is looked at; 0 if it is at once."""
        left = self._forgiven.get(visitor, 0.0) - self._clock()
        return max(0.0, left - (AT_ONCE - 1) * EVERY)

    def count(self, visitor: str) -> None:
        """A secret of this visitor was wrong."""
        self._forgiven[visitor] = max(self._clock(), self._forgiven.pop(visitor, 0.0)) + EVERY
        if len(self._forgiven) > MOST:
            self._forgiven.popitem(last=False)

    def __len__(self) -> int:
        """How many visitors are remembered."""
        return len(self._forgiven)
