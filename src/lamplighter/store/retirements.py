"""Models that are taken out of use."""

from lamplighter.domain.retirement import Retirement
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Retirements(Collection[Retirement]):
    """Everything that was announced, whatever became of it."""

    table = schema.retirements
    kind = Retirement

    def of(self, model: str) -> Retirement | None:
        """The one that holds of a model: announced, or finished and not taken back."""
        return self.find(model=model, holds=True)
