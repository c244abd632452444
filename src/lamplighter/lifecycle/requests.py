"""The last requests of each consumer, as serving recorded them."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lamplighter.domain.prediction import Scored, frames
from lamplighter.domain.route import Arm
from lamplighter.lifecycle import collection, compaction
from lamplighter.lifecycle.kit import Kit
from lamplighter.store import recorded

#: Bytes of the log that are looked through at most, the newest first.
_MOST_BYTES = 512 * 1024 * 1024


def recent_requests(kit: Kit, model: str, environment: str, limit: int) -> Mapping[str, Sequence[Scored]]:
    """At most `limit` of the newest requests of each consumer that hold their inputs as they came, oldest first."""
    found: defaultdict[str, list[Scored]] = defaultdict(list)
    left = _MOST_BYTES
    for path in _newest_first(kit, model, environment):
        try:
            size, records = path.stat().st_size, list(_records(path, model))
        except FileNotFoundError:
            # It was compacted in this moment, and lies among the files that were not listed yet: the next look finds it.
            continue
        for consumer, own in _of(records, model, limit).items():
            found[consumer].extend(own)
        left -= size
        if left <= 0:
            break
    return {consumer: sorted(records, key=lambda one: one.at)[-limit:] for consumer, records in found.items()}


def _newest_first(kit: Kit, model: str, environment: str) -> list[Path]:
    """Segments, which hold what is not compacted yet, then the files of the newest days."""
    segments = collection.segments(kit, environment)
    # While a segment is being compacted its records are in both.
    whole = {segment.stem for segment in segments}
    found = compaction.folder(kit, environment, model).glob("*/*.parquet")
    files = [path for path in found if compaction.segment_of(path) not in whole]
    return sorted(segments, key=_order, reverse=True) + sorted(files, key=lambda path: path.parent.name, reverse=True)


def _order(segment: Path) -> tuple[str, str]:
    _, started_at, sequence = segment.stem.split("-")
    return started_at, sequence


def _records(path: Path, model: str) -> Iterable[Scored]:
    if path.suffix == ".parquet":
        return recorded.read(path, model)
    return (record for record, _ in frames(path.read_bytes()))


def _of(records: Iterable[Scored], model: str, limit: int) -> dict[str, deque[Scored]]:
    found: dict[str, deque[Scored]] = {}
    for record in records:
        if record.model == model and record.arm is not Arm.SHADOW and record.columns and not record.redacted:
            found.setdefault(record.consumer, deque(maxlen=limit)).append(record)
    return found
