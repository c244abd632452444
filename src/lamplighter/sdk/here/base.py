"""Who carries out verbs, and what the names in them mean."""

from lamplighter.domain.identity import Actor
from lamplighter.domain.names import parse_reference
from lamplighter.domain.version import Version
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction
from lamplighter.views import live
from lamplighter.views import version as inside


class Caller:
    """One caller of an open platform."""

    def __init__(self, kit: Kit, actor: Actor) -> None:
        self._kit = kit
        self._actor = actor

    def _version(self, look: Transaction, reference: str, environment: str) -> Version:
        parsed = parse_reference(reference)
        place = environment or self._main(look, parsed.model)
        return inside.resolve(look, parsed, place)

    def _known(self, look: Transaction, model: str, environment: str = "") -> None:
        """Raise `NotFound` for a name that is given and that nothing has: a misspelt one must not look like an empty answer."""
        if model:
            look.project(model)
        if environment:
            look.environment(environment)

    def _main(self, look: Transaction, model: str) -> str:
        """The most protected environment in which a model is live; empty if it is live nowhere."""
        found = live.live_versions(look, model)
        return found[-1].environment if found else ""
