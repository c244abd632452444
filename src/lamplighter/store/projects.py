"""Projects by the name of their model."""

from typing import Any

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
