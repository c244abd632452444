"""Waivers: given, over, and seen to."""

from lamplighter.domain.events.base import Event


class WaiverGiven(Event, frozen=True, tag=True):
    """Somebody takes on, for a time, what a gate found of a version."""

    waiver: str = ""
    environment: str = ""
    number: int = 0
    version: str = ""
    gate: str = ""
    found: str = ""
    person: str = ""
    role: str = ""
    why: str = ""
    until: int = 0


class WaiverEnded(Event, frozen=True, tag=True):
    """Somebody ended a waiver before its time."""

    waiver: str = ""
    environment: str = ""
    number: int = 0
    gate: str = ""
    person: str = ""
    why: str = ""


class WaiverEndsSoon(Event, frozen=True, tag=True):
    """Somebody is told, once, that a waiver ends on which a version rests."""

    waiver: str = ""
    environment: str = ""
    number: int = 0
    gate: str = ""
    person: str = ""
    until: int = 0


class WaiverLapsed(Event, frozen=True, tag=True):
    """A waiver is over, and what is declared for that happens."""

    waiver: str = ""
    environment: str = ""
    number: int = 0
    gate: str = ""
    #: Whether its version was live there or on its way.
    rested_on: bool = False
    at_expiry: tuple[str, ...] = ()


class WaiverAnnounced(Event, frozen=True, tag=True):
    """Somebody is told that a waiver is over on which a version rests."""

    waiver: str = ""
    environment: str = ""
    number: int = 0
    person: str = ""


class WaiverSettled(Event, frozen=True, tag=True):
    """Nothing rests on a waiver any more."""

    waiver: str = ""
    environment: str = ""
    number: int = 0
    gate: str = ""
    why: str = ""


WaiverEvent = WaiverGiven | WaiverEnded | WaiverEndsSoon | WaiverLapsed | WaiverAnnounced | WaiverSettled
