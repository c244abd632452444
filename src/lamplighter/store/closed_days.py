"""Days of a version whose rows go away. Such a day is closed before the first of them does: its figures stay as they are."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Select, and_, func, select

from lamplighter.store import schema
from lamplighter.store.collection import to_be_named, told, upsert


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
        return {Place(*row) for row in self.connection.execute(_among(self.connection.dialect.name), told(asked))}

    def between(self, model: str, environment: str, number: int, start: int, end: int) -> Sequence[ClosedDay]:
        """The closed days of a version that begin in a window, oldest first."""
        table = schema.closed_days
        query = select(table).filter_by(model=model, environment=environment, number=number)
        rows = self.connection.execute(query.where(table.c.day >= start, table.c.day < end).order_by(table.c.day))
        return [ClosedDay(**row._mapping) for row in rows]

    def newest(self, model: str, environment: str) -> int | None:
        """The newest closed day of a model, or nothing."""
        table = schema.closed_days
        query = select(func.max(table.c.day)).filter_by(model=model, environment=environment)
        return self.connection.execute(query).scalar()


@cache
def _among(dialect: str) -> Select[Any]:
    table = schema.closed_days
    columns = [table.c[name] for name in Place._fields]
    wanted = to_be_named(dialect, columns)
    joined = wanted.join(table, and_(*(column == wanted.c[column.name] for column in columns)))
    return select(*columns).select_from(joined)
