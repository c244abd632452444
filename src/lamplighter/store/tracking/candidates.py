"""Registered models by name, and candidates by name and number."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from lamplighter.domain.tracking.candidate import Candidate, RegisteredModel
from lamplighter.domain.tracking.query import Comparison, Order
from lamplighter.store import schema
from lamplighter.store.collection import Collection
from lamplighter.store.tracking.conditions import Searched


class RegisteredModels(Collection[RegisteredModel]):
    """Registered models by name."""

    table = schema.registered_models
    kind = RegisteredModel
    _searched = Searched(
        schema.registered_models,
        "name",
        {"name": "name", "creation_timestamp": "created_at", "last_updated_timestamp": "updated_at", "timestamp": "updated_at"},
        {},
    )

    def held(self, name: str) -> RegisteredModel | None:
        """A model that nobody else changes until this transaction ends."""
        body = self.connection.execute(select(self.table.c.body).where(self.table.c.name == name).with_for_update()).scalar()
        return self._decode(body) if body else None

    def search(
        self, comparisons: Sequence[Comparison], orders: Sequence[Order], start: int, limit: int
    ) -> list[RegisteredModel]:
        """Those of which all holds, from a place on: in the order asked for, then by name."""
        found = select(self.table.c.body).where(*self._searched.where(self.connection, comparisons))
        ordered = self._searched.ordered(found, orders, self.table.c.name).offset(start).limit(limit)
        return [self._decode(body) for body in self.connection.execute(ordered).scalars()]

    def drop(self, name: str) -> None:
        """Drop a model."""
        self.connection.execute(delete(self.table).where(self.table.c.name == name))


class Candidates(Collection[Candidate]):
    """Candidates by name and number."""

    table = schema.candidates
    kind = Candidate
    _searched = Searched(
        schema.candidates,
        "root",
        {
            "name": "name",
            "version_number": "number",
            "run_id": "run",
            "source_path": "source",
            "creation_timestamp": "created_at",
            "last_updated_timestamp": "updated_at",
        },
        {},
    )

    def search(self, comparisons: Sequence[Comparison], orders: Sequence[Order], start: int, limit: int) -> list[Candidate]:
        """Those of which all holds, from a place on: in the order asked for, then by name and the newest first."""
        found = select(self.table.c.body).where(*self._searched.where(self.connection, comparisons))
        last = (self.table.c.updated_at.desc(), self.table.c.name, self.table.c.number.desc())
        ordered = self._searched.ordered(found, orders, *last).offset(start).limit(limit)
        return [self._decode(body) for body in self.connection.execute(ordered).scalars()]

    def drop(self, name: str, number: int = 0) -> None:
        """Drop a candidate, or all of a name."""
        own = [self.table.c.number == number] if number else []
        self.connection.execute(delete(self.table).where(self.table.c.name == name, *own))
