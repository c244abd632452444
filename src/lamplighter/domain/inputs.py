"""How the inputs of a version are, so that a list need not look through every reading.

Law of change: fields may be added with a default.
"""

from lamplighter.domain.record import Record


class Inputs(Record, frozen=True):
    """What the newest window of a version says of its inputs."""

    model: str
    environment: str
    #: Number of the version.
    number: int
    #: End of that window in event time, microseconds since the epoch.
    end: int
    #: Whether something moved beyond its limit that can do something to the answers. What else moves is harmless.
    matter: bool
    #: False alarms a month that are expected of its inputs together; nothing where their rules state none.
    false_alarms: float | None = None
    #: The same of its calibration, in the newest window that has labels; nothing where it has none.
    calibration: float | None = None
