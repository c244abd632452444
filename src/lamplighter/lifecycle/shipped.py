"""What machines elsewhere recorded, kept here byte for byte among the segments of the environment.

A machine may drop a segment once it is whole here. That a segment was begun is written down before its first byte, so that one
which was compacted meanwhile, and is gone by name, is never taken twice.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid
from lamplighter.domain.node import BITE, SEGMENT, WHOLE
from lamplighter.domain.record import canonical
from lamplighter.lifecycle.kit import Kit
from lamplighter.targets.base import force, put
from lamplighter.targets.nodes import NODES

#: The segments of a machine that were begun here and that it still lists.
_BEGUN = "segments.json"


def held(kit: Kit, environment: str, node: str, listed: Mapping[str, int]) -> dict[str, int]:
    """How many bytes of each of these segments are here; `WHOLE` for one that is here in other files by now."""
    begun = _begun(kit, environment, node)
    found = {one: _size(kit, environment, node, one, begun) for one in listed if SEGMENT.fullmatch(one)}
    # What the machine lists no more it has dropped, and once the file is gone too nobody can bring it again.
    left = {one for one in begun if one in listed or _place(kit, environment, node, one).exists()}
    if left != begun:
        _write_down(kit, environment, node, left)
    return found


def to_come(kit: Kit, environment: str, node: str, listed: Mapping[str, int]) -> int:
    """Bytes of these segments that are not here. It only looks, so that bytes count of which nobody knows if they are kept."""
    begun = _begun(kit, environment, node)
    return sum(_missing(_place(kit, environment, node, one), size, one in begun) for one, size in listed.items())


def _missing(place: Path, size: int, is_begun: bool) -> int:
    try:
        return max(0, size - place.stat().st_size)
    except FileNotFoundError:
        # What was begun and is gone by name is here whole, in other files.
        return 0 if is_begun else size


def keep(kit: Kit, environment: str, node: str, segment: str, offset: int, content: bytes) -> int:
    """Keep the bytes from an offset on if exactly that many are here; gives the bytes that are here then.

    Raises `Invalid` for a name that no segment has, and for more than is taken at once.
    """
    if not SEGMENT.fullmatch(segment) or len(content) > BITE:
        raise Invalid(
            "That is no part of a prediction log.",
            why=f"It has another name than segments have, or is over {BITE} bytes.",
            fix="Run the same release of lamplighter on both sides.",
            code="E1213",
        )
    begun = _begun(kit, environment, node)
    size = _size(kit, environment, node, segment, begun)
    if size != offset:
        return size
    if segment not in begun:
        _write_down(kit, environment, node, begun | {segment})
    _append(_place(kit, environment, node, segment), offset, content)
    return offset + len(content)


def _append(place: Path, offset: int, content: bytes) -> None:
    fresh = not place.exists()
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.pwrite(file, rest, offset + len(content) - len(rest)) :]
        os.fsync(file)
    finally:
        os.close(file)
    if fresh:
        force(place.parent)


def _size(kit: Kit, environment: str, node: str, segment: str, begun: set[str]) -> int:
    place = _place(kit, environment, node, segment)
    if not place.exists():
        return WHOLE if segment in begun else 0
    if (environment, place.name) not in kit.shipped:
        _cut(kit, environment, place)
    return place.stat().st_size


def _cut(kit: Kit, environment: str, place: Path) -> None:
    """After a start nobody knows which bytes behind those that were read as records had reached the disk: they come again."""
    with kit.segments[environment], kit.store.reading() as look:
        os.truncate(place, min(place.stat().st_size, look.predictions.position(environment, place.name)))
    kit.shipped.add((environment, place.name))


def _place(kit: Kit, environment: str, node: str, segment: str) -> Path:
    """A machine's slots are its own, and a hyphen ends a slot."""
    own = hashlib.blake2b(node.encode(), digest_size=6).hexdigest()
    return kit.settings.serving / environment / "segments" / f"{own}_{segment}"


def _begun(kit: Kit, environment: str, node: str) -> set[str]:
    try:
        content = (kit.settings.serving / environment / NODES / node / _BEGUN).read_bytes()
    except FileNotFoundError:
        return set()
    return from_json(content, set[str])


def _write_down(kit: Kit, environment: str, node: str, segments: set[str]) -> None:
    folder = kit.settings.serving / environment / NODES / node
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    put(folder / _BEGUN, canonical(sorted(segments)))
