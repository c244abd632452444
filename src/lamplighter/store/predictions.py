"""Scored rows, the labels that come later, and how far the segments of each environment have been read.

The position in a segment moves in the same transaction that keeps what was read, so that nothing is counted twice or skipped.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, case, delete, exists, func, select, update

from lamplighter.store import schema
from lamplighter.store.collection import named, named_versions, upsert

#: Rows in one statement.
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


class Predictions:
    """Scored rows and labels within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def position(self, environment: str, segment: str) -> int:
        """How many bytes of a segment have been read."""
        table = schema.segments
        query = select(table.c.position).filter_by(environment=environment, name=segment)
        return int(self.connection.execute(query).scalar() or 0)

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
        """Keep scored rows: id, number, model, environment, arm, event_at, score, and slices if there are any.

        A row that is there stays as it is.
        """
        for start in range(0, len(rows), _CHUNK):
            upsert(self.connection, schema.predictions, rows[start : start + _CHUNK], keys=["id", "number"], set_=[])

    def known(self, ids: Iterable[str]) -> set[tuple[str, int]]:
        """Which of these rows are kept, with the numbers of the versions that scored them."""
        p = schema.predictions
        wanted, found = list(ids), set()
        for start in range(0, len(wanted), _ASKED):
            query = select(p.c.id, p.c.number).where(p.c.id.in_(wanted[start : start + _ASKED]))
            found |= {(row[0], int(row[1])) for row in self.connection.execute(query)}
        return found

    def kept_as(self, number: int, ids: Sequence[str]) -> dict[str, tuple[int, float]]:
        """Event time and score of the rows of a version that are kept under these ids."""
        p, found = schema.predictions, dict[str, tuple[int, float]]()
        for start in range(0, len(ids), _ASKED):
            query = select(p.c.id, p.c.event_at, p.c.score).where(p.c.id.in_(ids[start : start + _ASKED]), p.c.number == number)
            found |= {row.id: (int(row.event_at), float(row.score)) for row in self.connection.execute(query)}
        return found

    def keep_failures(self, ids: Sequence[str], now: int) -> None:
        """Remember ids of pushed predictions that have no score, so that each counts once."""
        rows = [{"id": identity, "received_at": now} for identity in ids]
        for start in range(0, len(rows), _CHUNK):
            upsert(self.connection, schema.failures, rows[start : start + _CHUNK], keys=["id"], set_=[])

    def known_failures(self, ids: Iterable[str]) -> set[str]:
        """Which of these are remembered."""
        table, wanted, found = schema.failures, list(ids), set()
        for start in range(0, len(wanted), _ASKED):
            query = select(table.c.id).where(table.c.id.in_(wanted[start : start + _ASKED]))
            found |= set(self.connection.execute(query).scalars())
        return found

    def label(self, rows: Sequence[tuple[str, float, int]], now: int) -> None:
        """Keep labels: id, value, revision. The highest revision of an id wins, in whatever order they come.

        Of two values of one revision the larger one wins: any rule but the order of their coming would do.
        """
        values = [{"id": i, "value": v, "revision": r, "received_at": now} for i, v, r in rows]
        for start in range(0, len(values), _CHUNK):
            chunk = values[start : start + _CHUNK]
            columns = ["value", "revision", "received_at"]
            upsert(self.connection, schema.labels, chunk, keys=["id"], set_=columns, grown=("revision", "value"))

    def advance_labels(self, ids: Iterable[str], now: int = 0) -> None:
        """Remember the newest event time of rows whose label is known, and when that became so; `ids` are those that have got
        one, kept rows or not."""
        p, heads = schema.predictions, schema.label_heads
        wanted, newest = list(ids), dict[tuple[str, str], int]()
        for start in range(0, len(wanted), _ASKED):
            query = select(p.c.model, p.c.environment, func.max(p.c.event_at)).group_by(p.c.model, p.c.environment)
            for model, environment, at in self.connection.execute(query.where(p.c.id.in_(wanted[start : start + _ASKED]))):
                newest[model, environment] = max(int(at), newest.get((model, environment), 0))
        rows = [{"model": m, "environment": e, "event_at": at, "advanced_at": now} for (m, e), at in sorted(newest.items())]
        keys, changed = ["model", "environment"], ["event_at", "advanced_at"]
        upsert(self.connection, heads, rows, keys=keys, set_=changed, grown=("event_at",))

    def label_heads(self) -> dict[tuple[str, str], int]:
        """The newest event time of rows whose label is known, by model and environment."""
        heads = schema.label_heads
        query = select(heads.c.model, heads.c.environment, heads.c.event_at)
        return {(row[0], row[1]): int(row[2]) for row in self.connection.execute(query)}

    def spans(self, versions: Sequence[tuple[str, str, int]]) -> dict[tuple[str, str], tuple[int, int]]:
        """First and last event time of versions (model, environment, number), by model and environment; those that scored."""
        p, wanted = schema.predictions, named_versions(self.connection, versions)
        of = and_(p.c.model == wanted.c.model, p.c.environment == wanted.c.environment, p.c.number == wanted.c.number)
        # Each end by itself is one step into the index; both at once would read every row.
        first_at, last_at = func.min(p.c.event_at), func.max(p.c.event_at)
        ends = (select(end).where(of).correlate(wanted).scalar_subquery() for end in (first_at, last_at))
        rows = self.connection.execute(select(wanted.c.model, wanted.c.environment, *ends))
        return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows if row[2] is not None}

    def joined(self, model: str, environment: str, number: int, start: int, end: int) -> Joined:
        """Rows of one version in a window of event time that have a label, ordered by id."""
        p, t = schema.predictions, schema.labels
        where = and_(
            p.c.model == model, p.c.environment == environment, p.c.number == number, p.c.event_at >= start, p.c.event_at < end
        )
        query = select(p.c.id, p.c.event_at, p.c.score, t.c.value, p.c.slices).join(t, t.c.id == p.c.id)
        columns = list(zip(*self.connection.execute(query.where(where).order_by(p.c.id)).all(), strict=True)) or [()] * 5
        return Joined(ids=columns[0], event_at=columns[1], scores=columns[2], labels=columns[3], slices=columns[4])

    def outcomes(self, model: str, environment: str, number: int, start: int, end: int) -> tuple[int, list[Any]]:
        """How many rows of a version were scored in a window of event time; score, label and slices of those with a label."""
        p, t = schema.predictions, schema.labels
        where = and_(
            p.c.model == model, p.c.environment == environment, p.c.number == number, p.c.event_at >= start, p.c.event_at < end
        )
        scored = self.connection.execute(select(func.count()).select_from(p).where(where)).scalar()
        query = select(p.c.score, t.c.value, p.c.slices).join(t, t.c.id == p.c.id).where(where)
        return int(scored or 0), list(self.connection.execute(query).all())

    def labels_of(self, ids: Iterable[str]) -> dict[str, float]:
        """What came true of the rows with these ids, by id; those of which nobody knows are not among them."""
        t, wanted, found = schema.labels, list(ids), dict[str, float]()
        for start in range(0, len(wanted), _ASKED):
            query = select(t.c.id, t.c.value).where(t.c.id.in_(wanted[start : start + _ASKED]))
            found |= {row[0]: float(row[1]) for row in self.connection.execute(query)}
        return found

    def days_of(self, ids: Iterable[str], day: int) -> set[tuple[str, str, int]]:
        """Model, environment and day of event time of the predictions with these ids; a day has `day` microseconds."""
        return {place for places in self.places_of(ids, day).values() for place in places}

    def places_of(self, ids: Iterable[str], day: int) -> dict[str, set[tuple[str, str, int]]]:
        """The same for each id that has a prediction."""
        p = schema.predictions
        wanted = list(ids)
        found: dict[str, set[tuple[str, str, int]]] = {}
        for start in range(0, len(wanted), _ASKED):
            asked = p.c.id.in_(wanted[start : start + _ASKED])
            query = select(p.c.id, p.c.model, p.c.environment, p.c.event_at).where(asked)
            for key, model, environment, event_at in self.connection.execute(query):
                found.setdefault(key, set()).add((model, environment, event_at // day * day))
        return found

    def count(self, model: str, environment: str, *, number: int | None = None, answered: bool = True) -> int:
        """Scored rows of a model in an environment; only those that were answered with, or all."""
        p = schema.predictions
        query = select(func.count()).select_from(p).where(p.c.model == model, p.c.environment == environment)
        if number is not None:
            query = query.where(p.c.number == number)
        if answered:
            query = query.where(p.c.arm != "shadow")
        return int(self.connection.execute(query).scalar() or 0)

    def counted(self, model: str, environment: str, number: int, start: int, end: int) -> tuple[int, int]:
        """Rows that a version scored in a window of event time, and how many of them have a label."""
        p, t = schema.predictions, schema.labels
        joined = p.outerjoin(t, t.c.id == p.c.id)
        query = select(func.count(), func.count(t.c.id)).select_from(joined)
        where = and_(p.c.model == model, p.c.environment == environment, p.c.number == number)
        scored, labelled = self.connection.execute(query.where(where, p.c.event_at >= start, p.c.event_at < end)).one()
        return int(scored), int(labelled)

    def numbers(self, model: str, environment: str, start: int, end: int) -> list[int]:
        """Versions that answered in a window of event time."""
        p = schema.predictions
        query = select(p.c.number).distinct().filter_by(model=model, environment=environment).order_by(p.c.number)
        query = query.where(p.c.event_at >= start, p.c.event_at < end, p.c.arm != "shadow")
        return [int(number) for number in self.connection.execute(query).scalars()]

    def scored(self, model: str, environment: str, numbers: Sequence[int], days: Sequence[int], day: int) -> list[int]:
        """Which of these versions scored on any of these days, shadows too; a day has `day` microseconds."""
        p, number, start = schema.predictions, schema.predictions.c.number, schema.predictions.c.event_at
        wanted = named(self.connection, [number, start], [(one, begun) for one in numbers for begun in days])
        same = and_(p.c.model == model, p.c.environment == environment, number == wanted.c.number)
        found = exists().where(same, start >= wanted.c.event_at, start < wanted.c.event_at + day)
        query = select(wanted.c.number).distinct().where(found).order_by(wanted.c.number)
        return list(self.connection.execute(query).scalars())

    def outcome(
        self, model: str, environment: str, number: int, start: int, end: int, threshold: float
    ) -> tuple[int, int, int, int, int, float]:
        """Rows that a version answered in a window of event time: all, those with a label, of these the positive ones, those
        said to be, and both; and the sum of the distances of score and label."""
        p, t = schema.predictions, schema.labels
        known, said, there = t.c.id.is_not(None), p.c.score >= threshold, t.c.value > 0.5
        counts = [
            func.count(case((one, 1))) for one in (known, and_(known, there), and_(known, said), and_(known, said, there))
        ]
        distance = func.coalesce(func.sum(func.abs(p.c.score - t.c.value)), 0.0)
        query = select(func.count(), *counts, distance).select_from(p.outerjoin(t, t.c.id == p.c.id))
        where = and_(p.c.model == model, p.c.environment == environment, p.c.number == number, p.c.arm != "shadow")
        row = self.connection.execute(query.where(where, p.c.event_at >= start, p.c.event_at < end)).one()
        return int(row[0]), int(row[1]), int(row[2]), int(row[3]), int(row[4]), float(row[5])

    def labelled(self, model: str, environment: str) -> int:
        """Answered rows of a model in an environment that have a label."""
        p, t = schema.predictions, schema.labels
        query = select(func.count()).select_from(p.join(t, t.c.id == p.c.id))
        where = and_(p.c.model == model, p.c.environment == environment, p.c.arm != "shadow")
        return int(self.connection.execute(query.where(where)).scalar() or 0)

    def span(self, model: str, environment: str, number: int) -> tuple[int, int] | None:
        """First and last event time of a version, or nothing."""
        p = schema.predictions
        query = select(func.min(p.c.event_at), func.max(p.c.event_at))
        low, high = self.connection.execute(query.filter_by(model=model, environment=environment, number=number)).one()
        return None if low is None else (int(low), int(high))
