"""Logged models by id."""

from collections.abc import Sequence

from sqlalchemy import select

from lamplighter.domain.tracking.experiment import Stage
from lamplighter.domain.tracking.logged_model import LoggedModel
from lamplighter.domain.tracking.query import Comparison, Order
from lamplighter.store import schema
from lamplighter.store.collection import Collection
from lamplighter.store.tracking.conditions import Searched

#: Columns of the attributes of MLflow.
_ATTRIBUTES = {
    "name": "name",
    "model_id": "id",
    "source_run_id": "run",
    "status": "status",
    "model_type": "kind",
    "creation_timestamp": "created_at",
    "creation_time": "created_at",
    "last_updated_timestamp": "updated_at",
}


class LoggedModels(Collection[LoggedModel]):
    """Logged models by id."""

    table = schema.logged_models
    kind = LoggedModel
    _searched = Searched(schema.logged_models, "id", _ATTRIBUTES, {})

    def held(self, key: str) -> LoggedModel | None:
        """A model that nobody else changes until this transaction ends."""
        body = self.connection.execute(select(self.table.c.body).where(self.table.c.id == key).with_for_update()).scalar()
        return self._decode(body) if body else None

    def search(
        self, experiments: Sequence[str], comparisons: Sequence[Comparison], orders: Sequence[Order], start: int, limit: int
    ) -> list[LoggedModel]:
        """Those that count and of which all holds, from a place on: in the order asked for, then the newest first."""
        found = select(self.table.c.body).where(self.table.c.experiment.in_(experiments), self.table.c.stage == Stage.ACTIVE)
        found = found.where(*self._searched.where(self.connection, comparisons))
        ordered = self._searched.ordered(found, orders, self.table.c.created_at.desc(), self.table.c.id)
        return [self._decode(body) for body in self.connection.execute(ordered.offset(start).limit(limit)).scalars()]
