"""Trees of any library in one form: arrays over all nodes of all trees, `value <= threshold` goes left."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Tree:
    """One tree; node 0 is its root, a leaf has itself as neither child (-1)."""

    #: Place in the encoded vector that a node looks at.
    feature: Integers
    #: A value up to this one goes left.
    threshold: Floats
    left: Integers
    right: Integers
    #: Whether a missing value goes left.
    missing_left: Booleans
    #: What a leaf adds to the sum.
    value: Floats


@dataclass(frozen=True)
class Forest:
    """Trees whose leaves are added up: `base + sum / divisor`."""

    trees: Sequence[Tree]
    base: float = 0.0
    divisor: float = 1.0

    @property
    def nodes(self) -> int:
        """Nodes and leaves of all trees."""
        return sum(tree.left.size for tree in self.trees)


def for_float32(thresholds: Floats) -> Floats:
    """Thresholds that decide for float64 values as `float32(value) <= threshold` does.

    Rounding to float32 is monotone, so the values that round to at most the threshold are those up to the midpoint between the
    last float32 that passes and the next one; the midpoint itself rounds to the neighbour with the even significand.
    """
    with np.errstate(over="ignore"):
        last = thresholds.astype(np.float32)
        above = last.astype(np.float64) > thresholds
        last[above] = np.nextafter(last[above], np.float32(-np.inf))
        following = np.nextafter(last, np.float32(np.inf))
    middle = _finite(last) / 2 + _finite(following) / 2
    is_even = (last.view(np.uint32) & 1) == 0
    edges = np.where(is_even, middle, np.nextafter(middle, -np.inf))
    return np.where(np.isposinf(last), np.inf, edges)


def _finite(values: NDArray[np.float32]) -> Floats:
    """Values as float64, with the power of two behind the largest float32 for infinity: that is where rounding puts it."""
    return np.clip(values.astype(np.float64), -(2.0**128), 2.0**128)


def below_float32(thresholds: Floats) -> Floats:
    """Thresholds that decide for float64 values as `float32(value) < float32(threshold)` does."""
    with np.errstate(over="ignore"):
        previous = np.nextafter(thresholds.astype(np.float32), np.float32(-np.inf))
    return for_float32(previous.astype(np.float64))
