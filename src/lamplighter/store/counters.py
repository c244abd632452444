"""Numbers that only grow: the ids of things, and how far the reactions have read the journal."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, select, update

from lamplighter.store import schema
from lamplighter.store.collection import upsert
from lamplighter.store.statements import equal


class Counters:
    """Counters within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def value(self, name: str) -> int:
        """The value now; 0 for a counter that was never set."""
        return int(self.connection.execute(_value(), {"name": name}).scalar() or 0)

    def set(self, name: str, value: int) -> None:
        """Set the value."""
        upsert(self.connection, schema.counters, [{"name": name, "value": value}], keys=["name"], set_=["value"])

    def raise_to(self, name: str, value: int) -> bool:
        """Raise a counter; false if it is so high already. Of two who try at once, one succeeds."""
        table = schema.counters
        upsert(self.connection, table, [{"name": name, "value": 0}], keys=["name"], set_=[])
        raised = update(table).where(table.c.name == name, table.c.value < value).values(value=value).returning(table.c.value)
        return self.connection.execute(raised).first() is not None

    def next(self, name: str) -> int:
        """The next number: 1, 2, 3, ...; whoever asks at the same time waits until this transaction ends."""
        table = schema.counters
        upsert(self.connection, table, [{"name": name, "value": 0}], keys=["name"], set_=[])
        grown = update(table).filter_by(name=name).values(value=table.c.value + 1).returning(table.c.value)
        return int(self.connection.execute(grown).scalar_one())

    def id(self, letter: str) -> str:
        """The next id of a kind of thing, such as `R-91`."""
        return f"{letter}-{self.next(letter)}"


@cache
def _value() -> Select[Any]:
    return select(schema.counters.c.value).where(*equal(schema.counters, "name"))
