"""What time it is: the wall for records, the monotonic clock for waiting."""

import time


class Clock:
    """The clocks of this machine."""

    def now(self) -> int:
        """Microseconds since the epoch, UTC."""
        return time.time_ns() // 1000

    def elapsed(self) -> float:
        """Seconds on a clock that never jumps."""
        return time.monotonic()
