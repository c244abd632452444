"""Versions by model and number. They are added and never changed."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select

from lamplighter.domain.version import Version
from lamplighter.store import schema
from lamplighter.store.collection import Collection, rows_named, told
from lamplighter.store.statements import equal


class Versions(Collection[Version]):
    """Every registered version."""

    table = schema.versions
    kind = Version

    def next_number(self, model: str) -> int:
        """The number that the next version of a model gets."""
        highest = self.connection.execute(select(func.max(self.table.c.number)).filter_by(model=model)).scalar()
        return (highest or 0) + 1

    def counts(self) -> dict[str, int]:
        """The highest number of every model that has a version."""
        query = select(self.table.c.model, func.max(self.table.c.number)).group_by(self.table.c.model)
        return {model: int(highest) for model, highest in self.connection.execute(query)}

    def numbers(self, model: str) -> list[int]:
        """The numbers of the versions of a model."""
        return list(self.connection.execute(_numbers(), {"model": model}).scalars())

    def numbered(self, wanted: Sequence[tuple[str, int]]) -> list[Version]:
        """Versions by model and number."""
        query = rows_named(self.connection.dialect.name, self.table, ("model", "number"))
        return [self._decode(row.body) for row in self.connection.execute(query, told(wanted))]

    def newest(self, model: str) -> Version | None:
        """The version with the highest number."""
        return self.find(model=model, number=self.next_number(model) - 1)

    def starting_with(self, model: str, prefix: str) -> list[Version]:
        """Versions of a model whose digest starts with these hexadecimal digits."""
        return [version for version in self.all(model=model) if version.digest.startswith(prefix)]


@cache
def _numbers() -> Select[Any]:
    return select(schema.versions.c.number).where(*equal(schema.versions, "model")).order_by(schema.versions.c.number)
