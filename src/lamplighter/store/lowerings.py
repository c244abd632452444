"""Changes of projects that would lower a tier."""

from lamplighter.domain.lowering import Lowering
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Lowerings(Collection[Lowering]):
    """Everything that was asked for, decided or not."""

    table = schema.lowerings
    kind = Lowering
