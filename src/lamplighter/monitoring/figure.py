"""A figure with its interval, or the reason why there is none."""

from enum import StrEnum

from lamplighter.domain.record import Record


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"


class Missing(Record, frozen=True, tag="missing"):
    """There is no figure."""

    #: One sentence that says what was lacking.
    why: str


class Figure(Record, frozen=True, tag="figure"):
    """A measured figure. Equal rows give equal bits, in whatever order they came."""

    #: Name of the measure, such as `auc`.
    name: str
    value: float
    #: Ends of the interval.
    low: float
    high: float
    #: Rows, or for precision and recall the decisions or positives, that it rests on.
    n: int
    #: How the interval was made.
    interval: str
    #: Share of intervals made this way that hold the truth.
    level: float = 0.95
