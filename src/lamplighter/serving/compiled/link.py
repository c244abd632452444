"""The last step of a compiled model, one number at a time so that a row and a batch give the same bits."""

import math
from collections.abc import Callable

from lamplighter.domain.calibration import probability
from lamplighter.serving.compiled.plan import Link


def exponential(value: float) -> float:
    """`exp(value)`, infinite where float64 ends."""
    return math.exp(value) if value < 709.0 else math.inf


def identity(value: float) -> float:
    """The value itself."""
    return value


#: The function of each link.
LINKS: dict[Link, Callable[[float], float]] = {
    Link.IDENTITY: identity,
    Link.SIGMOID: probability,
    Link.EXPONENTIAL: exponential,
}
