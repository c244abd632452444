"""Sums of many rows under weights by one call of our library: the same float64 operations as in plain Python, row by row."""

import ctypes
from array import array

import numpy as np
from numpy.typing import NDArray

from lamplighter.serving.compiled.encoder import Matrix
from lamplighter.serving.compiled.native import LIBRARY


class Weighing:
    """Numbers that have one stage of scaling at most, each with its weight."""

    def __init__(self, start: float, numbers: NDArray[np.void], weights: Matrix, texts: int) -> None:
        """`texts` is how many columns of texts there are."""
        # The library reads them where they lie, so they have to live as long as this.
        self._parts = numbers, np.ascontiguousarray(weights)
        self._plan = start, *[part.ctypes.data for part in self._parts], weights.size
        self._texts, self._weigh = texts, _weigh()

    @property
    def model(self) -> dict[str, int | float]:
        """Its part of a sheet."""
        start, numbers, weights, _ = self._plan
        return {"start": start, "scales": numbers, "weights": weights}

    def sums(self, values: Matrix, shares: "array[float]", rows: int) -> list[float]:
        """One sum a row; `values` has a line for each number, and `shares` what each text adds, column by column."""
        sums = array("d", bytes(8 * rows))
        self._weigh(*self._plan, values.ctypes.data, shares.buffer_info()[0], self._texts, rows, sums.buffer_info()[0])
        return sums.tolist()


def _weigh() -> "ctypes._NamedFuncPointer":
    weigh, pointer, size = ctypes.PyDLL(str(LIBRARY)).weigh, ctypes.c_void_p, ctypes.c_size_t
    weigh.argtypes = [ctypes.c_double, pointer, pointer, size, pointer, pointer, size, size, pointer]
    weigh.restype = None
    return weigh
