"""Rows that no training is given."""

from lamplighter.domain.events.base import Event


class QuarantineAdded(Event, frozen=True, tag=True):
    """Rows of a span are given to no training from now on."""

    quarantine: str = ""
    start: int = 0
    end: int = 0
    #: Empty if somebody named it.
    incident: str = ""
    why: str = ""


class QuarantineEnded(Event, frozen=True, tag=True):
    """The incident of a quarantine is over, and its span has an end."""

    quarantine: str = ""
    end: int = 0


class QuarantineLifted(Event, frozen=True, tag=True):
    """Rows of a span count again."""

    quarantine: str = ""
    why: str = ""


QuarantineEvent = QuarantineAdded | QuarantineEnded | QuarantineLifted
