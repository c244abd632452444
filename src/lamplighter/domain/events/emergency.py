"""Emergencies and their reviews."""

from lamplighter.domain.events.base import Event


class EmergencyDeclared(Event, frozen=True, tag=True):
    """One person brings a version live past the calendar or past missing words."""

    emergency: str = ""
    environment: str = ""
    number: int = 0
    version: str = ""
    rollout: str = ""
    passed: tuple[str, ...] = ()
    #: Who is asked for the review.
    owner: str = ""
    due_at: int = 0
    why: str = ""


class EmergencyAnnounced(Event, frozen=True, tag=True):
    """Somebody is told of an emergency, or that its review is overdue."""

    emergency: str = ""
    environment: str = ""
    number: int = 0
    person: str = ""
    overdue: bool = False


class EmergencyReviewed(Event, frozen=True, tag=True):
    """A second person has looked at an emergency."""

    emergency: str = ""
    environment: str = ""
    number: int = 0
    person: str = ""
    note: str = ""


EmergencyEvent = EmergencyDeclared | EmergencyAnnounced | EmergencyReviewed
