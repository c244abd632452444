"""Whether the processes of a group still turn their event loops: each beats in memory that it shares with the parent.

The beat comes from the loop itself; a thread would go on beating while the loop hangs.
"""

import mmap
import struct
from contextlib import suppress
from pathlib import Path

#: Seconds between two beats, and between two looks at them.
BEAT = 0.2
LOOK = 1.0
#: Looks without a beat after which a process is given up that is stopped, or asleep where it never should be for long.
STILL = 10
#: The same for one that computes or waits for a disk: work that is lawful may take seconds where others want the processor too.
BUSY = 60
#: The same for one that has not begun yet, or is loading a version.
LOADING = 600
_BEAT = struct.Struct("<Q?7x")
#: States in which a thread computes, or would if it had a processor, or waits for a disk (Linux, proc(5)).
_AT_WORK = "RD"
#: Clock ticks, a hundred a second, that the other threads of a process may spend while its loop stands still.
_LITTLE = 10


class Beats:
    """One place in shared memory for each slot. Made before the processes are forked."""

    def __init__(self, slots: int) -> None:
        self._shared = mmap.mmap(-1, _BEAT.size * slots)

    def begin(self, slot: int) -> None:
        """Nothing was heard from the next process of the slot."""
        self.beat(slot, 0, loads=True)

    def beat(self, slot: int, number: int, *, loads: bool) -> None:
        """The loop has turned; the number differs from the last."""
        _BEAT.pack_into(self._shared, _BEAT.size * slot, number, loads)

    def last(self, slot: int) -> tuple[int, bool]:
        """The number of the last beat, and whether a version was being loaded then."""
        number, loads = _BEAT.unpack_from(self._shared, _BEAT.size * slot)
        return number, loads


class Watch:
    """What the parent has seen of one process.

    It counts looks and no seconds: where the whole group was held still, the parent has not looked either, and nobody hangs.
    """

    def __init__(self) -> None:
        self._beat = -1
        #: Processor time that was spent by the last beat.
        self._spent = 0
        #: Looks since the last beat.
        self.silent = 0

    def hangs(self, pid: int, beat: int, *, loads: bool) -> bool:
        """Look once; whether the process has to be replaced."""
        spent = _spent(pid)
        if beat != self._beat:
            self._beat, self._spent, self.silent = beat, spent, 0
            return False
        self.silent += 1
        is_still = spent - self._spent < _LITTLE and not _is_at_work(pid)
        return self.silent >= (STILL if is_still else LOADING if loads else BUSY)


def _spent(pid: int) -> int:
    """Processor time of all its threads in clock ticks; 0 where the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        fields = _fields(Path(f"/proc/{pid}"))
        return int(fields[11]) + int(fields[12])
    return 0


def _is_at_work(pid: int) -> bool:
    """Whether one of its threads is; true where the system does not tell."""
    with suppress(OSError, IndexError):
        return any(_fields(thread)[0] in _AT_WORK for thread in Path(f"/proc/{pid}/task").iterdir())
    return True


def _fields(thread: Path) -> list[str]:
    """What stands behind the name in `stat`, beginning with the state."""
    return (thread / "stat").read_text().rpartition(") ")[2].split()
