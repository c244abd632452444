"""How often an alarm against a limit that people have set is false: the most to expect, of a model that stands exactly at it.

A better model has fewer. What states its rate by draws from the reference carries it in `Reading.false_alarms` instead.
"""

from lamplighter.domain.monitor_plan import Monitor
from lamplighter.domain.window import DAY, length_of, step_of

#: A twelfth of a year of 365.25 days, microseconds.
MONTH = 30.4375 * DAY
#: Seconds between two false reports of one model and one measure of its service at the least, on average: a month.
MEAN_TIME = 2_629_800
#: The part of a 95 % interval's error that lies on the bad side: the whole interval is beyond the limit.
_BEYOND = 0.025
#: A number that is smaller is not told: the tail that it comes from is not known so well.
_SMALLEST = 0.001


def looks(monitor: Monitor) -> float:
    """How many windows end in a month, on average."""
    return MONTH / step_of(length_of(monitor))


def of_quality(monitor: Monitor) -> float:
    """False alarms a month of a figure of quality; windows that overlap add up, whatever they have in common."""
    return _BEYOND * looks(monitor)


def of_service() -> float:
    """False alarms a month of one measure of the service."""
    return MONTH / (MEAN_TIME * 1_000_000)


def told(expected: float) -> str:
    """A number of false alarms a month, for people."""
    return f"{expected:.2g}" if expected >= _SMALLEST else f"fewer than {_SMALLEST}"
