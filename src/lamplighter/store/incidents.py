"""Incidents; one open for each thing that is wrong."""

from typing import Any

from lamplighter.domain.incident import Incident, State
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Incidents(Collection[Incident]):
    """Everything that went wrong."""

    table = schema.incidents
    kind = Incident

    def columns(self, record: Incident) -> dict[str, Any]:
        """The measure and whether it is open stand beside the record."""
        opened = record.state is not State.RESOLVED
        return {**super().columns(record), "measure": record.finding.measure, "open": opened}
