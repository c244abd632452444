"""Experiments by id."""

from collections.abc import Sequence

from sqlalchemy import select

from lamplighter.domain.tracking.experiment import DEFAULT, Experiment, Stage
from lamplighter.domain.tracking.query import Comparison, Order
from lamplighter.store import schema
from lamplighter.store.collection import Collection
from lamplighter.store.tracking.conditions import Searched

#: Columns of the attributes of MLflow.
_ATTRIBUTES = {
    "name": "name",
    "experiment_id": "id",
    "creation_time": "created_at",
    "last_update_time": "updated_at",
}


class Experiments(Collection[Experiment]):
    """Experiments by id."""

    table = schema.experiments
    kind = Experiment
    _searched = Searched(schema.experiments, "id", _ATTRIBUTES, {})

    def begin(self, now: int) -> None:
        """Make the experiment that is always there, if it is not."""
        if self.find(id=DEFAULT) is None:
            self.put(Experiment(id=DEFAULT, name="Default", stage=Stage.ACTIVE, created_at=now, updated_at=now))

    def held(self, key: str) -> Experiment | None:
        """An experiment that nobody else changes until this transaction ends."""
        body = self.connection.execute(select(self.table.c.body).where(self.table.c.id == key).with_for_update()).scalar()
        return self._decode(body) if body else None

    def search(
        self, stages: Sequence[Stage], comparisons: Sequence[Comparison], orders: Sequence[Order], start: int, limit: int
    ) -> list[Experiment]:
        """Those of which all holds, from a place on: in the order asked for, then the newest first."""
        found = select(self.table.c.body).where(self.table.c.stage.in_(stages))
        found = found.where(*self._searched.where(self.connection, comparisons))
        last = (self.table.c.created_at.desc(), self.table.c.id.desc())
        ordered = self._searched.ordered(found, orders, *last).offset(start).limit(limit)
        return [self._decode(body) for body in self.connection.execute(ordered).scalars()]
