"""What versions have answered, over their whole life: rows that are there and those of closed days, which may be gone."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, FromClause, Select, and_, bindparam, case, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.selectable import ScalarSelect

from lamplighter.domain.window import DAY
from lamplighter.store import schema
from lamplighter.store.closed_days import ClosedDays
from lamplighter.store.collection import told, versions_to_be_named
from lamplighter.store.statements import PLACE, VERSION, equal

#: The parameter of a moment.
_NOW = "now"
#: All answered rows, those with a label, of these the positive ones, those said to be, and both; and the sum of the distances
#: of score and label.
Outcome = tuple[int, int, int, int, int, float]


class AnsweredRows:
    """Answered rows within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def add(self, counts: Mapping[tuple[str, str, int], int]) -> None:
        """Count more rows that were answered with, by model, environment and number of the version."""
        rows = [{**dict(zip(VERSION, version, strict=True)), "count": count} for version, count in sorted(counts.items())]
        if rows:
            self.connection.execute(_more(self.connection.dialect.name), rows)

    def count(self, model: str, environment: str) -> int:
        """Rows of a model that were answered with in an environment."""
        return int(self.connection.execute(_count(), {"model": model, "environment": environment}).scalar() or 0)

    def labelled(self, model: str, environment: str) -> int:
        """Answered rows of a model in an environment that have a label, as of the last time that their days were read."""
        known = schema.outcomes.c.answered
        return int(
            self.connection.execute(select(func.sum(known)).filter_by(model=model, environment=environment)).scalar() or 0
        )

    def numbers(self, model: str, environment: str, start: int, end: int) -> list[int]:
        """Versions that answered in a window of event time; of a closed day in all of it."""
        p, gone = schema.predictions, schema.closed_days
        there = select(p.c.number).distinct().filter_by(model=model, environment=environment)
        there = there.where(p.c.event_at >= start, p.c.event_at < end, p.c.arm != "shadow")
        before = select(gone.c.number).distinct().filter_by(model=model, environment=environment)
        before = before.where(gone.c.day >= start, gone.c.day < end, gone.c.scored > 0)
        return sorted({int(number) for query in (there, before) for number in self.connection.execute(query).scalars()})

    def outcome(self, model: str, environment: str, number: int, start: int, end: int, threshold: float) -> Outcome:
        """What became of the rows that a version answered in a window of event time; a closed day counts as it was closed, and
        to the window in which it begins."""
        closed = ClosedDays(self.connection).between(model, environment, number, start, end)
        parts = [(one.scored, one.known, one.there, one.said, one.found, one.distance) for one in closed]
        for first, last in _open_parts([one.day for one in closed], start, end):
            parts.append(self.outcome_of_rows(model, environment, number, first, last, threshold))
        scored, known, there, said, found, distance = (sum(column) for column in zip(*parts, strict=True))
        return int(scored), int(known), int(there), int(said), int(found), float(distance)

    def outcome_of_rows(self, model: str, environment: str, number: int, start: int, end: int, threshold: float) -> Outcome:
        """The same of the rows that are there."""
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

    def span(self, model: str, environment: str, number: int, now: int) -> tuple[int, int] | None:
        """First and last event time of a version that has come by now, or nothing."""
        return self.spans([(model, environment, number)], now).get((model, environment))

    def spans(self, versions: Sequence[tuple[str, str, int]], now: int) -> dict[tuple[str, str], tuple[int, int]]:
        """First and last event time of versions (model, environment, number), by model and environment; those that scored.

        An event that lies ahead of now tells of the clock of its caller, and ends no window before its time.
        """
        asked, found = {**told(versions), _NOW: now}, {}
        statement = _spans(self.connection.dialect.name)
        for model, environment, first, last, first_gone, last_gone in self.connection.execute(statement, asked):
            known = [int(at) for at in (first, last, first_gone, last_gone) if at is not None]
            if known:
                found[model, environment] = (min(known), max(known))
        return found


@cache
def _more(dialect: str) -> Any:
    table = schema.answered_rows
    add = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    more = {"count": table.c["count"] + add.excluded["count"]}
    return add.on_conflict_do_update(index_elements=list(VERSION), set_=more)


@cache
def _count() -> Select[Any]:
    return select(func.sum(schema.answered_rows.c["count"])).where(*equal(schema.answered_rows, *PLACE))


@cache
def _spans(dialect: str) -> Select[Any]:
    p, gone, wanted = schema.predictions, schema.closed_days, versions_to_be_named(dialect)
    now = bindparam(_NOW, type_=BigInteger)
    # Each end by itself is one step into the index; both at once would read every row.
    ends: list[ScalarSelect[int]] = [
        select(end).where(*_same(p, wanted), p.c.event_at <= now).correlate(wanted).scalar_subquery()
        for end in (func.min(p.c.event_at), func.max(p.c.event_at))
    ]
    for end, order in ((gone.c.first_at, gone.c.day.asc()), (gone.c.last_at, gone.c.day.desc())):
        ends.append(
            select(end)
            .where(*_same(gone, wanted), gone.c.day <= now)
            .order_by(order)
            .limit(1)
            .correlate(wanted)
            .scalar_subquery()
        )
    return select(wanted.c.model, wanted.c.environment, *ends)


def _same(table: FromClause, wanted: FromClause) -> list[ColumnElement[bool]]:
    return [table.c[name] == wanted.c[name] for name in VERSION]


def _open_parts(closed: Sequence[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """A window without its closed days, which are in order."""
    for day in closed:
        if day > start:
            yield start, day
        start = day + DAY
    if start < end or not closed:
        yield start, end
