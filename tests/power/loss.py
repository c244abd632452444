"""What a disk may hold after the power has failed at any moment: all that was forced to it, and anything of the rest.

The rest is left out, or written in part, or written in part and torn at the edge of a sector. A file whose directory was not
forced out since it was made may not be there. Disks that lie about what they have written are not played.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.power.traced import Call

SECTOR = 512


class State(NamedTuple):
    """What is found when the machine starts again."""

    files: dict[Path, bytes]
    #: Lines that the program had printed by then.
    printed: list[bytes]


class Disk:
    """The files below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._forced = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        #: Of each file, calls that were not forced out yet.
        self._loose: dict[Path, list[Call]] = {}
        #: Files that have a name only in memory.
        self._nameless: set[Path] = set()
        self._printed = b""

    def play(self, call: Call) -> None:
        """One call more."""
        path = call.path
        if call.name == "write":
            self._printed += call.content
        elif self._folder not in path.parents and path != self._folder:
            return
        elif call.name == "create":
            if path not in self._forced:
                self._forced[path] = b""
                self._nameless.add(path)
        elif call.name in ("fsync", "fdatasync"):
            self._nameless = {one for one in self._nameless if one.parent != path}
            for loose in self._loose.pop(path, []):
                self._forced[path] = _after(self._forced[path], loose)
        else:
            self._loose.setdefault(path, []).append(call)

    def states(self, chance: random.Random) -> Iterator[State]:
        """Three that a loss of power may leave now."""
        printed = self._printed.split(b"\n")[:-1]
        for spared, torn in ((0.0, False), (0.5, False), (0.5, True)):
            files = dict(self._forced)
            for path, calls in self._loose.items():
                for call in [call for call in calls if chance.random() < spared]:
                    files[path] = _after(files[path], _torn(call, chance) if torn else call)
            for path in self._nameless:
                if chance.random() >= spared:
                    del files[path]
            yield State(files, printed)


def _after(content: bytes, call: Call) -> bytes:
    """What a file holds after a call."""
    if call.name == "ftruncate":
        return content[: call.at].ljust(call.at, b"\0")
    content = content.ljust(call.at, b"\0")
    return content[: call.at] + call.content + content[call.at + len(call.content) :]


def _torn(call: Call, chance: random.Random) -> Call:
    """A write that ends at a sector of the disk."""
    ends = range(SECTOR - call.at % SECTOR, len(call.content), SECTOR)
    return call._replace(content=call.content[: chance.choice(ends)]) if ends else call


def losses(calls: Sequence[Call], disk: Disk, seed: int) -> Iterator[State]:
    """What may be left after each of the calls."""
    chance = random.Random(seed)
    for call in calls:
        disk.play(call)
        yield from disk.states(chance)
