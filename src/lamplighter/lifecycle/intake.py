"""Records on their way in: counted with a look, which nobody waits for, and then written in one short transaction.

A writer of SQLite has the database for itself. So rows, sums and the profiles they grow into are made before it begins, and it
finds out whether they still hold.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from lamplighter.domain.outage import DRILL
from lamplighter.domain.prediction import Scored
from lamplighter.domain.route import LATENCY_BOUNDS, Arm, latency_bucket
from lamplighter.domain.traffic import CallerHour, Traffic, total
from lamplighter.lifecycle import calling, profiles, slices, tallying
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction
from lamplighter.store.version_hours import VersionHour

#: An id that serving has made.
_OURS = re.compile("[0-9a-f]{30}")
#: Microseconds in a day of event time.
DAY = 86_400_000_000
#: One request by latency bucket, and one whose time nobody knows.
_NOWHERE = (0,) * (len(LATENCY_BOUNDS) + 1)
_IN = [tuple(int(place == bucket) for place in range(len(_NOWHERE))) for bucket in range(len(_NOWHERE))]


class Overtaken(Exception):
    """Somebody else has written what was counted here, or part of it: nothing of it may be kept."""


class Intake(NamedTuple):
    """Records and everything that is made of them, as of one look."""

    environment: str
    #: What was asked; drills are not among it.
    asked: Sequence[Scored]
    #: Ids that callers have chosen, and which of their rows were kept before.
    chosen: AbstractSet[str]
    known: AbstractSet[tuple[str, int]]
    rows: Sequence[dict[str, Any]]
    #: How many of the rows were answered with, by model, environment and number of the version.
    answered: Mapping[tuple[str, str, int], int]
    traffic: Sequence[Traffic]
    hours: Sequence[CallerHour]
    version_hours: Sequence[VersionHour]
    calls: Sequence[tuple[str, str, str, int, int]]
    #: Model, environment and day of what was scored.
    days: set[tuple[str, str, int]]
    profiles: Mapping[profiles.Place, profiles.Grown]


def count(kit: Kit, look: Transaction, environment: str, records: Sequence[Scored]) -> Intake:
    """Count records and make everything of them that is to be written."""
    asked = [record for record in records if not record.consumer.startswith(DRILL)]
    # An answer in place of a version is no answer of that version and never counts as one.
    answers = [record for record in asked if record.arm is not Arm.FALLBACK]
    chosen = {record.row_id(0) for record in answers if record.scores and is_named_by_caller(record.request)}
    known = look.predictions.known(chosen)
    scored = list(_once(answers, known))
    keys, now = slices.keys(kit, look, scored), kit.clock.now()
    named = calling.named(look, asked)
    return Intake(
        environment=environment,
        asked=asked,
        chosen=chosen,
        known=known,
        rows=[row for record, found in zip(scored, keys, strict=True) for row in _rows(record, environment, found, now)],
        answered=_answered(scored, environment),
        traffic=_traffic(asked, environment),
        hours=calling.count(environment, asked, named),
        version_hours=calling.by_version(environment, asked, named),
        calls=_callers(scored, environment),
        days={(record.model, environment, record.event_at // DAY * DAY) for record in scored},
        profiles=profiles.count(kit, look, environment, scored),
    )


def write(kit: Kit, change: Transaction, taken: Intake) -> None:
    """Write it, in one transaction with whatever says that the records are kept; raises `Overtaken` if rows of chosen ids have
    come or gone since the look."""
    if change.predictions.known(taken.chosen) != taken.known:
        raise Overtaken
    change.predictions.keep(taken.rows)
    change.answered.add(taken.answered)
    change.traffic.add(taken.traffic)
    # The step that a request counts for is the one that is on now.
    tallying.count(kit, change, taken.environment, taken.asked)
    change.felt.add(taken.hours)
    change.version_hours.add(taken.version_hours)
    change.traffic.called(taken.calls)
    change.profiles.soil(taken.days, kit.clock.now())
    profiles.write(change, taken.environment, taken.profiles)


def is_named_by_caller(request: str) -> bool:
    """Whether the id of a request is not of our making, so that the same may come again."""
    return not _OURS.fullmatch(request)


def _once(records: Sequence[Scored], known: AbstractSet[tuple[str, int]]) -> Iterator[Scored]:
    """Without the records that are there under the same id and version: whoever asks again with an id of its own, such as a
    job that goes on after a crash, has asked once. Ids that serving has made are never the same."""
    seen = set(known)
    for record in records:
        key = (record.row_id(0), record.number)
        if key not in seen:
            yield record
            if record.scores:
                seen.add(key)


def _rows(record: Scored, environment: str, keys: slices.Keys, now: int) -> Iterable[dict[str, Any]]:
    # What was brought is kept from then on: it may be the history of years.
    answered_at = now if record.ids else record.at
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
            "answered_at": answered_at,
        }


def _answered(records: Sequence[Scored], environment: str) -> Mapping[tuple[str, str, int], int]:
    found = Counter[tuple[str, str, int]]()
    for record in records:
        if record.scores and record.arm is not Arm.SHADOW:
            found[record.model, environment, record.number] += len(record.scores)
    return found


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
