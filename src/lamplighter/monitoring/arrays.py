"""Columns as they come, and as arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.record import Record
from lamplighter.monitoring.refusals import UnreadableColumn
from lamplighter.monitoring.texts import Texts

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Numbers beyond this are read as this, so that squares and sums stay finite.
LARGEST = 1e150


class Coded(Record, frozen=True, eq=False):
    """A text column in dictionary encoding, as columnar files hold it; much faster to count than texts."""

    #: One code a row: an index into `categories`, or a negative number for nothing.
    codes: NDArray[np.integer[Any]]
    categories: Sequence[str]

    def __len__(self) -> int:
        return int(self.codes.size)


#: A column: Python values with None for nothing, an array, or a text column as columnar files hold it.
Values = Sequence[Any] | NDArray[Any] | Coded | Texts


def as_numbers(values: Values, column: str) -> FloatArray:
    """The values as 64-bit floats, NaN for nothing; raises `UnreadableColumn`."""
    if isinstance(values, Coded | Texts):
        raise UnreadableColumn(column, "a number")
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise UnreadableColumn(column, "a number") from None
    if numbers.ndim != 1:
        raise UnreadableColumn(column, "one number a row")
    return numbers


def present(numbers: FloatArray) -> FloatArray:
    """The numbers that are there: NaN and infinities are left out, giants are cut to `LARGEST`."""
    finite = np.isfinite(numbers)
    return np.clip(numbers if finite.all() else numbers[finite], -LARGEST, LARGEST)
