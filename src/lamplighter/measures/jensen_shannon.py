"""Jensen-Shannon distance."""

from typing import ClassVar

import numpy as np

from lamplighter.measures.base import DriftMeasure
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.binning import Partition
from lamplighter.monitoring.distribution import Distribution


class JensenShannon(DriftMeasure, frozen=True):
    """Root of the divergence of Lin (IEEE Trans. Inf. Theory 37, 1991) to base 2, from 0 to 1.

    As in `scipy.spatial.distance.jensenshannon(p, q, base=2)` and NannyML: bins of equal width by Doane's rule and one for
    everything outside, or categories with one for all others.
    """

    partition: ClassVar[Partition] = Partition.EQUAL_WIDTH

    def distance(self, reference: Distribution, windows: Distribution) -> FloatArray:
        """The distance, from 0 to 1."""
        before, after = reference.shares(self.partition), windows.shares(self.partition)
        middle = (before + after) / 2.0
        parts = _relative_entropy(before, middle) + _relative_entropy(after, middle)
        return np.asarray(np.sqrt(np.clip(np.sum(parts, axis=-1) / 2.0, 0.0, 1.0)))


def _relative_entropy(shares: FloatArray, middle: FloatArray) -> FloatArray:
    held = shares > 0.0
    ratio = np.divide(shares, middle, out=np.ones_like(middle), where=held)
    return np.asarray(shares * np.log2(ratio))
