"""Versions by model and number. They are added and never changed."""

from collections.abc import Sequence

from sqlalchemy import func, select, tuple_

from lamplighter.domain.version import Version
from lamplighter.store import schema
from lamplighter.store.collection import Collection

#: Versions in one question.
_ASKED = 500


class Versions(Collection[Version]):
    """Every registered version."""

    table = schema.versions
    kind = Version

    def next_number(self, model: str) -> int:
        """The number that the next version of a model gets."""
        highest = self.connection.execute(select(func.max(self.table.c.number)).filter_by(model=model)).scalar()
        return (highest or 0) + 1

    def numbers(self, model: str) -> list[int]:
        """The numbers of the versions of a model."""
        query = select(self.table.c.number).filter_by(model=model).order_by(self.table.c.number)
        return list(self.connection.execute(query).scalars())

    def numbered(self, wanted: Sequence[tuple[str, int]]) -> list[Version]:
        """Versions by model and number."""
        found, key = [], tuple_(self.table.c.model, self.table.c.number)
        for start in range(0, len(wanted), _ASKED):
            query = select(self.table.c.body).where(key.in_(wanted[start : start + _ASKED]))
            found += [self._decode(body) for body in self.connection.execute(query).scalars()]
        return found

    def newest(self, model: str) -> Version | None:
        """The version with the highest number."""
        return self.find(model=model, number=self.next_number(model) - 1)

    def starting_with(self, model: str, prefix: str) -> list[Version]:
        """Versions of a model whose digest starts with these hexadecimal digits."""
        return [version for version in self.all(model=model) if version.digest.startswith(prefix)]
