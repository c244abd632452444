"""Rule books that came into force, one after the other. They are added and never changed."""

from lamplighter.domain.rulebook_change import RuleBookChange
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class RuleBookChanges(Collection[RuleBookChange]):
    """Every rule book that came into force."""

    table = schema.rulebook_changes
    kind = RuleBookChange

    def last(self) -> RuleBookChange | None:
        """The one that came last."""
        return next(iter(self.all(newest="id", limit=1)), None)
