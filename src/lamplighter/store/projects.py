"""Projects by the name of their model."""

from typing import Any

from sqlalchemy import select

from lamplighter.domain.project import Project
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Projects(Collection[Project]):
    """What each `lamp.toml` says now; earlier states are in the journal by digest."""

    table = schema.projects
    kind = Project

    def columns(self, record: Project) -> dict[str, Any]:
        """The model is the key."""
        return {"model": record.name}

    def bodies(self, model: str = "") -> list[str]:
        """Projects as they are stored, of one model or of all, by name: equal texts are equal projects."""
        query = select(self.table.c.body).order_by(self.table.c.model)
        return list(self.connection.execute(query.filter_by(model=model) if model else query).scalars().all())
