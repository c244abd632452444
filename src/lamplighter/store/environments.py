"""Environments by name."""

from lamplighter.domain.environment import Environment
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Environments(Collection[Environment]):
    """Where versions answer."""

    table = schema.environments
    kind = Environment
