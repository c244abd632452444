"""Decisions by digest."""

from lamplighter.domain.decision import Decision
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Decisions(Collection[Decision]):
    """Everything that gates have said."""

    table = schema.decisions
    kind = Decision
