"""Wasserstein distance in standard deviations of the reference."""

from typing import ClassVar

import numpy as np

from lamplighter.domain.contract import Kind
from lamplighter.measures.base import NUMBERS, DriftMeasure
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.distribution import Distribution

#: A smaller standard deviation counts as this.
SMALLEST_DEVIATION = 0.001


class Wasserstein(DriftMeasure, frozen=True):
    """Area between the two distribution functions (Vallender, Theory Probab. Appl. 18, 1974), divided by the standard
    deviation of the reference: `scipy.stats.wasserstein_distance(u, v) / max(std(u), 0.001)`, as in Evidently.

    Between two edges the functions are taken to be straight; beyond the outermost edges the area is exact if only one of
    the two holds values there, and the difference of the two areas otherwise.
    """

    columns: ClassVar[frozenset[Kind]] = NUMBERS
    symmetric: ClassVar[bool] = False

    def distance(self, reference: Distribution, windows: Distribution) -> FloatArray:
        """The distance, without a unit."""
        scale = np.maximum(reference.deviation(), SMALLEST_DEVIATION)
        between = _between(windows.below - reference.below, np.diff(reference.edges))
        outside = [np.abs(new - old) for old, new in zip(reference.excess(), windows.excess(), strict=True)]
        return np.asarray((between + outside[0] + outside[1]) / scale)


def _between(gaps: FloatArray, widths: FloatArray) -> FloatArray:
    sizes = np.abs(gaps)
    heights = sizes[..., :-1] + sizes[..., 1:]
    # Where the functions cross inside a cell, two triangles stand in the place of a trapezoid.
    crossing = np.nonzero(gaps[..., :-1] * gaps[..., 1:] < 0.0)
    left, right = sizes[..., :-1][crossing], sizes[..., 1:][crossing]
    heights[crossing] = (left * left + right * right) / heights[crossing]
    # A product of matrices would round otherwise for another number of windows.
    return np.asarray(np.sum(heights * widths, axis=-1) / 2.0)
