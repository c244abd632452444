"""Counting numbers between edges, fast.

Small batches are sorted and the edges looked up in them. Large ones are first placed on an even grid by one subtraction
and one multiplication, which rounding cannot bring out of order: a place that holds no edge belongs to one cell as a whole,
and only numbers in a place with an edge are sorted. Where most places that matter hold edges, as under a long tail, the
grid would not help and everything is sorted.
"""

import numpy as np

from lamplighter.domain.record import Record
from lamplighter.monitoring.arrays import FloatArray, IntArray

#: Below this many numbers sorting is faster.
FEW = 4096
_PLACES = 2**14


def cell_counts(edges: FloatArray, numbers: FloatArray) -> IntArray:
    """Numbers below the first edge, from each edge to before the next, and from the last edge on. All are finite."""
    if numbers.size < FEW or not _pays(edges):
        return _by_sorting(edges, numbers)
    return _by_places(edges, numbers)


class _Grid(Record, frozen=True, eq=False):
    start: float
    #: Places by unit of the numbers.
    scale: float

    def places(self, numbers: FloatArray) -> IntArray:
        """The place of each number; the first and the last are for everything outside."""
        shifted = numbers - self.start
        shifted *= self.scale
        np.clip(shifted, -1.0, _PLACES, out=shifted)
        return shifted.astype(np.int64) + 1


def _pays(edges: FloatArray) -> bool:
    widths = np.diff(edges)
    place = (edges[-1] - edges[0]) / (_PLACES - 1)
    # Cells of the reference hold about equal shares; this is the part of them that lies in places with an edge.
    return bool(place > 1e-290 and np.mean(place / np.maximum(widths, place)) < 0.5)


def _by_sorting(edges: FloatArray, numbers: FloatArray) -> IntArray:
    below = np.searchsorted(np.sort(numbers), edges, side="left")
    return np.diff(below, prepend=0, append=numbers.size).astype(np.int64)


def _by_places(edges: FloatArray, numbers: FloatArray) -> IntArray:
    grid = _Grid(start=float(edges[0]), scale=(_PLACES - 1) / float(edges[-1] - edges[0]))
    edges_by_place = np.bincount(grid.places(edges), minlength=_PLACES + 2)
    places = grid.places(numbers)
    by_place = np.bincount(places, minlength=_PLACES + 2)
    shared = edges_by_place > 0
    by_place[shared] = 0
    # Without an edge in it, a place lies behind as many edges as the places up to it hold.
    whole = np.bincount(np.cumsum(edges_by_place), weights=by_place, minlength=edges.size + 1)
    return whole.astype(np.int64) + _by_sorting(edges, numbers[shared[places]])
