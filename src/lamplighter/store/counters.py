"""Numbers that only grow: the ids of things, and how far the reactions have read the journal."""

from sqlalchemy import Connection, select

from lamplighter.store import schema
from lamplighter.store.collection import upsert


class Counters:
    """Counters within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def value(self, name: str) -> int:
        """The value now; 0 for a counter that was never set."""
        return int(
            self.connection.execute(select(schema.counters.c.value).filter_by(name=name).with_for_update()).scalar() or 0
        )

    def set(self, name: str, value: int) -> None:
        """Set the value."""
        upsert(self.connection, schema.counters, [{"name": name, "value": value}], keys=["name"], set_=["value"])

    def next(self, name: str) -> int:
        """The next number: 1, 2, 3, ..."""
        value = self.value(name) + 1
        self.set(name, value)
        return value

    def id(self, letter: str) -> str:
        """The next id of a kind of thing, such as `R-91`."""
        return f"{letter}-{self.next(letter)}"
