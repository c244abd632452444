"""Hellinger distance."""

from typing import ClassVar

import numpy as np

from lamplighter.measures.base import DriftMeasure
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.binning import Partition
from lamplighter.monitoring.distribution import Distribution


class Hellinger(DriftMeasure, frozen=True):
    """Length of the difference of the roots of the shares, over the root of 2 (Hellinger, J. reine angew. Math. 136, 1909).

    Bins as for the Jensen-Shannon distance.
    """

    partition: ClassVar[Partition] = Partition.EQUAL_WIDTH

    def distance(self, reference: Distribution, windows: Distribution) -> FloatArray:
        """The distance, from 0 to 1."""
        apart = np.sqrt(windows.shares(self.partition)) - np.sqrt(reference.shares(self.partition))
        return np.asarray(np.minimum(np.sqrt(np.sum(apart * apart, axis=-1) / 2.0), 1.0))
