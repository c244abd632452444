"""Bring in what serving recorded: scored rows, traffic, callers and counts, each record exactly once.

The position in a segment and everything made of what stands before it are kept in one transaction.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from lamplighter.domain.prediction import LARGEST_BODY, Scored, frames
from lamplighter.lifecycle import intake
from lamplighter.lifecycle.kit import Kit

#: Bytes of one segment that are read at once.
_BITE = 8 * 1024 * 1024
#: Rows that are kept in one transaction. SQLite has one writer at a time, and people's changes wait for it a few seconds only.
_ROWS = 10_000
#: The slot in the names of segments that the control plane writes itself.
PUSHED = "pushed"

#: A record, and the offset behind it.
_Record = tuple[Scored, int]


def collect(kit: Kit, environment: str, seconds: float = math.inf) -> int:
    """Read what is new in every segment of an environment; gives the number of records.

    What is written meanwhile is left for the next time, or callers that never pause would keep whoever collects here for ever.
    After `seconds` no further bite is begun.
    """
    count, end = 0, kit.clock.elapsed() + seconds
    with kit.segments[environment]:
        # What was pushed is kept in the transaction that wrote it down.
        found = [(one, one.stat().st_size) for one in segments(kit, environment) if not is_pushed(one)]
        for segment, size in found:
            while kit.clock.elapsed() < end and (taken := _bite(kit, environment, segment, size)):
                count += taken
    return count


def segments(kit: Kit, environment: str) -> list[Path]:
    """The segments of an environment that are not compacted yet."""
    return sorted((kit.settings.serving / environment / "segments").glob("*.seg"))


def is_pushed(segment: Path) -> bool:
    """Whether the control plane wrote a segment, of predictions that were pushed."""
    return segment.name.startswith(f"{PUSHED}-")


def _bite(kit: Kit, environment: str, segment: Path, size: int) -> int:
    with kit.store.reading() as look:
        position = look.predictions.position(environment, segment.name)
    found = read(segment, position) if position < size else []
    count, start = 0, position
    for portion in _portions(found):
        end = position + portion[-1][1]
        if not _is_kept(kit, environment, segment, start, end, [record for record, _ in portion]):
            break
        count, start = count + len(portion), end
    return count


def _portions(found: Sequence[_Record]) -> Iterator[list[_Record]]:
    """Records in their order, together as long as they have no more rows than one transaction keeps; one at least."""
    portion: list[_Record] = []
    rows = 0
    for record, end in found:
        rows += len(record.scores)
        if portion and rows > _ROWS:
            yield portion
            portion, rows = [], len(record.scores)
        portion.append((record, end))
    if portion:
        yield portion


def _is_kept(kit: Kit, environment: str, segment: Path, start: int, end: int, records: Sequence[Scored]) -> bool:
    """Keep what stands from one position to another, if nobody else has meanwhile."""
    with kit.store.reading() as look:
        taken = intake.count(kit, look, environment, records)
    try:
        with kit.store.transaction() as change:
            advanced = change.predictions.advance(environment, segment.name, start, end)
            # A segment that is gone is in other files by now, and its position was forgotten with it.
            if not (advanced and segment.exists()):
                raise intake.Overtaken
            intake.write(kit, change, taken)
    except intake.Overtaken:
        # What the other one has kept stays, and the next look goes on behind it.
        return False
    return True


def read(segment: Path, position: int) -> list[_Record]:
    """Whole records from a position on, each with the offset behind it; one at least if there is one, however large.

    The same bytes give the same bites in every process, or compaction would name its files differently after a crash."""
    size = _BITE
    with segment.open("rb") as file:
        while True:
            file.seek(position)
            content = file.read(size)
            found = list(frames(content))
            if found or len(content) < size or size > LARGEST_BODY:
                return found
            size *= 4
