"""Largest change of a share."""

from typing import ClassVar

import numpy as np

from lamplighter.domain.contract import Kind
from lamplighter.measures.base import CATEGORIES, DriftMeasure
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.distribution import Distribution


class LInfinity(DriftMeasure, frozen=True):
    """Largest absolute difference of the share of a category, as `scipy.spatial.distance.chebyshev` of the two lists of
    shares, and NannyML (Cantrell, Modern Mathematical Methods for Physicists and Engineers, 2000)."""

    columns: ClassVar[frozenset[Kind]] = CATEGORIES

    def distance(self, reference: Distribution, windows: Distribution) -> FloatArray:
        """The difference, from 0 to 1."""
        return np.asarray(np.max(np.abs(windows.shares() - reference.shares()), axis=-1))
