"""Counting one column again and again: what can be made ready once is kept."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.contract import Kind
from lamplighter.monitoring import native
from lamplighter.monitoring.arrays import Coded, IntArray, Masked, Values, as_numbers
from lamplighter.monitoring.binning import Bins, CategoryBins, NumericBins
from lamplighter.monitoring.form import numbers_of
from lamplighter.monitoring.tally import Sums, tally_booleans, tally_plainly
from lamplighter.monitoring.texts import Texts


class ColumnCounter:
    """Counts the values of one column in its bins, for any number of threads; made for many rows."""

    def __init__(self, name: str, bins: Bins, *, plainly: bool = False) -> None:
        """`plainly`: with NumPy alone, as where the kernel was not built."""
        self._name, self._bins = name, bins
        fast = native.library() is not None and not plainly
        self._lookup = bins.grid() if fast and isinstance(bins, NumericBins) else None
        texts = isinstance(bins, CategoryBins) and bins.kind is Kind.TEXT
        self._dictionary = native.Dictionary(bins.categories) if fast and texts and isinstance(bins, CategoryBins) else None

    def count(self, values: Values, first: int, last: int, sums: Sums) -> None:
        """Count the rows from the first to before the last; raises `UnreadableColumn`."""
        if isinstance(values, Masked) and self._lookup is not None:
            sums.widen(*self._lookup.count(values.part(first, last), sums.cells, sums.moments))
        elif isinstance(values, Texts) and self._dictionary is not None:
            self._dictionary.count(values.part(first, last), sums.cells)
        else:
            part = values.part(first, last) if isinstance(values, Masked | Texts | Coded) else values[first:last]
            self.add(self.read(part), sums)

    def read(self, values: Values) -> NDArray[Any]:
        """One number a row: what the bins look at of the value, or of a text the place of its category.

        Raises `UnreadableColumn`.
        """
        if isinstance(self._bins, NumericBins):
            return numbers_of(self._bins.form, values, self._name)
        if self._bins.kind is Kind.TEXT:
            return self._codes(self._bins, values)
        return as_numbers(values, self._name)

    def add(self, read: NDArray[Any], sums: Sums) -> None:
        """Count what `read` gave."""
        if isinstance(self._bins, NumericBins):
            if self._lookup is None:
                sums.add(tally_plainly(self._bins, read))
            else:
                sums.widen(*self._lookup.count(read, sums.cells, sums.moments))
        elif self._bins.kind is Kind.BOOLEAN:
            sums.add(tally_booleans(read))
        else:
            # The code of nothing is -1, and its cell is the last.
            sums.cells += np.roll(np.bincount(read + 1, minlength=self._bins.cells), -1)

    def _codes(self, bins: CategoryBins, values: Values) -> IntArray | NDArray[np.int32]:
        if isinstance(values, Texts) and self._dictionary is not None:
            return self._dictionary.find(values)
        if isinstance(values, Coded):
            places = np.append(_places(bins.categories, values.categories, str), -1)
            return np.asarray(places[np.maximum(values.codes, -1)])
        if isinstance(values, Texts):
            known = tuple(text.encode("utf-8", "surrogatepass") for text in bins.categories)
            return _places(known, values.encoded(), bytes)
        return _places(bins.categories, values.tolist() if isinstance(values, np.ndarray | Masked) else values, str)


def _places(known: Sequence[Any], values: Sequence[Any], kind: type) -> IntArray:
    """The place of each value among the known ones; behind the last for another one, -1 for what is not of the kind."""
    places, other = {value: place for place, value in enumerate(known)}, len(known)
    return np.array([places.get(value, other) if isinstance(value, kind) else -1 for value in values], dtype=np.int64)
