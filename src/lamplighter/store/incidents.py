"""Incidents; one open for each thing that is wrong, with every model that has it."""

from typing import Any

from sqlalchemy import select

from lamplighter.domain.incident import Incident, State
from lamplighter.domain.trouble import key_of
from lamplighter.store import schema
from lamplighter.store.collection import Collection, upsert


class Incidents(Collection[Incident]):
    """Everything that went wrong."""

    table = schema.incidents
    kind = Incident

    def columns(self, record: Incident) -> dict[str, Any]:
        """The measure, the cause and whether it is open stand beside the record."""
        opened = record.state is not State.RESOLVED
        cause = key_of(record.finding)
        return {**super().columns(record), "measure": record.finding.measure, "cause": cause, "open": opened}

    def add(self, record: Incident) -> None:
        """Keep a new incident; raises `Conflict` where one of the same cause is open."""
        super().add(record)
        for model in record.models:
            self.link(record.id, model)

    def since(self, instant: int) -> list[Incident]:
        """Incidents that opened at an instant or later, microseconds since the epoch."""
        query = select(self.table.c.body).where(self.table.c.opened_at >= instant)
        return [self._decode(body) for body in self.connection.execute(query).scalars()]

    def link(self, incident: str, model: str) -> None:
        """A model has the trouble of an incident."""
        upsert(
            self.connection,
            schema.incident_models,
            [{"model": model, "incident": incident}],
            keys=["model", "incident"],
            set_=[],
        )

    def of(self, model: str, *, closed: bool = False, limit: int | None = None) -> list[Incident]:
        """Incidents that a model has, alone or with others, newest first."""
        table, links = schema.incidents, schema.incident_models
        query = select(table.c.body).join(links, links.c.incident == table.c.id).where(links.c.model == model)
        query = query if closed else query.where(table.c.open)
        return [self._decode(row[0]) for row in self.connection.execute(query.order_by(table.c.opened_at.desc()).limit(limit))]
