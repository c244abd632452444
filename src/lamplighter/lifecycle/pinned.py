"""A version for a server of its own: only what is live in an environment, with everything that is declared of it there."""

import msgspec

from lamplighter.domain.durability import Durability
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.outage import Fallback
from lamplighter.domain.pinned import Pinned
from lamplighter.domain.route import ModelRoute, Route
from lamplighter.domain.version import Version
from lamplighter.lifecycle import declared
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def pinned(kit: Kit, look: Transaction, version: Version, environment: Environment) -> Pinned:
    """What a server of this version is told. Raises `Invalid` where it runs elsewhere, `Conflict` where it is not live."""
    if version.elsewhere is not None:
        raise Invalid(
            f"{version.name} has nothing that could be served.",
            why=f"It runs elsewhere: {version.elsewhere.at}.",
            fix="Serve it there; see docs/elsewhere.md.",
            code="E1471",
        )
    routing = look.routings.of(version.model, environment.name)
    route = declared.model_route(kit, look, environment, routing)
    if route is None or route.champion.digest != version.digest:
        live = f"{version.model}@{route.champion.number} is" if route else "nothing of it is"
        raise Conflict(
            f"{version.name} is not live in {environment.name}.",
            why=f"Only what the gates of an environment let in is served elsewhere by its name, and {live} live there.",
            fix=f"Bring it there first: lamp deploy {version.name} --env {environment.name}",
            code="E1470",
        )
    keys = {path.name: path.read_text() for path in sorted(kit.settings.trusted_keys.glob("*")) if path.is_file()}
    return Pinned(
        version=version.name, route=Route(environment=environment.name, revision=1, models=(_alone(route),)), keys=keys
    )


def _alone(route: ModelRoute) -> ModelRoute:
    """The champion only. Its log is read by nobody, so it holds no inputs and makes no request wait for a disk."""
    return msgspec.structs.replace(
        route,
        challenger=None,
        share=0.0,
        shadow=None,
        shadow_since=0,
        previous=None,
        fallback=None,
        outage=None if route.outage and route.outage.answer is Fallback.VERSION else route.outage,
        durability=Durability.BUFFERED,
        log=msgspec.structs.replace(route.log, sample=0.0),
    )
