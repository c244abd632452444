"""What was counted of one column: whole numbers only, so that adding them up is exact in any order.

Sums are kept in fixed point, see `fixed_point`.
"""

import math

import numpy as np

from lamplighter.domain.contract import Kind
from lamplighter.domain.record import Record
from lamplighter.monitoring import native
from lamplighter.monitoring.arrays import FloatArray, IntArray, Values, as_numbers, present
from lamplighter.monitoring.binning import Bins, CategoryBins, NumericBins, text_counts
from lamplighter.monitoring.cells import cell_counts
from lamplighter.monitoring.fixed_point import lanes
from lamplighter.monitoring.form import numbers_of

_BLOCK = 2**15


class Tally(Record, frozen=True, eq=False):
    """Counts of one column. The arrays may have one more leading axis: then it is many tallies at once."""

    #: Rows by cell, in the order of the bins; the last cell is missing.
    cells: IntArray
    #: Four sums in two lanes each: distance from the centre, its square, excess below the first and above the last edge.
    moments: IntArray
    #: Smallest and largest value; infinite the wrong way round if there is none.
    low: float
    high: float

    @property
    def rows(self) -> int:
        """Rows, with the missing ones."""
        return int(self.cells.sum())


class Sums:
    """A tally while it grows."""

    def __init__(self, cells: int) -> None:
        self.cells: IntArray = np.zeros(cells, dtype=np.int64)
        self.moments: IntArray = np.zeros((4, 2), dtype=np.int64)
        self.low, self.high = math.inf, -math.inf

    def widen(self, low: float, high: float) -> None:
        """Take in the ends of what was counted."""
        self.low, self.high = min(self.low, low), max(self.high, high)

    def add(self, more: Tally) -> None:
        """Take in what was counted elsewhere."""
        self.cells += more.cells
        self.moments += more.moments
        self.widen(more.low, more.high)

    def tally(self) -> Tally:
        """What was counted up to now; these arrays are its own from here on."""
        return Tally(cells=self.cells, moments=self.moments, low=self.low, high=self.high)


def tally(bins: Bins, values: Values, column: str) -> Tally:
    """Count one column; raises `UnreadableColumn`."""
    if isinstance(bins, NumericBins):
        return tally_numbers(bins, numbers_of(bins.form, values, column))
    if bins.kind is Kind.BOOLEAN:
        return tally_booleans(as_numbers(values, column))
    return _tally_texts(bins, values)


def tally_numbers(bins: NumericBins, numbers: FloatArray) -> Tally:
    """Count numbers; NaN and infinities are missing."""
    if native.library() is None:
        return tally_plainly(bins, numbers)
    sums = Sums(bins.cells)
    sums.widen(*bins.lookup.count(numbers, sums.cells, sums.moments))
    return sums.tally()


def tally_plainly(bins: NumericBins, numbers: FloatArray) -> Tally:
    """The same with NumPy alone, block by block, each small enough for the processor's cache."""
    total = _tally_block(bins, numbers[:_BLOCK])
    for start in range(_BLOCK, numbers.size, _BLOCK):
        total = added(total, _tally_block(bins, numbers[start : start + _BLOCK]))
    return total


def _tally_block(bins: NumericBins, numbers: FloatArray) -> Tally:
    held = present(numbers)
    # Adding zero turns -0.0 into 0.0, so that the smaller of the two does not depend on their order.
    low, high = (float(held.min()) + 0.0, float(held.max()) + 0.0) if held.size else (np.inf, -np.inf)
    distance = held - bins.centre
    first, last = float(bins.edges[0]), float(bins.edges[-1])
    sums = (
        lanes(distance, bins.exponent),
        lanes(distance * distance, 2 * bins.exponent),
        lanes(first - held[held < first], bins.exponent) if low < first else (0, 0),
        lanes(held[held >= last] - last, bins.exponent) if high >= last else (0, 0),
    )
    cells = np.append(cell_counts(bins.edges, held), numbers.size - held.size)
    return Tally(cells=cells, moments=np.array(sums, dtype=np.int64), low=low, high=high)


def added(one: Tally, other: Tally) -> Tally:
    """Both together; the two must come from the same bins."""
    return Tally(
        cells=one.cells + other.cells,
        moments=one.moments + other.moments,
        low=min(one.low, other.low),
        high=max(one.high, other.high),
    )


def without_moments(cells: list[int]) -> Tally:
    """The tally of a column that has cells but no sums."""
    return Tally(cells=np.array(cells, dtype=np.int64), moments=np.zeros((4, 2), np.int64), low=np.inf, high=-np.inf)


def tally_booleans(numbers: FloatArray) -> Tally:
    """Count truth values given as 0 and 1, NaN for nothing."""
    false, true = int((numbers == 0.0).sum()), int((numbers == 1.0).sum())
    missing = int(np.isnan(numbers).sum())
    return without_moments([false, true, numbers.size - false - true - missing, missing])


def _tally_texts(bins: CategoryBins, values: Values) -> Tally:
    found = text_counts(values)
    known = [found[category] for category in bins.categories]
    texts = found.total()
    return without_moments([*known, texts - sum(known), len(values) - texts])
