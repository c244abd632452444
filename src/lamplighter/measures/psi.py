"""Population stability index."""

from typing import ClassVar

import numpy as np

from lamplighter.measures.base import DriftMeasure
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.binning import Partition
from lamplighter.monitoring.distribution import Distribution

#: An empty cell counts as this share.
SMALLEST_SHARE = 1e-4


class PopulationStability(DriftMeasure, frozen=True):
    """Sum of (p - q) ln(p / q) over tenths of the reference, or over categories (Siddiqi, Credit Risk Scorecards, 2006).

    A decile belongs to the tenth above it; a value that holds more than one tenth is a cell of its own; shares below
    0.0001 count as 0.0001. The symmetric divergence of Kullback and Leibler (Ann. Math. Stat. 22, 1951).
    """

    limit: float = 0.2
    partition: ClassVar[Partition] = Partition.TENTHS

    def distance(self, reference: Distribution, windows: Distribution) -> FloatArray:
        """The index, in nats."""
        before = np.maximum(reference.shares(self.partition), SMALLEST_SHARE)
        after = np.maximum(windows.shares(self.partition), SMALLEST_SHARE)
        return np.asarray(np.sum((after - before) * np.log(after / before), axis=-1))
