"""Waivers of gates."""

from lamplighter.domain.waiver import Waiver
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Waivers(Collection[Waiver]):
    """Every waiver that was given."""

    table = schema.waivers
    kind = Waiver
