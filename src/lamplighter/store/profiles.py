"""Counts of inputs and scores by version and day: mergeable, so that any window is a sum."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec
from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Delete,
    FromClause,
    Select,
    Update,
    and_,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from lamplighter.domain.monitor import Reading
from lamplighter.domain.record import canonical
from lamplighter.store import schema
from lamplighter.store.collection import Collection, named_versions, rows_named, told, upsert
from lamplighter.store.statements import DAY, PLACE, VERSION, equal, one_of, within


class Profiles:
    """Counted days within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def days(self, environment: str, wanted: Sequence[tuple[str, int, int]]) -> dict[tuple[str, int, int], bytes]:
        """The counts of days, each with its model, the number of the version and the day; those that are there."""
        query = rows_named(self.connection.dialect.name, schema.profiles, DAY)
        asked = told([(model, environment, number, day) for model, number, day in wanted])
        return {(row.model, row.number, row.day): row.counts for row in self.connection.execute(query, asked)}

    def all_days(self, model: str, environment: str, since: int) -> dict[tuple[int, int], bytes]:
        """The counts of a model from a day on, by number of the version and day."""
        table = schema.profiles
        query = select(table.c.number, table.c.day, table.c.counts).filter_by(model=model, environment=environment)
        return {(row.number, row.day): row.counts for row in self.connection.execute(query.where(table.c.day >= since))}

    def hold(self, environment: str) -> None:
        """Let nobody else add to the counts of an environment until this transaction ends: what is added to is read first,
        and of two who read the same one would be lost."""
        if self.connection.dialect.name == "postgresql":
            name = f"lamplighter profiles {environment}"
            self.connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))

    def put(self, environment: str, days: Mapping[tuple[str, int, int], bytes]) -> None:
        """Set the counts of days, by model, number of the version and day."""
        rows = [
            {"model": model, "environment": environment, "number": number, "day": day, "counts": counts}
            for (model, number, day), counts in days.items()
        ]
        upsert(self.connection, schema.profiles, rows, keys=["model", "environment", "number", "day"], set_=["counts"])

    def between(self, model: str, environment: str, number: int, start: int, end: int) -> list[bytes]:
        """The counts of the days that begin in a window."""
        asked = {"model": model, "environment": environment, "number": number, "start": start, "end": end}
        return [row.counts for row in self.connection.execute(_between(), asked)]

    def of_days(self, model: str, environment: str, number: int, days: AbstractSet[int]) -> dict[int, bytes]:
        """The counts of these days, as far as there are any."""
        asked = {"model": model, "environment": environment, "number": number, "days": sorted(days)}
        return {row.day: row.counts for row in self.connection.execute(_of_days(), asked)}

    def soil(self, days: set[tuple[str, str, int]], now: int = 0) -> None:
        """Remember that figures of these days have to be made again: model, environment, day. Those that wait already have
        waited since then."""
        rows = [
            {"model": model, "environment": environment, "day": day, "since": now} for model, environment, day in sorted(days)
        ]
        if rows:
            self.connection.execute(_again(self.connection.dialect.name), rows)

    def dirty(self) -> list[tuple[str, str, int]]:
        """The days whose figures have to be made again."""
        table = schema.dirty
        query = select(table.c.model, table.c.environment, table.c.day).order_by(
            table.c.model, table.c.environment, table.c.day
        )
        return [tuple(row) for row in self.connection.execute(query)]

    def marks(self, model: str, environment: str) -> dict[int, int]:
        """The same of one model, each day with how often it was said."""
        rows = self.connection.execute(_marks(), {"model": model, "environment": environment})
        return {row.day: row.marks for row in rows}

    def hold_days(self, model: str, environment: str) -> None:
        """Let nobody close a day of a model that waits for its figures until this transaction ends."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(_marks().with_for_update(), {"model": model, "environment": environment}).all()

    def clean(self, model: str, environment: str, marks: Mapping[int, int], begun: int = 0) -> None:
        """Forget days whose figures were made, but for those that were said again since they had so many marks: these wait
        since the moment in which the marks were read."""
        for day, seen in marks.items():
            place = {"of_model": model, "of_environment": environment, "of_day": day}
            if not self.connection.execute(_made(), {**place, "of_marks": seen}).rowcount:
                self.connection.execute(_said_again(), {**place, "since": begun})


class Readings(Collection[Reading]):
    """Figures by version and window; a later look restates an earlier one."""

    table = schema.readings
    kind = Reading

    def recent(self, model: str, environment: str, aspects: Sequence[str], limit: int) -> list[Reading]:
        """The figures of all rows of these aspects with the newest windows, newest first, of whatever version."""
        of = self.table
        query = select(of.c.body).filter_by(model=model, environment=environment, slice="").where(of.c.aspect.in_(aspects))
        return [self._decode(row[0]) for row in self.connection.execute(query.order_by(of.c.end.desc()).limit(limit))]

    def newest(self, versions: Sequence[tuple[str, str, int]], aspects: Sequence[str]) -> Iterator[Reading]:
        """Figures of all rows in the newest window of each aspect of these versions (model, environment, number)."""
        of, older, wanted = self.table, self.table.alias("older"), named_versions(self.connection, versions)
        for aspect in aspects:
            last = select(func.max(older.c.end)).where(*_of(older, wanted, aspect)).correlate(wanted).scalar_subquery()
            joined = wanted.join(of, and_(*_of(of, wanted, aspect), of.c.end == last))
            for body in self.connection.execute(select(of.c.body).select_from(joined)).scalars().all():
                yield self._decode(body)

    def of(self, equals: Mapping[str, Any], *, sliced: bool) -> list[Reading]:
        """Figures with these column values, of slices or of all rows."""
        part = self.table.c.slice != "" if sliced else self.table.c.slice == ""
        query = select(self.table.c.body).filter_by(**equals).where(part).order_by(*self.table.primary_key)
        return [self._decode(row[0]) for row in self.connection.execute(query)]

    def state(self, readings: Sequence[Reading]) -> list[Reading]:
        """Keep figures in place of those before, and say how often each was another one; gives them as they are kept."""
        known = {_key(one): one for one in self._before(readings)}
        kept = [_restated(one, known.get(_key(one))) for one in readings]
        changed = [one for one in kept if one != known.get(_key(one))]
        rows = [{**self.columns(one), "body": canonical(one).decode()} for one in changed]
        upsert(self.connection, self.table, rows, keys=[column.name for column in self.table.primary_key], set_=["body"])
        return kept

    def _before(self, readings: Sequence[Reading]) -> Iterator[Reading]:
        """What is kept of the windows of these figures: one question for each version."""
        aspects, ends = (sorted({getattr(one, name) for one in readings}) for name in ("aspect", "end"))
        for version in dict.fromkeys(map(attrgetter(*VERSION), readings)):
            asked = {**dict(zip(VERSION, version, strict=True)), "aspects": aspects, "ends": ends}
            yield from map(self._decode, self.connection.execute(_before(), asked).scalars().all())


#: What tells two figures apart.
_key = attrgetter(*(column.name for column in schema.readings.primary_key))


@cache
def _between() -> Select[Any]:
    of = schema.profiles
    return select(of.c.counts).where(*equal(of, *VERSION), *within(of.c.day))


@cache
def _of_days() -> Select[Any]:
    of = schema.profiles
    return select(of.c.day, of.c.counts).where(*equal(of, *VERSION), one_of(of.c.day, "days"))


@cache
def _marks() -> Select[Any]:
    of = schema.dirty
    return select(of.c.day, of.c.marks).where(*equal(of, *PLACE)).order_by(of.c.day)


@cache
def _again(dialect: str) -> Any:
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(schema.dirty)
    return insert.on_conflict_do_update(index_elements=[*PLACE, "day"], set_={"marks": schema.dirty.c.marks + 1})


@cache
def _made() -> Delete:
    return delete(schema.dirty).where(*equal(schema.dirty, *PLACE, "day", "marks", prefix="of_"))


@cache
def _said_again() -> Update:
    return update(schema.dirty).where(*equal(schema.dirty, *PLACE, "day", prefix="of_"))


@cache
def _before() -> Select[Any]:
    of = schema.readings
    return select(of.c.body).where(*equal(of, *VERSION), one_of(of.c.aspect, "aspects"), one_of(of.c.end, "ends"))


def _restated(reading: Reading, before: Reading | None) -> Reading:
    if before is None:
        return reading
    return msgspec.structs.replace(reading, restated=before.restated + (_told(before) != _told(reading)))


def _told(reading: Reading) -> tuple[float, ...]:
    return reading.value, reading.low, reading.high, reading.count


def _of(readings: FromClause, wanted: CTE, aspect: str) -> list[ColumnElement[bool]]:
    same = [readings.c[name] == wanted.c[name] for name in ("model", "environment", "number")]
    return [*same, readings.c.aspect == aspect, readings.c.slice == ""]
