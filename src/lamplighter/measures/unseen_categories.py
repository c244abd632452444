"""Values that the reference did not hold."""

from typing import ClassVar

import numpy as np

from lamplighter.domain.contract import Kind
from lamplighter.measures.base import CATEGORIES, DriftMeasure
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.distribution import Distribution


class UnseenCategories(DriftMeasure, frozen=True):
    """Share of values outside the table of categories, beyond the share that the reference itself had there.

    The reference has such values only if its table was cut off or given; how many new ones to expect without drift is the
    missing mass of Good (Biometrika 40, 1953).
    """

    limit: float = 0.01
    columns: ClassVar[frozenset[Kind]] = CATEGORIES
    symmetric: ClassVar[bool] = False

    def distance(self, reference: Distribution, windows: Distribution) -> FloatArray:
        """The share, from 0 to 1."""
        return np.asarray(np.maximum(windows.shares()[..., -1] - reference.shares()[..., -1], 0.0))
