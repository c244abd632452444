"""Why a worker ended, and when a version has ended so many that it is not started again.

A death is the model's if a fault of its own ended the process. A kill from outside says nothing about the model and is counted
apart, and so is one by the deadline, which the callers have felt already.
"""

import signal
import time
from collections import Counter, deque
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

#: Exit status of a worker whose model was refused memory.
OUT_OF_MEMORY = 75
#: So many deaths of the model in so many seconds put the version in quarantine.
MOST, SECONDS = 3, 60.0


class Cause(StrEnum):
    """Why a worker ended."""

    #: A signal that a fault of the program raises, such as a segmentation fault.
    FAULT = "fault"
    #: The process ended itself.
    EXIT = "exit"
    #: The memory limit of the worker, or the system had no memory left.
    MEMORY = "memory"
    #: It answered with something that is no message.
    NONSENSE = "nonsense"
    #: It did not come to open its model.
    START = "start"
    #: It was killed because the call outlasted the deadline.
    DEADLINE = "deadline"
    #: A signal that neither the model nor its supervisor sent.
    OUTSIDE = "outside"


#: Causes that are the model's own.
OF_THE_MODEL = frozenset({Cause.FAULT, Cause.EXIT, Cause.MEMORY, Cause.NONSENSE, Cause.START})
_FAULTS = frozenset(
    {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGSYS, signal.SIGTRAP}
)
_KILLS = Path("/proc/vmstat")


def cause_of(status: int | None, *, out_of_memory: bool) -> Cause:
    """The cause by the exit status as `subprocess` gives it, nothing for a process that still runs; `out_of_memory` says
    whether the system has killed somebody for memory meanwhile."""
    if status is None:
        return Cause.NONSENSE
    if status == OUT_OF_MEMORY or (status == -signal.SIGKILL and out_of_memory):
        return Cause.MEMORY
    if status >= 0:
        return Cause.EXIT
    return Cause.FAULT if -status in _FAULTS else Cause.OUTSIDE


def memory_kills() -> int:
    """How many processes the system has killed for want of memory since it started; 0 where it does not say."""
    try:
        lines = _KILLS.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


class Deaths:
    """The deaths of one version's workers."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque()
        self._counts: Counter[str] = Counter()
        #: Why the version is not started any more; empty if it is.
        self.quarantine = ""

    @property
    def counts(self) -> Mapping[str, int]:
        """Deaths by cause."""
        return dict(self._counts)

    def record(self, cause: Cause) -> None:
        """One worker ended."""
        self._counts[cause] += 1
        if cause not in OF_THE_MODEL:
            return
        now = time.monotonic()
        self._recent.append(now)
        while now - self._recent[0] > SECONDS:
            self._recent.popleft()
        if len(self._recent) >= MOST and not self.quarantine:
            self.quarantine = f"It ended its process {MOST} times within {SECONDS:.0f} seconds, the last time by {cause}."
