"""What should be live: the desired state of one model in one environment. Route files are made from it."""

import msgspec

from lamplighter.domain.record import Record
from lamplighter.domain.route import ModelRoute, Served
from lamplighter.domain.switch import Off


class Routing(Record, frozen=True):
    """Who has the traffic of a model in an environment."""

    model: str
    environment: str
    champion: Served | None = None
    challenger: Served | None = None
    share: float = 0.0
    shadow: Served | None = None
    #: Where a rollback goes.
    previous: Served | None = None
    #: Since when the champion has all traffic, microseconds since the epoch.
    live_since: int = 0
    #: Since when there is a version of the model there, microseconds since the epoch; 0 if that is not known.
    first_at: int = 0
    #: Day to which the owner has extended the champion's life, microseconds since the epoch; 0 if it was not.
    extended_to: int = 0
    #: Since when the shadow scores along, microseconds since the epoch.
    shadow_since: int = 0
    #: Grows with every change.
    revision: int = 0
    #: Whether the champion runs elsewhere: people say that it is live, and no traffic of ours goes to it.
    elsewhere: bool = False
    #: Who switched it off, if anybody did: no version of it answers.
    off: Off | None = None

    def route(self) -> ModelRoute | None:
        """The part of the route file, once there is a champion that is served here."""
        if self.champion is None or self.elsewhere:
            return None
        return ModelRoute(
            model=self.model,
            champion=self.champion,
            challenger=self.challenger,
            share=self.share,
            shadow=self.shadow,
            shadow_since=self.shadow_since,
            previous=self.previous,
            off_since=self.off.at if self.off else 0,
        )


def with_challenger(routing: Routing, challenger: Served, share: float) -> Routing:
    """The challenger answers a share. Without a champion it has nobody to share with and takes all."""
    if routing.champion is None:
        return _changed(routing, champion=challenger, previous=_other(routing.previous, challenger))
    return _changed(routing, challenger=challenger, share=share)


def promoted(routing: Routing, version: Served, now: int) -> Routing:
    """The version has all traffic, and the champion before it is the way back."""
    previous = _other(routing.champion, version) or _other(routing.previous, version)
    shadow = None if routing.shadow == version else routing.shadow
    return _changed(
        routing,
        champion=version,
        challenger=None,
        share=0.0,
        previous=previous,
        shadow=shadow,
        live_since=now,
        first_at=routing.first_at or routing.live_since or now,
        extended_to=0,
    )


def declared_live(routing: Routing, version: Served, now: int) -> Routing:
    """The version is live somewhere else, as people say; the one before it is what they would return to."""
    return msgspec.structs.replace(promoted(routing, version, now), elsewhere=True)


def extended(routing: Routing, to: int) -> Routing:
    """The champion may answer until then; nothing else changes."""
    return _changed(routing, extended_to=to)


def withdrawn(routing: Routing) -> Routing:
    """The champion has all traffic; whoever was on trial is gone."""
    return _changed(routing, challenger=None, share=0.0)


def shadowed(routing: Routing, version: Served | None, now: int) -> Routing:
    """The version scores along without answering from now on; nothing ends it."""
    return _changed(routing, shadow=version, shadow_since=now)


def emptied(routing: Routing) -> Routing:
    """Nobody answers."""
    return _changed(routing, champion=None, challenger=None, share=0.0, shadow=None, off=None)


def retired(routing: Routing) -> Routing:
    """Nobody answers, and nothing leads back."""
    return _changed(routing, champion=None, challenger=None, share=0.0, shadow=None, previous=None, off=None)


def switched(routing: Routing, off: Off | None) -> Routing:
    """Nobody is answered by the model, or again by its champion."""
    return _changed(routing, off=off)


def _other(previous: Served | None, champion: Served) -> Served | None:
    """The way back, unless it leads to the champion itself."""
    return None if previous == champion else previous


def _changed(routing: Routing, **changes: object) -> Routing:
    return msgspec.structs.replace(routing, **changes, revision=routing.revision + 1)
