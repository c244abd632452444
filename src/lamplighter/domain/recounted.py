"""What became of counting the prediction log anew."""

from lamplighter.domain.record import Record


class Recounted(Record, frozen=True):
    """Days of one model in one environment; a day of two versions is two."""

    model: str
    environment: str
    #: Days whose counts were made anew.
    days: int
    #: Rows counted in them.
    rows: int
    #: Days that stay as they were: the log does not hold all of their rows any more.
    kept: int
