"""Days of a version whose rows go away. Such a day is closed before the first of them does: its figures stay as they are."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Select, func, select

from lamplighter.store import schema
from lamplighter.store.collection import rows_named, told, upsert
from lamplighter.store.statements import VERSION, equal, within


class Place(NamedTuple):
    """One day of event time of one version."""

    model: str
    environment: str
    number: int
    day: int


class ClosedDay(msgspec.Struct, frozen=True):
    """What is remembered of a day beside its labelled rows, which stand in `outcomes`."""

    model: str
    environment: str
    number: int
    day: int
    closed_at: int
    #: Event time of its first and of its last row.
    first_at: int
    last_at: int
    #: Rows that were answered with, those with a label, of these the positive ones, those said to be, and both; and the sum of
    #: the distances of score and label.
    scored: int
    known: int
    there: int
    said: int
    found: int
    distance: float

    @property
    def place(self) -> Place:
        """Which day it is."""
        return Place(self.model, self.environment, self.number, self.day)


class ClosedDays:
    """Closed days within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def add(self, day: ClosedDay) -> None:
        """Close a day; one that is closed stays as it is."""
        row = msgspec.structs.asdict(day)
        upsert(self.connection, schema.closed_days, [row], keys=list(Place._fields), set_=[])

    def among(self, places: Iterable[Place]) -> AbstractSet[Place]:
        """Which of these days are closed."""
        asked = list(set(places))
        if not asked:
            return frozenset()
        query = rows_named(self.connection.dialect.name, schema.closed_days, Place._fields)
        rows = self.connection.execute(query, told(asked))
        return {Place(row.model, row.environment, row.number, row.day) for row in rows}

    def between(self, model: str, environment: str, number: int, start: int, end: int) -> Sequence[ClosedDay]:
        """The closed days of a version that begin in a window, oldest first."""
        asked = {"model": model, "environment": environment, "number": number, "start": start, "end": end}
        return [ClosedDay(**row._mapping) for row in self.connection.execute(_between(), asked)]

    def newest(self, model: str, environment: str) -> int | None:
        """The newest closed day of a model, or nothing."""
        table = schema.closed_days
        query = select(func.max(table.c.day)).filter_by(model=model, environment=environment)
        return self.connection.execute(query).scalar()


@cache
def _between() -> Select[Any]:
    day = schema.closed_days.c.day
    return select(schema.closed_days).where(*equal(schema.closed_days, *VERSION), *within(day)).order_by(day)
