"""Scored rows, the labels that come later, and how far the segments of each environment have been read.

The position in a segment moves in the same transaction that keeps what was read, so that nothing is counted twice or skipped.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from lamplighter.domain.window import DAY
from lamplighter.store import schema
from lamplighter.store.closed_days import Place
from lamplighter.store.collection import rows_named, to_be_named, told, upsert
from lamplighter.store.statements import MOST, PLACE, VERSION, equal, within

#: Rows in one statement, or taken from one at once.
_CHUNK = 2000
#: Ids in one question.
_ASKED = 500


class Joined(msgspec.Struct, frozen=True):
    """Rows of one version that have a label: parallel sequences."""

    ids: Sequence[str]
    event_at: Sequence[int]
    scores: Sequence[float]
    labels: Sequence[float]
    #: The slices of each row, as they are kept beside it.
    slices: Sequence[str] = ()


class Tally(NamedTuple):
    """The rows of one day of a version."""

    scored: int
    #: Those of them that were no answer, but scored along with one.
    along: int
    #: Event time of the first and of the last.
    first_at: int
    last_at: int


class Predictions:
    """Scored rows and labels within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def position(self, environment: str, segment: str) -> int:
        """How many bytes of a segment have been read."""
        asked = {"environment": environment, "name": segment}
        return int(self.connection.execute(_position(), asked).scalar() or 0)

    def move(self, environment: str, segment: str, position: int) -> None:
        """Say how far a segment has been read."""
        row = {"environment": environment, "name": segment, "position": position}
        upsert(self.connection, schema.segments, [row], keys=["environment", "name"], set_=["position"])

    def advance(self, environment: str, segment: str, position: int, to: int) -> bool:
        """Move on from a position if that is how far the segment has been read; nobody else can until this transaction ends."""
        table, name = schema.segments, {"environment": environment, "name": segment}
        upsert(self.connection, table, [{**name, "position": 0}], keys=["environment", "name"], set_=[])
        here = update(table).filter_by(**name, position=position).values(position=to)
        return self.connection.execute(here).rowcount == 1

    def begun(self, environment: str) -> list[str]:
        """Names of the segments whose position is known."""
        table = schema.segments
        return list(self.connection.execute(select(table.c.name).filter_by(environment=environment)).scalars())

    def forget(self, environment: str, segments: Sequence[str]) -> None:
        """Drop the positions of segments that do not exist any more and never will again."""
        table = schema.segments
        self.connection.execute(delete(table).where(table.c.environment == environment, table.c.name.in_(segments)))

    def keep(self, rows: Sequence[dict[str, object]]) -> None:
        """Keep scored rows: id, number, model, environment, arm, event_at, score, answered_at, and slices if there are any.

        A row that is there stays as it is.
        """
        for start in range(0, len(rows), _CHUNK):
            upsert(self.connection, schema.predictions, rows[start : start + _CHUNK], keys=["id", "number"], set_=[])

    def known(self, ids: Iterable[str]) -> set[tuple[str, int]]:
        """Which of these rows are kept, with the numbers of the versions that scored them."""
        return {(key, int(number)) for key, number in self._of_ids(schema.predictions, ("id", "number"), ids)}

    def kept_as(self, number: int, ids: Sequence[str]) -> dict[str, tuple[int, float]]:
        """Event time and score of the rows of a version that are kept under these ids."""
        rows = self._of_ids(schema.predictions, ("id", "number", "event_at", "score"), ids)
        return {key: (int(event_at), float(score)) for key, one, event_at, score in rows if one == number}

    def keep_failures(self, ids: Sequence[str], now: int) -> None:
        """Remember ids of pushed predictions that have no score, so that each counts once."""
        rows = [{"id": identity, "received_at": now} for identity in ids]
        for start in range(0, len(rows), _CHUNK):
            upsert(self.connection, schema.failures, rows[start : start + _CHUNK], keys=["id"], set_=[])

    def known_failures(self, ids: Iterable[str]) -> set[str]:
        """Which of these are remembered."""
        return {row[0] for row in self._of_ids(schema.failures, ("id",), ids)}

    def label(self, rows: Sequence[tuple[str, float, int]], now: int) -> None:
        """Keep labels: id, value, revision. The highest revision of an id wins, in whatever order they come.

        Of two values of one revision the larger one wins: any rule but the order of their coming would do.
        """
        values = [{"id": i, "value": v, "revision": r, "received_at": now} for i, v, r in rows]
        for start in range(0, len(values), _CHUNK):
            chunk = values[start : start + _CHUNK]
            columns = ["value", "revision", "received_at"]
            upsert(self.connection, schema.labels, chunk, keys=["id"], set_=columns, grown=("revision", "value"))

    def advance_labels(self, ids: Iterable[str], now: int) -> None:
        """Remember the newest event time of rows whose label is known, and when that became so; `ids` are those that have got
        one, kept rows or not. An event that lies ahead of now is left out: after it nothing would ever be newer."""
        p, heads = schema.predictions, schema.label_heads
        wanted, newest = list(ids), dict[tuple[str, str], int]()
        for start in range(0, len(wanted), _ASKED):
            query = select(p.c.model, p.c.environment, func.max(p.c.event_at)).group_by(p.c.model, p.c.environment)
            asked = query.where(p.c.id.in_(wanted[start : start + _ASKED]), p.c.event_at <= now)
            for model, environment, at in self.connection.execute(asked):
                newest[model, environment] = max(int(at), newest.get((model, environment), 0))
        rows = [{"model": m, "environment": e, "event_at": at, "advanced_at": now} for (m, e), at in sorted(newest.items())]
        keys, changed = ["model", "environment"], ["event_at", "advanced_at"]
        upsert(self.connection, heads, rows, keys=keys, set_=changed, grown=("event_at",))

    def label_heads(self) -> dict[tuple[str, str], int]:
        """The newest event time of rows whose label is known, by model and environment."""
        heads = schema.label_heads
        query = select(heads.c.model, heads.c.environment, heads.c.event_at)
        return {(row[0], row[1]): int(row[2]) for row in self.connection.execute(query)}

    def label_head(self, model: str, environment: str) -> int:
        """The newest event time of rows of one model whose label is known; 0 if none is."""
        query = select(schema.label_heads.c.event_at).filter_by(model=model, environment=environment)
        return int(self.connection.execute(query).scalar() or 0)

    def joined(self, model: str, environment: str, number: int, start: int, end: int) -> Joined:
        """Rows of one version in a window of event time that have a label, ordered by id."""
        p, t = schema.predictions, schema.labels
        where = and_(
            p.c.model == model, p.c.environment == environment, p.c.number == number, p.c.event_at >= start, p.c.event_at < end
        )
        query = select(p.c.id, p.c.event_at, p.c.score, t.c.value, p.c.slices).join(t, t.c.id == p.c.id)
        columns = list(zip(*self.connection.execute(query.where(where).order_by(p.c.id)).all(), strict=True)) or [()] * 5
        return Joined(ids=columns[0], event_at=columns[1], scores=columns[2], labels=columns[3], slices=columns[4])

    def summed(self, model: str, environment: str, number: int, start: int, end: int) -> tuple[int, int]:
        """Answered rows of a version in a window of event time, and how many of them have a label, counted one by one."""
        p, t = schema.predictions, schema.labels
        query = select(func.count(), func.count(t.c.id)).select_from(p.outerjoin(t, t.c.id == p.c.id))
        asked = {**_day(model, environment, number, start), "end": end}
        scored, labelled = self.connection.execute(query.where(*_of_day(), p.c.arm != "shadow"), asked).one()
        return int(scored), int(labelled)

    def tally(self, model: str, environment: str, number: int, day: int) -> Tally | None:
        """The rows of one day of a version, counted without their labels; nothing if there are none."""
        row = self.connection.execute(_tally(), _day(model, environment, number, day)).one()
        return Tally(*map(int, row)) if row[0] else None

    def outcomes(self, model: str, environment: str, number: int, day: int, scored: int) -> Iterator[Sequence[Any]]:
        """Score, label, slices, and 1 if it was answered with, of the rows of a day with a label, some at once; as many rows as
        there are were `scored`."""
        asked = {**_day(model, environment, number, day), MOST: scored}
        # All of them at once would keep the garbage collector busy for as long as it takes to read them.
        yield from self.connection.execute(_outcomes(), asked).partitions(_CHUNK)

    def labels_of(self, ids: Iterable[str]) -> dict[str, float]:
        """What came true of the rows with these ids, by id; those of which nobody knows are not among them."""
        return {key: float(value) for key, value in self._of_ids(schema.labels, ("id", "value"), ids)}

    def _of_ids(self, table: Table, names: tuple[str, ...], ids: Iterable[str]) -> Iterator[Any]:
        """These columns of the rows with these ids."""
        wanted, query = list(ids), rows_named(self.connection.dialect.name, table, ("id",), names)
        for start in range(0, len(wanted), _ASKED):
            yield from self.connection.execute(query, told([(one,) for one in wanted[start : start + _ASKED]]))

    def places_of(self, ids: Iterable[str]) -> dict[str, set[Place]]:
        """The days in which the predictions with these ids lie, for each id that has one."""
        found: dict[str, set[Place]] = {}
        for key, model, environment, number, event_at in self._of_ids(schema.predictions, ("id", *VERSION, "event_at"), ids):
            found.setdefault(key, set()).add(Place(model, environment, number, event_at // DAY * DAY))
        return found

    def scored(self, model: str, environment: str, numbers: Sequence[int], days: Sequence[int]) -> list[int]:
        """Which of these versions scored on any of these days, shadows too, whether the rows are there or not."""
        asked = {**told([(number, day) for number in numbers for day in days]), "model": model, "environment": environment}
        return list(self.connection.execute(_scored(self.connection.dialect.name), asked).scalars())


def _day(model: str, environment: str, number: int, day: int) -> dict[str, Any]:
    return {"model": model, "environment": environment, "number": number, "start": day, "end": day + DAY}


def _of_day() -> list[ColumnElement[bool]]:
    return [*equal(schema.predictions, *VERSION), *within(schema.predictions.c.event_at)]


@cache
def _position() -> Select[Any]:
    return select(schema.segments.c.position).where(*equal(schema.segments, "environment", "name"))


@cache
def _tally() -> Select[int, int, Any, Any]:
    p = schema.predictions
    along = func.count(case((p.c.arm == "shadow", 1)))
    return select(func.count(), along, func.min(p.c.event_at), func.max(p.c.event_at)).where(*_of_day())


@cache
def _outcomes() -> Select[Any]:
    p, t = schema.predictions, schema.labels
    columns = p.c.id, p.c.score, p.c.slices, case((p.c.arm == "shadow", 0), else_=1).label("answered")
    # In the order of their ids, in which the labels stand too: of ten million, each is in a page of its own.
    found = select(*columns).where(*_of_day()).order_by(p.c.id).limit(bindparam(MOST, type_=BigInteger))
    rows = found.subquery()
    return select(rows.c.score, t.c.value, rows.c.slices, rows.c.answered).join(t, t.c.id == rows.c.id)


@cache
def _scored(dialect: str) -> Select[Any]:
    p, c = schema.predictions, schema.closed_days
    wanted = to_be_named(dialect, [p.c.number, p.c.event_at])
    number, day = wanted.c.number, wanted.c.event_at
    of_row, of_day = ([*equal(table, *PLACE), table.c.number == number] for table in (p, c))
    there = exists().where(*of_row, p.c.event_at >= day, p.c.event_at < day + DAY)
    gone = exists().where(*of_day, c.c.day == day)
    return select(number).distinct().where(or_(there, gone)).order_by(number)
