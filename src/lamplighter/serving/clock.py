"""What time it is, for what ends at a time: tokens and versions.

It never goes back, so that nothing that has ended begins again. A sudden jump ahead is not believed until it has lasted, so
that a wrong clock does not end everything at once; meanwhile time goes on at the pace of the steady clock.
"""

import logging
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

#: A wall clock that is ahead of the steady one by more than this has jumped, microseconds.
_JUMP = 60_000_000
#: A jump that has lasted for this long is believed, microseconds.
_LASTED = 600_000_000


def _wall() -> int:
    return time.time_ns() // 1000


def _steady() -> int:
    """Goes on while the machine sleeps, so that waking up is no jump."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


class Clock:
    """Reads the clocks at each tick and keeps the time until the next."""

    def __init__(self, wall: Callable[[], int] = _wall, steady: Callable[[], int] = _steady, at_least: int = 0) -> None:
        self._wall = wall
        self._steady = steady
        self._read = steady()
        self._jumped = 0
        #: Microseconds since the epoch, UTC, at the last tick. `at_least` is the latest time that is known to have been.
        self.now = max(wall(), at_least)

    def tick(self) -> int:
        """Read the clocks; gives the time."""
        wall, steady = self._wall(), self._steady()
        passed, self._read = steady - self._read, steady
        expected = self.now + passed
        self._jumped = self._jumped + passed if wall > expected + _JUMP else 0
        if self._jumped == passed and wall > expected + _JUMP:
            log.error("the clock jumped ahead by %d s; it is believed if that lasts", (wall - expected) // 1_000_000)
        believed = wall <= expected + _JUMP or self._jumped >= _LASTED
        self.now = max(expected, wall) if believed else expected
        return self.now
