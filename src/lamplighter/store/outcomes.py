"""Rows whose truth is known, by version and day, as arrays: read once for each change of a day, and summed for any window."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, Connection, Select, and_, case, func, select

from lamplighter.store import schema
from lamplighter.store.collection import named, upsert
from lamplighter.store.statements import DAY, VERSION, equal, within


class Day(msgspec.Struct, frozen=True):
    """One day of one version."""

    number: int
    day: int
    #: Rows that were scored, and how many of them have a label.
    scored: int
    labelled: int
    #: Of the labelled ones those that were answered with.
    answered: int
    #: The labelled rows as bytes.
    rows: bytes


class OutcomesByDay:
    """Days within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def put(self, model: str, environment: str, days: Iterable[Day]) -> None:
        """Set days."""
        rows = [{"model": model, "environment": environment, **msgspec.structs.asdict(day)} for day in days]
        keys = ["model", "environment", "number", "day"]
        upsert(self.connection, schema.outcomes, rows, keys=keys, set_=["scored", "labelled", "answered", "rows"])

    def find(self, model: str, environment: str, number: int, day: int) -> Day | None:
        """A day as it was read last, or nothing."""
        asked = {"model": model, "environment": environment, "number": number, "day": day}
        row = self.connection.execute(_day(), asked).first()
        return None if row is None else Day(*row)

    def counted(self, model: str, environment: str, number: int, start: int, end: int) -> Mapping[int, tuple[int, int]]:
        """Scored and labelled rows of the days that begin in a window, by day."""
        asked = {"model": model, "environment": environment, "number": number, "start": start, "end": end}
        found = self.connection.execute(_within("day", "scored", "labelled"), asked)
        return {day: (scored, labelled) for day, scored, labelled in found}

    def within(self, windows: Sequence[tuple[str, str, int, int, int]]) -> Mapping[tuple[str, str], tuple[int, int]]:
        """Scored and labelled rows in a window of each version (model, environment, number, start, end), by model and
        environment; those that scored."""
        of = schema.outcomes.c
        columns = (of.model, of.environment, of.number, Column("start", BigInteger), Column("end", BigInteger))
        wanted = named(self.connection, columns, windows)
        same = [of[name] == wanted.c[name] for name in ("model", "environment", "number")]
        joined = wanted.join(schema.outcomes, and_(*same, of.day >= wanted.c.start, of.day < wanted.c.end))
        query = select(of.model, of.environment, func.sum(of.scored), func.sum(of.labelled)).select_from(joined)
        rows = self.connection.execute(query.group_by(of.model, of.environment))
        return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows}

    def summed(self, model: str, environment: str, start: int, end: int) -> tuple[int, int]:
        """Answered rows of all versions on the days that begin in a window, and how many of them have a label, as of the last
        time that the days were read. Where a version has answered and scored along on one day, its rows are taken to be
        labelled alike; of one that has no label yet, all count as answered."""
        of = schema.outcomes.c
        answered = case((of.labelled > 0, of.scored * of.answered // func.nullif(of.labelled, 0)), else_=of.scored)
        query = select(func.coalesce(func.sum(answered), 0), func.coalesce(func.sum(of.answered), 0))
        query = query.where(of.model == model, of.environment == environment, of.day >= start, of.day < end)
        scored, labelled = self.connection.execute(query).one()
        return int(scored), int(labelled)

    def numbers(self, model: str, environment: str, day: int) -> list[int]:
        """The versions that scored on a day."""
        of = schema.outcomes.c
        query = select(of.number).filter_by(model=model, environment=environment, day=day).order_by(of.number)
        return list(self.connection.execute(query).scalars())

    def between(self, model: str, environment: str, number: int, start: int, end: int) -> Mapping[int, bytes]:
        """The labelled rows of the days that begin in a window, by day."""
        asked = {"model": model, "environment": environment, "number": number, "start": start, "end": end}
        return {row.day: row.rows for row in self.connection.execute(_within("day", "rows"), asked)}

    def labelled(self, model: str, environment: str) -> tuple[int, int]:
        """Scored and labelled rows of all versions, as of the last time that their days were read."""
        table = schema.outcomes
        query = select(func.coalesce(func.sum(table.c.scored), 0), func.coalesce(func.sum(table.c.labelled), 0))
        scored, labelled = self.connection.execute(query.filter_by(model=model, environment=environment)).one()
        return int(scored), int(labelled)

    def newest_labelled(self, model: str, environment: str) -> tuple[int, int] | None:
        """The version and the newest day with a label, or nothing."""
        table = schema.outcomes
        query = select(table.c.number, table.c.day).filter_by(model=model, environment=environment)
        newest = query.where(table.c.labelled > 0).order_by(table.c.day.desc(), table.c.labelled.desc()).limit(1)
        row = self.connection.execute(newest).first()
        return None if row is None else (int(row[0]), int(row[1]))


@cache
def _day() -> Select[Any]:
    of = schema.outcomes
    return select(*(of.c[name] for name in Day.__struct_fields__)).where(*equal(of, *DAY))


@cache
def _within(*names: str) -> Select[Any]:
    """These columns of the days that begin in a window."""
    of = schema.outcomes
    return select(*(of.c[name] for name in names)).where(*equal(of, *VERSION), *within(of.c.day)).order_by(of.c.day)
