"""Which version answers."""

from lamplighter.domain.events.base import Event


class WentLive(Event, frozen=True, tag=True):
    """A version has all traffic of an environment."""

    environment: str = ""
    number: int = 0
    version: str = ""
    previous: int = 0
    decision: str = ""
    rollout: str = ""


class Withdrawn(Event, frozen=True, tag=True):
    """A version on trial lost its traffic before it had all of it."""

    environment: str = ""
    number: int = 0
    rollout: str = ""
    why: str = ""


class RolledBack(Event, frozen=True, tag=True):
    """All traffic returned to a version that had it before."""

    environment: str = ""
    number: int = 0
    version: str = ""
    previous: int = 0
    why: str = ""


class ShadowSet(Event, frozen=True, tag=True):
    """A version scores along without answering; number 0 means that none does any more."""

    environment: str = ""
    number: int = 0


class SwitchedOff(Event, frozen=True, tag=True):
    """No version of the model answers in an environment until somebody switches it on again."""

    environment: str = ""
    #: The version that was live.
    number: int = 0
    reason: str = ""
    #: Who is told.
    told: tuple[str, ...] = ()


class SwitchedOn(Event, frozen=True, tag=True):
    """The live version answers again."""

    environment: str = ""
    number: int = 0
    reason: str = ""
    told: tuple[str, ...] = ()


RoutingEvent = WentLive | Withdrawn | RolledBack | ShadowSet | SwitchedOff | SwitchedOn
