"""Values beyond those of the reference."""

from typing import ClassVar

import numpy as np

from lamplighter.domain.contract import Kind
from lamplighter.measures.base import NUMBERS, DriftMeasure
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.distribution import Distribution


class OutOfRange(DriftMeasure, frozen=True):
    """Share of values below the smallest or above the largest that the reference held.

    Without drift the next value lies there with probability 2 / (N + 1) after N others (Wilks, Annals of Mathematical
    Statistics 12, 1941).
    """

    limit: float = 0.01
    columns: ClassVar[frozenset[Kind]] = NUMBERS
    symmetric: ClassVar[bool] = False

    def distance(self, reference: Distribution, windows: Distribution) -> FloatArray:
        """The share, from 0 to 1."""
        outside = [_outside(part) for part in (reference, windows)]
        return np.asarray(np.maximum(outside[1] - outside[0], 0.0))


def _outside(part: Distribution) -> FloatArray:
    cells = part.counts()
    return np.asarray((cells[..., 0] + cells[..., -1]) / np.maximum(part.present, 1))
