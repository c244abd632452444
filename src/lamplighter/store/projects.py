"""Projects by the name of their model."""

import secrets
from typing import Any

from sqlalchemy import String, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from lamplighter.domain.project import Project
from lamplighter.store import schema
from lamplighter.store.collection import Collection

#: Secret and new in every process, so that nobody can write two texts of one hash.
_SEED = secrets.randbits(62)
#: Texts that PostgreSQL has sent to this process, by model and hash.
_texts: dict[tuple[str, int], str] = {}


class Projects(Collection[Project]):
    """What each `lamp.toml` says now; earlier states are in the journal by digest."""

    table = schema.projects
    kind = Project

    def columns(self, record: Project) -> dict[str, Any]:
        """The model is the key."""
        return {"model": record.name}

    def bodies(self, model: str = "") -> list[str]:
        """Projects as they are stored, of one model or of all, by name: equal texts are equal projects."""
        if not model and self.connection.dialect.name == "postgresql":
            return self._sent_once()
        query = select(self.table.c.body).order_by(self.table.c.model)
        return list(self.connection.execute(query.filter_by(model=model) if model else query).scalars().all())

    def _sent_once(self) -> list[str]:
        """All of them, of which a server sends hashes of 64 bits, and only what is new here as text: megabytes take longer to
        send than to hash, and a hash, unlike a number of the last change, cannot be forgotten by whoever writes."""
        of = self.table.c
        hashed = func.hashtextextended(of.body, _SEED)
        found = self.connection.execute(select(of.model, hashed).order_by(of.model)).all()
        texts = {name: _texts.get((name, mark)) for name, mark in found}
        new = [name for name, text in texts.items() if text is None]
        if new:
            if len(_texts) + len(new) > 2 * len(texts):
                _texts.clear()
            wanted = of.model == any_(literal(new, ARRAY(String)))
            for name, mark, body in self.connection.execute(select(of.model, hashed, of.body).where(wanted)):
                texts[name] = _texts[name, mark] = body
        return [text for text in texts.values() if text is not None]
