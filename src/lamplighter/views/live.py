"""What is live where."""

from lamplighter.domain.environment import Level
from lamplighter.domain.record import Record
from lamplighter.domain.routing import Routing
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


def live_versions(look: Transaction, model: str) -> tuple[Live, ...]:
    """Where a model answers, in the order of the levels."""
    order = list(Level)
    found = [_live(look, routing) for routing in look.routings.all(model=model) if routing.champion]
    return tuple(sorted(found, key=lambda live: (order.index(live.level), live.environment)))


def _live(look: Transaction, routing: Routing) -> Live:
    place = look.environment(routing.environment)
    champion = routing.champion
    away = look.versions.find(model=routing.model, number=champion.number) if champion and routing.elsewhere else None
    return Live(
        environment=routing.environment,
        level=place.level,
        address=place.address,
        number=champion.number if champion else 0,
        digest=champion.digest if champion else "",
        since=routing.live_since,
        challenger=routing.challenger.number if routing.challenger else 0,
        share=routing.share,
        shadow=routing.shadow.number if routing.shadow else 0,
        previous=routing.previous.number if routing.previous else 0,
        elsewhere=away.elsewhere.at if away and away.elsewhere else "",
    )
