"""What is live where."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.record import Record
from lamplighter.domain.routing import Routing
from lamplighter.domain.switch import Off

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


class Live(Record, frozen=True):
    """One model in one environment."""

    environment: str
    level: Level
    #: Base address of the serving process group.
    address: str
    #: Number of the version that answers.
    number: int
    digest: str
    #: Since when it has all traffic, microseconds since the epoch.
    since: int
    #: Number of the version on trial and its share; 0 for none.
    challenger: int = 0
    share: float = 0.0
    #: Number of the version that scores along; 0 for none.
    shadow: int = 0
    #: Number of the version a rollback returns to; 0 for none.
    previous: int = 0
    #: Where it runs if it is not served here; empty if it is.
    elsewhere: str = ""
    #: Who switched the model off there, if anybody did.
    off: Off | None = None


def live_versions(look: "Transaction", model: str) -> tuple[Live, ...]:
    """Where a model answers, in the order of the levels."""
    order = list(Level)
    places = {place.name: place for place in look.environments.all()}
    routings = [routing for routing in look.routings.all(model=model) if routing.champion]
    away = places_away(look, routings)
    found = [live_of(routing, places[routing.environment], away) for routing in routings]
    return tuple(sorted(found, key=lambda live: (order.index(live.level), live.environment)))


def places_away(look: "Transaction", routings: Iterable[Routing]) -> Mapping[str, str]:
    """Where the versions run that are live and not served here, by digest."""
    served = [(one.model, one.champion.number) for one in routings if one.champion and one.elsewhere]
    return {one.digest: one.elsewhere.at for one in look.versions.numbered(served) if one.elsewhere}


def live_of(routing: Routing, place: Environment, away: Mapping[str, str]) -> Live:
    """What a routing brings live in its environment; `away` says where versions run that are not served here."""
    champion = routing.champion
    digest = champion.digest if champion else ""
    return Live(
        environment=routing.environment,
        level=place.level,
        address=place.address,
        number=champion.number if champion else 0,
        digest=digest,
        since=routing.live_since,
        challenger=routing.challenger.number if routing.challenger else 0,
        share=routing.share,
        shadow=routing.shadow.number if routing.shadow else 0,
        previous=routing.previous.number if routing.previous else 0,
        elsewhere=away.get(digest, "") if routing.elsewhere else "",
        off=routing.off,
    )
