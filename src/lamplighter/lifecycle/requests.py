"""The last requests of each consumer, as serving recorded them."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from lamplighter.domain.prediction import Scored, frames
from lamplighter.domain.route import Arm
from lamplighter.lifecycle.kit import Kit

#: Bytes of the log that are looked through at most, the newest first.
_MOST_BYTES = 512 * 1024 * 1024


def recent_requests(kit: Kit, model: str, environment: str, limit: int) -> Mapping[str, Sequence[Scored]]:
    """At most `limit` of the newest requests of each consumer that hold their inputs as they came, oldest first."""
    found: defaultdict[str, list[Scored]] = defaultdict(list)
    left = _MOST_BYTES
    for segment in _newest_first(kit.settings.serving / environment / "segments"):
        content = segment.read_bytes()
        for consumer, records in _of(content, model, limit).items():
            found[consumer].extend(records)
        left -= len(content)
        if left <= 0:
            break
    return {consumer: sorted(records, key=lambda one: one.at)[-limit:] for consumer, records in found.items()}


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.seg"), key=lambda segment: segment.stat().st_mtime_ns, reverse=True)


def _of(content: bytes, model: str, limit: int) -> dict[str, deque[Scored]]:
    found: dict[str, deque[Scored]] = {}
    for record, _ in frames(content):
        if record.model == model and record.arm is not Arm.SHADOW and record.columns and not record.redacted:
            found.setdefault(record.consumer, deque(maxlen=limit)).append(record)
    return found
