"""The last requests of each consumer, as serving recorded them."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence

from lamplighter.domain.prediction import Scored
from lamplighter.domain.route import Arm
from lamplighter.lifecycle import recordings
from lamplighter.lifecycle.kit import Kit

#: Bytes of the log that are looked through at most, the newest first.
_MOST_BYTES = 512 * 1024 * 1024


def recent_requests(kit: Kit, model: str, environment: str, limit: int) -> Mapping[str, Sequence[Scored]]:
    """At most `limit` of the newest requests of each consumer that hold their inputs as they came, oldest first."""
    found: defaultdict[str, list[Scored]] = defaultdict(list)
    left = _MOST_BYTES
    with recordings.newest_first(kit, model, environment) as files:
        for file in files:
            for consumer, own in _of(file.records(model), limit).items():
                found[consumer].extend(own)
            left -= file.size
            if left <= 0:
                break
    return {consumer: sorted(records, key=lambda one: one.at)[-limit:] for consumer, records in found.items()}


def _of(records: Iterable[Scored], limit: int) -> dict[str, deque[Scored]]:
    found: dict[str, deque[Scored]] = {}
    for record in records:
        if record.arm is not Arm.SHADOW and record.columns and not record.redacted:
            found.setdefault(record.consumer, deque(maxlen=limit)).append(record)
    return found
