"""Columns as they come, and as arrays."""

import ctypes
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

    def part(self, first: int, last: int) -> "Coded":
        """The rows from the first to before the last."""
        return Coded(codes=self.codes[first:last], categories=self.categories)


class Masked(Record, frozen=True, eq=False):
    """Numbers as columnar files hold them: some are not there, whatever stands in their places."""

    numbers: FloatArray
    #: Address of a bit a number, least first; the giver keeps the memory while this is used.
    valid: int
    #: Bits in front of the first.
    skipped: int = 0

    def __len__(self) -> int:
        return int(self.numbers.size)

    def part(self, first: int, last: int) -> "Masked":
        """The rows from the first to before the last."""
        return Masked(numbers=self.numbers[first:last], valid=self.valid, skipped=self.skipped + first)

    def filled(self) -> FloatArray:
        """A copy with NaN for what is not there."""
        return np.where(bits_at(self.valid, self.skipped, self.numbers.size), self.numbers, np.nan)

    def tolist(self) -> list[float]:
        """The numbers as Python's, NaN for what is not there."""
        return list(self.filled().tolist())


def bits_at(address: int, skipped: int, count: int) -> NDArray[np.bool_]:
    """So many bits behind those that are skipped, least first, of the memory at an address."""
    held = np.frombuffer(ctypes.string_at(address, (skipped + count + 7) // 8), dtype=np.uint8)
    return np.unpackbits(held, count=skipped + count, bitorder="little")[skipped:].view(np.bool_)


#: A column: Python values with None for nothing, an array, or a column as columnar files hold it.
Values = Sequence[Any] | NDArray[Any] | Masked | Coded | Texts


def as_numbers(values: Values, column: str) -> FloatArray:
    """The values as 64-bit floats, NaN for nothing; raises `UnreadableColumn`."""
    if isinstance(values, Coded | Texts):
        raise UnreadableColumn(column, "a number")
    if isinstance(values, Masked):
        return values.filled()
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
