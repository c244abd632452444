"""From segments to Parquet: a segment that is at rest and collected becomes files by model, day and version.

The names of the files follow from the segment alone and their content from its bytes. So a crash at any point is answered by
doing the same again, and only when every file is on the disk does the segment go away.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from lamplighter.domain.prediction import Scored
from lamplighter.lifecycle import collection
from lamplighter.lifecycle.intake import DAY
from lamplighter.lifecycle.kit import Kit
from lamplighter.store import recorded

#: Seconds without a write after which a segment that has a successor is at rest.
_QUIET = 60.0


def compact(kit: Kit, environment: str) -> int:
    """Compact one segment of an environment that is at rest, if there is one; gives the number of records moved."""
    with kit.segments[environment]:
        _forget(kit, environment)
        for segment in _at_rest(kit, environment):
            end = _collected(kit, environment, segment)
            if collection.is_pushed(segment) or not collection.read(segment, end):
                return _compact(kit, environment, segment, end)
    return 0


def _at_rest(kit: Kit, environment: str) -> Iterator[Path]:
    """Segments that have a successor in their slot: a process writes to its newest only, and a slot has one process."""
    by_slot: defaultdict[str, list[Path]] = defaultdict(list)
    for segment in collection.segments(kit, environment):
        by_slot[segment.name.partition("-")[0]].append(segment)
    now = kit.clock.now() / 1_000_000
    for found in by_slot.values():
        found.sort(key=_order)
        yield from (segment for segment in found[:-1] if segment.stat().st_mtime < now - _QUIET)


def _order(segment: Path) -> tuple[int, int]:
    _, started_at, sequence = segment.stem.split("-")
    return int(started_at), int(sequence)


def _collected(kit: Kit, environment: str, segment: Path) -> int:
    with kit.store.reading() as look:
        return look.predictions.position(environment, segment.name)


def _compact(kit: Kit, environment: str, segment: Path, end: int) -> int:
    """What lies behind the end is of a push that was never acknowledged, and goes away with the segment."""
    position = count = 0
    while found := [one for one in collection.read(segment, position) if position + one[1] <= end]:
        for part in _parts([record for record, _ in found]):
            _write(kit, environment, f"{segment.stem}-{position}", part)
        count += len(found)
        position += found[-1][1]
    segment.unlink()
    _force(segment.parent)
    return count


def _parts(records: Sequence[Scored]) -> list[list[Scored]]:
    """The records by model, day, version and redaction."""
    parts: defaultdict[tuple[object, ...], list[Scored]] = defaultdict(list)
    for record in records:
        parts[record.model, record.at // DAY, record.digest, tuple(record.redacted)].append(record)
    return list(parts.values())


def _write(kit: Kit, environment: str, origin: str, part: Sequence[Scored]) -> None:
    first = part[0]
    with kit.store.reading() as look:
        version = look.versions.find(model=first.model, digest=first.digest)
    if version is None:
        raise LookupError(f"no version of {first.model} has the digest of a record in {origin}")
    place = folder(kit, environment, first.model) / day_of(first.at)
    _make(place, kit.settings.folder)
    redaction = hashlib.blake2b("\x00".join(first.redacted).encode(), digest_size=4).hexdigest()
    recorded.write(place / f"{first.number}-{origin}-{redaction}.parquet", version.manifest.contract, part)


def segment_of(path: Path) -> str:
    """The segment whose records a file holds, without its ending."""
    return "-".join(path.stem.split("-")[1:4])


def kind_of(path: Path) -> tuple[int, str]:
    """The number of the version whose records a file holds, and what tells their redaction apart."""
    number, *_, redaction = path.stem.split("-")
    return int(number), redaction


def order(path: Path) -> tuple[str, int, int, int]:
    """What sorts files by the time in which their records were written: day, segment, and the place in it."""
    _, _, started_at, sequence, position, _ = path.stem.split("-")
    return path.parent.name, int(started_at), int(sequence), int(position)


def folder(kit: Kit, environment: str, model: str) -> Path:
    """Where the files of a model are: a folder for each day of answering, UTC."""
    return kit.settings.recorded / environment / model


def day_of(at: int) -> str:
    """The day of a moment in microseconds since the epoch, such as 2026-03-01."""
    return datetime.fromtimestamp(at / 1_000_000, UTC).date().isoformat()


def _make(place: Path, root: Path) -> None:
    """Make a folder whose entry survives a power loss, as every entry above it."""
    if place.is_dir():
        return
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    for above in place.parents:
        _force(above)
        if above == root:
            return


def _force(directory: Path) -> None:
    file = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _forget(kit: Kit, environment: str) -> None:
    """Positions in segments that are gone for good."""
    present = {segment.name for segment in collection.segments(kit, environment)}
    with kit.store.reading() as look:
        gone = [name for name in look.predictions.begun(environment) if name not in present]
    if gone:
        with kit.store.transaction() as change:
            change.predictions.forget(environment, gone)
