"""How the inputs of each version are, as of its newest window."""

from sqlalchemy import select

from lamplighter.domain.inputs import Inputs
from lamplighter.store import schema
from lamplighter.store.collection import Collection, inside


class InputsSeen(Collection[Inputs]):
    """One record for each version that was measured."""

    table = schema.inputs
    kind = Inputs

    def moved(self, model: str = "") -> set[tuple[str, str, int]]:
        """Versions (model, environment, number) of which something moved that matters; of one model or of all."""
        of = self.table.c
        query = select(of.model, of.environment, of.number).where(inside(self.connection, of.body, "matter").as_boolean())
        rows = self.connection.execute(query.filter_by(model=model) if model else query)
        return {(name, environment, number) for name, environment, number in rows}
