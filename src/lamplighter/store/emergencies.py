"""Emergencies and their reviews."""

from lamplighter.domain.emergency import Emergency
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Emergencies(Collection[Emergency]):
    """Every emergency that was declared."""

    table = schema.emergencies
    kind = Emergency
