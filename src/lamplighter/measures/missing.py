"""Change of the share of missing values."""

from typing import ClassVar

import numpy as np

from lamplighter.measures.base import DriftMeasure
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.binning import Partition
from lamplighter.monitoring.distribution import Distribution


class MissingValues(DriftMeasure, frozen=True):
    """Absolute difference of the shares of rows without a value. A column that suddenly has all its values is a change too.

    The rule `missing` of the data checks in TFX (Breck, Polyzotis, Roy, Whang and Zinkevich, MLSys 2019).
    """

    limit: float = 0.05
    partition: ClassVar[Partition | None] = None
    takes_missing: ClassVar[bool] = True

    def distance(self, reference: Distribution, windows: Distribution) -> FloatArray:
        """The difference, from 0 to 1."""
        before = reference.missing / np.maximum(reference.rows, 1)
        return np.asarray(np.abs(windows.missing / np.maximum(windows.rows, 1) - before))
