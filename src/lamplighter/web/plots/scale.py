"""From numbers to places: round ticks, and a linear map onto the box of a drawing."""

import math
from typing import NamedTuple

#: Size of the box that lines are drawn in. It is stretched to the room a page has; strokes keep their width.
WIDTH, HEIGHT = 1000.0, 240.0
#: Numbers that are nearer to each other count as one: steps between them would have no digits left.
_LEAST = 1e-300


class Scale(NamedTuple):
    """A range with round ends and the ticks between them, lowest first, evenly spaced."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def up(self, value: float) -> float:
        """Distance from the upper edge of the box."""
        return HEIGHT - HEIGHT * (value - self.low) / (self.high - self.low)


def round_scale(low: float, high: float, most: int = 5) -> Scale:
    """The smallest range with round ends that holds both numbers, with at most `most` ticks.

    Steps are 1, 2, 2.5 or 5 times a power of ten.
    """
    if high - low < _LEAST:
        low, high = low - (abs(low) * 0.1 or 0.5), high + (abs(high) * 0.1 or 0.5)
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for factor in (1, 2, 2.5, 5, 10, 20, 25, 50):
        step = factor * power
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first < most:
            break
    return Scale(first * step, last * step, tuple(place * step for place in range(first, last + 1)))


def across(value: float, start: float, end: float) -> float:
    """Distance from the left edge of the box; the middle for a range of no length."""
    return WIDTH * (value - start) / (end - start) if end > start else WIDTH / 2
