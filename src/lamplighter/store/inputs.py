"""How the inputs of each version are, as of its newest window."""

from lamplighter.domain.inputs import Inputs
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class InputsSeen(Collection[Inputs]):
    """One record for each version that was measured."""

    table = schema.inputs
    kind = Inputs
