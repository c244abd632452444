"""How the inputs of a version are, so that a list need not look through every reading."""

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
