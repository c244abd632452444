"""Sums in fixed point: each value is rounded once and then added as a whole number, so that sums are exact in any order.

Values are rounded to a grid of 2**-41 of the span of the edges (below any noise of a sample) and split into two lanes of 32
bits, which cannot overflow below 2**31 rows.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lamplighter.monitoring.arrays import FloatArray, IntArray

#: Bits below the span that sums keep.
GRID = 41
_LANE = 32
_SPANS = 20


def units(exponent: int) -> tuple[float, float, float, float]:
    """The largest distance and the parts it is counted in, then both for its square, where edges span `2**exponent`."""
    (most, unit), (most_square, unit_square) = (
        (2.0 ** (power * exponent + _SPANS), 2.0 ** (GRID - power * exponent)) for power in (1, 2)
    )
    return most, unit, most_square, unit_square


def lanes(values: FloatArray, exponent: int) -> tuple[int, int]:
    """The sum of the values in units of `2**(exponent - GRID)`, high and low lane. Cut off 2**20 spans away."""
    high, low = split(values, exponent)
    return int(high.sum()), int(low.sum())


def split(values: FloatArray, exponent: int) -> tuple[IntArray, IntArray]:
    """Each value in units of `2**(exponent - GRID)`, high and low lane."""
    most = 2.0 ** (exponent + _SPANS)
    scaled = np.clip(values, -most, most)
    scaled *= 2.0 ** (GRID - exponent)
    units = np.rint(scaled, out=scaled).astype(np.int64)
    return units >> _LANE, units & (2**_LANE - 1)


def of_lanes(sums: NDArray[Any], exponent: int) -> FloatArray:
    """The sums that `lanes` took, as floats; the last axis holds the two lanes."""
    total = sums[..., 0].astype(np.float64) * 2.0**_LANE + sums[..., 1]
    return np.asarray(total * 2.0 ** (exponent - GRID), dtype=np.float64)
