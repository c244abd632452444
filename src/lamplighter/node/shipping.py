"""What the processes of this machine record, brought to the control plane and dropped here once it is whole there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from lamplighter.domain.node import BITE, SEGMENT, WHOLE
from lamplighter.sdk.interface import Platform


class Shipping:
    """The segments of one environment on this machine."""

    def __init__(self, platform: Platform, environment: str, node: str, folder: Path) -> None:
        self._platform, self._environment, self._node, self._folder = platform, environment, node, folder
        #: Sizes at the look before: a group that the disk had no room for is cut off again within moments.
        self._before: dict[str, int] = {}

    def listed(self) -> dict[str, int]:
        """Bytes of each segment that are here for good."""
        now = {path.name: path.stat().st_size for path in self._folder.glob("*.seg") if SEGMENT.fullmatch(path.name)}
        settled = {name: min(size, self._before.get(name, 0)) for name, size in now.items()}
        self._before = now
        return settled

    def ship(self, listed: Mapping[str, int], held: Mapping[str, int]) -> int:
        """Bring a part of what each process wrote that is lacking there, the oldest first; gives the bytes still to go."""
        left = 0
        for slot in by_slot(listed).values():
            left += self._slot(slot, listed, held)
        return left

    def _slot(self, names: list[str], listed: Mapping[str, int], held: Mapping[str, int]) -> int:
        """A segment is whole when its successor is there; only then may what follows be brought."""
        for place, name in enumerate(names):
            there, is_last = held.get(name, 0), place == len(names) - 1
            if there != WHOLE and there < listed[name]:
                there = self._bring(name, there, listed[name])
            if there != WHOLE and there < listed[name]:
                return sum(listed[one] for one in names[place:]) - max(there, 0)
            if is_last:
                return 0
            if there == WHOLE or (self._folder / name).stat().st_size == there:
                (self._folder / name).unlink()
            else:
                return 1
        return 0

    def _bring(self, name: str, offset: int, end: int) -> int:
        with (self._folder / name).open("rb") as file:
            file.seek(offset)
            content = file.read(min(BITE, end - offset))
        return self._platform.put_segment(self._environment, self._node, name, offset, content)


def by_slot(names: Iterable[str]) -> dict[str, list[str]]:
    """The segments of each process in the order in which they were written."""
    slots: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=_order):
        slots[name.partition("-")[0]].append(name)
    return slots


def _order(name: str) -> tuple[int, int]:
    _, started_at, sequence = name.removesuffix(".seg").split("-")
    return int(started_at), int(sequence)
