"""Decisions by digest."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_

from lamplighter.domain.decision import Decision
from lamplighter.store import schema
from lamplighter.store.collection import Collection

#: Versions in one question.
_ASKED = 500


class Decisions(Collection[Decision]):
    """Everything that gates have said."""

    table = schema.decisions
    kind = Decision

    def of(self, wanted: Sequence[tuple[str, int]]) -> list[Decision]:
        """Decisions about versions by model and number, oldest first."""
        found, key = [], tuple_(self.table.c.model, self.table.c.number)
        for start in range(0, len(wanted), _ASKED):
            query = select(self.table.c.body).where(key.in_(wanted[start : start + _ASKED])).order_by(self.table.c.at)
            found += [self._decode(body) for body in self.connection.execute(query).scalars()]
        return found
