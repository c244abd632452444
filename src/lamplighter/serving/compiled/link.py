"""The last step of a compiled model, one number at a time so that a row and a batch give the same bits."""

import math
from collections.abc import Callable

from lamplighter.serving.compiled.plan import Link


def sigmoid(value: float) -> float:
    """`1 / (1 + exp(-value))` without overflow."""
    if value >= 0.0:
        return 1.0 / (1.0 + math.exp(-value))
    power = math.exp(value)
    return power / (1.0 + power)


def exponential(value: float) -> float:
    """`exp(value)`, infinite where float64 ends."""
    return math.exp(value) if value < 709.0 else math.inf


def identity(value: float) -> float:
    """The value itself."""
    return value


#: The function of each link.
LINKS: dict[Link, Callable[[float], float]] = {
    Link.IDENTITY: identity,
    Link.SIGMOID: sigmoid,
    Link.EXPONENTIAL: exponential,
}
