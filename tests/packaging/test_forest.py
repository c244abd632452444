"""Thresholds in float64 decide as a library does that rounds its inputs to float32."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.packaging.compile.forest import below_float32, for_float32

VALUES = st.floats(-1e30, 1e30)


def near(threshold: float) -> list[float]:
    """float64 values on and next to the edges of float32 rounding around a threshold."""
    center = np.float32(threshold)
    around = [np.nextafter(center, np.float32(-np.inf)), center, np.nextafter(center, np.float32(np.inf))]
    middles = [(float(a) + float(b)) / 2 for a, b in itertools.pairwise(around)]
    points = [threshold, *map(float, around), *middles]
    return [moved for point in points for moved in (math.nextafter(point, -math.inf), point, math.nextafter(point, math.inf))]


@given(VALUES, VALUES)
def test_at_most(threshold: float, value: float) -> None:
    edge = float(for_float32(np.array([threshold]))[0])
    for tried in (value, *near(threshold)):
        assert (float(np.float32(tried)) <= threshold) == (tried <= edge)


@given(VALUES.map(np.float32), VALUES)
def test_below(threshold: np.float32, value: float) -> None:
    edge = float(below_float32(np.array([threshold]))[0])
    for tried in (value, *near(float(threshold))):
        assert (np.float32(tried) < threshold) == (tried <= edge)


@pytest.mark.parametrize("threshold", [math.inf, -math.inf, 1e300, -1e300, 3.4028234663852886e38])
def test_thresholds_beyond_float32(threshold: float) -> None:
    edge = float(for_float32(np.array([threshold]))[0])
    for value in (-1e300, -1e38, 0.0, 1e38, 3.4e38, 3.5e38, 1e299):
        with np.errstate(over="ignore"):
            rounded = float(np.float32(value))
        assert (rounded <= threshold) == (value <= edge)
