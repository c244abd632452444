"""Spans whose rows no training is given."""

from typing import Any

from lamplighter.domain.quarantine import Quarantine
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Quarantines(Collection[Quarantine]):
    """Every quarantine that there was."""

    table = schema.quarantines
    kind = Quarantine

    def columns(self, record: Quarantine) -> dict[str, Any]:
        """An incident has one for each of its models; one that somebody named has a cause of its own."""
        return {**super().columns(record), "cause": record.incident or record.id, "open": record.holds}
