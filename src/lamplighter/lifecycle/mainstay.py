"""Where a model matters most: the most protected environment in which a version of it answers."""

from collections.abc import Iterable

from lamplighter.domain.environment import Level
from lamplighter.domain.routing import Routing
from lamplighter.store.transaction import Transaction


def mainstays(look: Transaction) -> list[Routing]:
    """The routing of each live model there, ordered by model."""
    return _mainstays(look, look.routings.all())


def mainstay(look: Transaction, model: str) -> Routing | None:
    """The routing of one model there; nothing if it is not live."""
    return next(iter(_mainstays(look, look.routings.all(model=model))), None)


def _mainstays(look: Transaction, routings: Iterable[Routing]) -> list[Routing]:
    order = list(Level)
    level = {place.name: order.index(place.level) for place in look.environments.all()}
    live = [routing for routing in routings if routing.champion is not None]
    found = {one.model: one for one in sorted(live, key=lambda one: (one.model, level[one.environment]))}
    return list(found.values())
