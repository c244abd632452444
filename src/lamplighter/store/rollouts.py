"""Rollouts, and what should be live because of them."""

from functools import cache
from typing import Any

from sqlalchemy import Select, func, select

from lamplighter.domain.rollout import Rollout
from lamplighter.domain.routing import Routing
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Rollouts(Collection[Rollout]):
    """Versions on their way; at most one open for a model in an environment."""

    table = schema.rollouts
    kind = Rollout

    def columns(self, record: Rollout) -> dict[str, Any]:
        """Whether it is open follows from its phase."""
        return {**super().columns(record), "open": not record.phase.final}


class Routings(Collection[Routing]):
    """The desired state of each model in each environment."""

    table = schema.routings
    kind = Routing

    def count(self) -> int:
        """How many models were ever live, in each environment."""
        return int(self.connection.execute(_count()).scalar_one())

    def of(self, model: str, environment: str) -> Routing:
        """The desired state; an empty one where nothing was ever live."""
        return self.find(model=model, environment=environment) or Routing(model=model, environment=environment)

    def save(self, before: Routing, after: Routing) -> None:
        """Keep the next desired state; raises `Conflict` if somebody else moved it."""
        if before.revision == 0:
            self.add(after)
        else:
            self.replace(after, revision=before.revision)


@cache
def _count() -> Select[Any]:
    return select(func.count()).select_from(schema.routings)
