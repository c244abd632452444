"""What monitoring found, and what became of it."""

from lamplighter.domain.events.base import Event
from lamplighter.domain.monitor import Finding


class FindingMade(Event, frozen=True, tag=True):
    """Monitoring found a limit crossed."""

    finding: Finding | None = None


class IncidentOpened(Event, frozen=True, tag=True):
    """An incident has begun."""

    incident: str = ""
    kind: str = ""
    duty: str = ""
    holder: str = ""


class IncidentMoved(Event, frozen=True, tag=True):
    """Somebody, or the platform, did something with an incident."""

    incident: str = ""
    state: str = ""
    note: str = ""
    #: What was done, such as `acknowledge` or `escalate`.
    step: str = ""
    #: Who is told of it, where somebody is.
    person: str = ""


class IncidentJoined(Event, frozen=True, tag=True):
    """Another model has the trouble of an incident that is open."""

    incident: str = ""
    environment: str = ""


class RollbackWeighed(Event, frozen=True, tag=True):
    """The platform asked itself whether a version is the cause of an incident."""

    incident: str = ""
    environment: str = ""
    number: int = 0
    rolls_back: bool = False
    why: str = ""


IncidentEvent = FindingMade | IncidentOpened | IncidentMoved | IncidentJoined | RollbackWeighed
