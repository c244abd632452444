"""A limit on a figure: crossed only where the interval leaves no doubt."""

from enum import StrEnum

from lamplighter.monitoring.figure import Direction, Figure, Missing


class Crossing(StrEnum):
    """Whether a figure is beyond its limit."""

    #: The whole interval is on the bad side.
    YES = "yes"
    #: The whole interval is on the good side, or on the limit.
    NO = "no"
    #: The limit lies inside the interval, or there is no figure.
    NOT_ENOUGH_EVIDENCE = "not-enough-evidence"


def crossed(figure: Figure | Missing, limit: float, direction: Direction) -> Crossing:
    """Hold a figure against a limit that it may reach and not pass; `direction` says which way the figure is better."""
    if isinstance(figure, Missing):
        return Crossing.NOT_ENOUGH_EVIDENCE
    sign = 1.0 if direction is Direction.LOWER else -1.0
    nearest, farthest = sorted((sign * figure.low, sign * figure.high))
    if nearest > sign * limit:
        return Crossing.YES
    return Crossing.NO if farthest <= sign * limit else Crossing.NOT_ENOUGH_EVIDENCE
