"""Rows of predictions: read by people, or counted anew."""

from lamplighter.domain.events.base import Event


class Recounted(Event, frozen=True, tag=True):
    """The prediction log was counted anew."""

    environment: str = ""
    days: int = 0
    rows: int = 0


class RowsRead(Event, frozen=True, tag=True):
    """Somebody was given rows of predictions."""

    environment: str = ""
    #: The incident that they are behind; empty for those of a window.
    incident: str = ""
    #: Number of the version; 0 for every version.
    number: int = 0
    #: The window, microseconds since the epoch.
    start: int = 0
    end: int = 0
    #: Inputs that a condition chose by; their values are not written down.
    columns: tuple[str, ...] = ()
    #: Rows that were given, and rows that fit.
    rows: int = 0
    found: int = 0


PredictionEvent = Recounted | RowsRead
