"""Encoding of many rows by one call of our own library: the same float64 operations as through arrays, row by row."""

import ctypes
from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamplighter.serving.compiled.encoder import Matrix
from lamplighter.serving.compiled.native import LIBRARY

#: `number` and `table` of `walker.c`.
NUMBER = np.dtype([(name, np.float64) for name in ("shift", "divisor", "factor", "offset", "null")] + [("place", np.uint64)])
_TABLE = np.dtype([("lines", np.uintp), ("places", np.uintp), ("width", np.uint64)])


class Lines(NamedTuple):
    """What each value of a table puts into its places: a line of `cells` for each value."""

    places: NDArray[np.uint64]
    cells: Matrix


class Filling:
    """A plan whose numbers have one stage of scaling at most, ready for the library."""

    def __init__(self, template: Matrix, numbers: NDArray[np.void], tables: Sequence[Lines]) -> None:
        self._template, self._numbers = np.ascontiguousarray(template), numbers
        # The library reads them where they lie, so they have to live as long as this.
        self._parts = [(np.ascontiguousarray(one.cells), np.ascontiguousarray(one.places)) for one in tables]
        told = [(cells.ctypes.data, places.ctypes.data, places.size) for cells, places in self._parts]
        self._tables = np.array(told, dtype=_TABLE)
        self._plan = tuple(
            part for one in (self._template, self._numbers, self._tables) for part in (one.ctypes.data, one.size)
        )
        self._encode = _encode()

    @property
    def model(self) -> dict[str, int | float]:
        """Its part of a sheet."""
        template, width, numbers, _, tables, _ = self._plan
        return {"template": template, "width": width, "scales": numbers, "lines": tables}

    def matrix(self, values: Matrix, lines: "array[int]", rows: int) -> Matrix:
        """The rows, one a line; `values` has a line for each number and `lines` the places of all rows for each table."""
        encoded = np.empty((rows, self._template.size))
        self._encode(*self._plan, values.ctypes.data, lines.buffer_info()[0], rows, encoded.ctypes.data)
        return encoded


def _encode() -> "ctypes._NamedFuncPointer":
    encode, pointer, size = ctypes.PyDLL(str(LIBRARY)).encode, ctypes.c_void_p, ctypes.c_size_t
    encode.argtypes = [pointer, size, pointer, size, pointer, size, pointer, pointer, size, pointer]
    encode.restype = None
    return encode
