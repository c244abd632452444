"""Bring in what serving recorded: scored rows, traffic, callers and counts, each record exactly once.

The position in a segment and everything made of what stands before it are kept in one transaction.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lamplighter.domain.outage import DRILL
from lamplighter.domain.prediction import LARGEST_BODY, Scored, frames
from lamplighter.domain.route import LATENCY_BOUNDS, Arm, latency_bucket
from lamplighter.lifecycle import calling, profiles, slices, tallying
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.traffic import Traffic, total
from lamplighter.store.transaction import Transaction

#: Bytes of one segment that are read in one transaction.
_BITE = 8 * 1024 * 1024
#: An id that serving has made.
_OURS = re.compile("[0-9a-f]{30}")
#: The slot in the names of segments that the control plane writes itself.
PUSHED = "pushed"
#: Microseconds in a day of event time.
DAY = 86_400_000_000
#: One request by latency bucket, and one whose time nobody knows.
_NOWHERE = (0,) * (len(LATENCY_BOUNDS) + 1)
_IN = [tuple(int(place == bucket) for place in range(len(_NOWHERE))) for bucket in range(len(_NOWHERE))]


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
    if size <= position:
        return 0
    found = read(segment, position)
    if not found:
        return 0
    records = [record for record, _ in found]
    with kit.store.transaction() as change:
        if change.predictions.position(environment, segment.name) != position:
            # Another process was faster: its records are kept, and the next look goes on behind them.
            return 0
        keep(kit, change, environment, records)
        change.predictions.move(environment, segment.name, position + found[-1][1])
    return len(records)


def read(segment: Path, position: int) -> list[tuple[Scored, int]]:
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


def keep(kit: Kit, change: Transaction, environment: str, records: Sequence[Scored]) -> None:
    """Keep records and everything that is made of them, in one transaction with whatever says that they are kept."""
    asked = [record for record in records if not record.consumer.startswith(DRILL)]
    # An answer in place of a version is no answer of that version and never counts as one.
    scored = _once(change, [record for record in asked if record.arm is not Arm.FALLBACK])
    keys = slices.keys(kit, change, scored)
    rows = [row for record, found in zip(scored, keys, strict=True) for row in _rows(record, environment, found)]
    change.predictions.keep(rows)
    change.traffic.add(_traffic(asked, environment))
    tallying.count(kit, change, environment, asked)
    calling.count(change, environment, asked)
    change.traffic.called(_callers(scored, environment))
    touched = {(record.model, environment, record.event_at // DAY * DAY) for record in scored}
    change.profiles.soil(touched, kit.clock.now())
    profiles.count(kit, change, environment, scored)


def _once(change: Transaction, records: Sequence[Scored]) -> list[Scored]:
    """Without the records that are there under the same id and version: whoever asks again with an id of its own, such as a
    job that goes on after a crash, has asked once. Ids that serving has made are never the same."""
    given = [record for record in records if record.scores and is_named_by_caller(record)]
    known = change.predictions.known({record.row_id(0) for record in given})
    kept = []
    for record in records:
        key = (record.row_id(0), record.number)
        if key not in known:
            kept.append(record)
            if record.scores:
                known.add(key)
    return kept


def is_named_by_caller(record: Scored) -> bool:
    """Whether the id of a request is not of our making, so that the same may come again."""
    return not _OURS.fullmatch(record.request)


def _rows(record: Scored, environment: str, keys: slices.Keys) -> Iterable[dict[str, Any]]:
    for row, score in enumerate(record.scores):
        yield {
            "id": record.row_id(row),
            "number": record.number,
            "model": record.model,
            "environment": environment,
            "arm": record.arm.value,
            "event_at": record.event_at,
            "score": score,
            "slices": keys[row],
        }


def _traffic(records: Sequence[Scored], environment: str) -> list[Traffic]:
    groups: dict[tuple[str, int, str, int], list[Traffic]] = defaultdict(list)
    for record in records:
        one = _one(record, environment)
        groups[one.model, one.number, one.arm, one.second].append(one)
    return [total(group) for group in groups.values()]


def _one(record: Scored, environment: str) -> Traffic:
    bucket = latency_bucket(record.duration / 1_000_000)
    return Traffic(
        model=record.model,
        environment=environment,
        number=record.number,
        arm=record.arm.value,
        second=record.at // 1_000_000,
        requests=1,
        rows=record.rows or len(record.scores),
        failures=int(record.broke),
        crowded=int(record.found_no_room),
        latencies=_IN[bucket] if record.duration >= 0 else _NOWHERE,
    )


def _callers(records: Sequence[Scored], environment: str) -> list[tuple[str, str, str, int, int]]:
    answered = [record for record in records if record.arm is not Arm.SHADOW]
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for record in answered:
        groups[record.model, record.consumer].append(record.at)
    return [(model, environment, consumer, len(times), max(times)) for (model, consumer), times in groups.items()]
