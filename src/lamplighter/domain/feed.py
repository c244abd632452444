"""How a source of data does: what was last told of it, held against how old it may be.

Law of change: fields may be added with a default.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from lamplighter.domain.duration import seconds
from lamplighter.domain.errors import Invalid
from lamplighter.domain.instant import lasting
from lamplighter.domain.record import Record
from lamplighter.domain.source import Source

#: Microseconds that the clock of whoever tells may run ahead.
_AHEAD = 3_600_000_000
_LONGEST_CHECK, _LONGEST_SCHEMA = 500, 64


class Arrival(Record, frozen=True):
    """What somebody tells of a source. What is left out says nothing new."""

    source: str
    #: When it was told, microseconds since the epoch, UTC.
    arrived_at: int
    #: Who told it.
    author: str
    #: Time of the newest row, microseconds since the epoch, UTC; 0 if it is not told.
    newest: int = 0
    #: Rows that came; nothing if it is not told.
    rows: int | None = None
    #: Whether the checks on it passed; nothing if none were made.
    passed: bool | None = None
    #: What the checks say, without data.
    check: str = ""
    #: How its columns are, as whoever tells names it: a version, or a digest of their names and types.
    schema: str = ""
    #: When it got this schema in the place of another, microseconds since the epoch, UTC; 0 if it was never seen to change.
    changed_at: int = 0


class FeedState(StrEnum):
    """How a source does."""

    #: Nothing was ever told of it.
    UNKNOWN = "unknown"
    #: As it should be.
    FRESH = "fresh"
    #: Its newest row is older than it may be.
    LATE = "late"
    #: It came without rows.
    EMPTY = "empty"
    #: Its checks failed.
    BROKEN = "broken"


class Heard(Record, frozen=True):
    """Everything that was told of a source, put together."""

    newest: int = 0
    rows: int | None = None
    passed: bool | None = None
    check: str = ""
    #: When something was told last; 0 for never.
    arrived_at: int = 0
    #: Its schema, empty if none was told, and when it got that in the place of another.
    schema: str = ""
    changed_at: int = 0


class Feed(Record, frozen=True):
    """A source as it stands."""

    name: str
    #: Who owns it, as the first model that names an owner says.
    owner: str
    #: Models that need it.
    models: tuple[str, ...]
    #: How old it may be by the strictest of them, such as 1h; empty if none says.
    freshness: str
    columns: tuple[str, ...]
    state: FeedState
    #: Why, in one sentence.
    why: str
    heard: Heard


def check_arrival(arrival: Arrival) -> Arrival:
    """The arrival itself if it can be; raises `Invalid`."""
    tells = arrival.newest or arrival.rows is not None or arrival.passed is not None or arrival.schema
    wrong = [
        ("it tells neither of the newest row nor of rows, checks or schema", not tells),
        ("the newest row lies before 1970", arrival.newest < 0),
        ("the newest row lies in the future", arrival.newest > arrival.arrived_at + _AHEAD),
        ("rows are counted from 0", arrival.rows is not None and arrival.rows < 0),
        (f"the name of a schema is over {_LONGEST_SCHEMA} characters", len(arrival.schema) > _LONGEST_SCHEMA),
        (f"the words of a check are over {_LONGEST_CHECK} characters", len(arrival.check) > _LONGEST_CHECK),
    ]
    why = next((why for why, holds in wrong if holds), "")
    if why:
        raise Invalid(
            "That cannot be an arrival.",
            why=f"In short: {why}.",
            fix="Tell when the newest row was made, how many rows came, whether the checks passed, or how its columns are.",
            code="E1236",
        )
    return arrival


def heard_of(arrivals: Sequence[Arrival]) -> Heard:
    """What arrivals say together, in whatever order they stand: the newest row of all, and the last word on the rest."""
    ordered = sorted(arrivals, key=lambda arrival: arrival.arrived_at)
    checks = [arrival for arrival in ordered if arrival.passed is not None]
    return Heard(
        newest=max((arrival.newest for arrival in ordered), default=0),
        rows=next((arrival.rows for arrival in reversed(ordered) if arrival.rows is not None), None),
        passed=checks[-1].passed if checks else None,
        check=checks[-1].check if checks else "",
        arrived_at=ordered[-1].arrived_at if ordered else 0,
        schema=ordered[-1].schema if ordered else "",
        changed_at=ordered[-1].changed_at if ordered else 0,
    )


def following(arrival: Arrival, before: Heard) -> Arrival:
    """An arrival with the schema that was told last, if it tells none, and when that came in the place of another."""
    if not arrival.schema or arrival.schema == before.schema:
        return msgspec.structs.replace(arrival, schema=before.schema, changed_at=before.changed_at)
    return msgspec.structs.replace(arrival, changed_at=arrival.arrived_at if before.schema else 0)


def state_of(source: Source, heard: Heard, now: int, since: int) -> tuple[FeedState, str]:
    """How a source does and why. One that was never heard of is not late, unless it is declared as watched and was needed
    since `since` for longer than it may be old; all in microseconds since the epoch."""
    bound = seconds(source.freshness) if source.freshness else 0.0
    if not heard.arrived_at:
        overdue = source.watch and bound and since and now - since > bound * 1_000_000
        why = "Nothing was ever told of it."
        return (FeedState.LATE, f"{why} It may be {source.freshness} old.") if overdue else (FeedState.UNKNOWN, why)
    if heard.passed is False:
        return FeedState.BROKEN, f"Its checks failed: {heard.check or 'no more is told'}."
    if heard.rows == 0:
        return FeedState.EMPTY, "It came without rows."
    old = (now - heard.newest) / 1_000_000
    if bound and heard.newest and old > bound:
        return FeedState.LATE, f"Its newest row is {lasting(old)} old, and it may be {source.freshness}."
    return FeedState.FRESH, f"Its newest row is {lasting(old)} old." if heard.newest else "Its checks passed."
