"""Counting by `kernel.c`, which is built with the package where there is a compiler; elsewhere NumPy counts the same."""

import ctypes
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lamplighter.monitoring.arrays import FloatArray, IntArray, Masked
from lamplighter.monitoring.texts import Texts

#: Where the build puts the library.
LIBRARY = Path(__file__).with_name("kernel.so")
#: The edition of `kernel.c` that this file calls; a library of another one is left alone.
EDITION = 2
#: Places of the grid that numbers are looked up in; for fewer numbers it is not worth making.
PLACES = 2**13
#: More edges than a place of the grid can count.
_MOST_EDGES = 2**16 - 1
#: Shares of the edges that a grid may leave out at either end, and the steps behind its places that are few enough.
_LEFT_OUT, _FEW_STEPS = (0.0, 1 / 8), 0.5

#: Slots of a dictionary by text: in so many hardly two texts want the same one.
_SLOTS = 8

_pointer, _size, _double = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_double


class _Bins(ctypes.Structure):
    _fields_ = [
        *((name, kind) for name, kind in (("edges", _pointer), ("count", _size), ("before", _pointer), ("places", _size))),
        *((name, _double) for name in ("start", "scale", "centre", "most", "unit", "most_square", "unit_square")),
    ]


class _Tally(ctypes.Structure):
    low: float
    high: float
    _fields_ = [("cells", _pointer), ("moments", _pointer), ("low", _double), ("high", _double)]


class _Numbers(ctypes.Structure):
    _fields_ = [("values", _pointer), ("valid", _pointer), ("skipped", _size), ("rows", _size)]


class _Texts(ctypes.Structure):
    _fields_ = [
        ("layout", ctypes.c_int64),
        ("index", _pointer),
        ("contents", _pointer),
        ("valid", _pointer),
        ("skipped", _size),
        ("rows", _size),
    ]


class _Known(ctypes.Structure):
    _fields_ = [
        *((name, _pointer) for name in ("offsets", "content", "ends")),
        *(("count", _size), ("slots", _pointer), ("mask", _size)),
    ]


@cache
def library(path: Path = LIBRARY) -> ctypes.CDLL | None:
    """The library, if it is there, opens on this machine and is of our edition."""
    try:
        opened = ctypes.CDLL(str(path)) if path.is_file() else None
        return opened if opened is not None and int(opened.edition()) == EDITION else None
    except (OSError, AttributeError):
        return None


class Lookup:
    """Numeric bins, laid out for the kernel."""

    def __init__(
        self, edges: FloatArray, centre: float, units: tuple[float, float, float, float], *, with_grid: bool = False
    ) -> None:
        """`units`: the largest distance and the parts it is counted in, then both for its square."""
        self._kernel = library()
        self.cells = int(edges.size) + 2
        self._edges = np.append(edges, np.inf)
        self._before = np.empty(0, dtype=np.uint16)
        start = scale = 0.0
        if with_grid and edges.size < _MOST_EDGES:
            start, scale, self._before = _grid(edges)
        places = max(self._before.size - 1, 0)
        addresses = self._edges.ctypes.data, edges.size, self._before.ctypes.data, places
        self._bins = _Bins(*addresses, start, scale, centre, *units)

    def count(self, numbers: FloatArray | Masked, cells: IntArray, moments: IntArray) -> tuple[float, float]:
        """Add the numbers to the cells and the moments, both C-contiguous; gives the smallest and the largest."""
        out = _Tally(cells.ctypes.data, moments.ctypes.data, np.inf, -np.inf)
        masked = numbers if isinstance(numbers, Masked) else Masked(numbers=numbers, valid=0)
        ready = np.ascontiguousarray(masked.numbers)
        column = _Numbers(ready.ctypes.data, masked.valid, masked.skipped, ready.size)
        assert self._kernel is not None
        assert cells.size == self.cells
        self._kernel.count_numbers(ctypes.byref(self._bins), ctypes.byref(column), ctypes.byref(out))
        return float(out.low), float(out.high)


def _grid(edges: FloatArray) -> tuple[float, float, NDArray[np.uint16]]:
    """Where the grid begins, its places by unit, and the edges in front of each place; of some grids the fastest.

    A grid over all edges is too coarse in the middle where they have long tails. One that leaves out some at either end is
    finer, and numbers outside it are looked up among the edges there.
    """
    fewest, found = math.inf, (0.0, 0.0, np.empty(0, dtype=np.uint16))
    for left_out in _LEFT_OUT:
        first, last = (float(edges[int(share * (edges.size - 1))]) for share in (left_out, 1.0 - left_out))
        scale = (PLACES - 3) / (last - first) if last > first else 0.0
        if 0.0 < scale < math.inf:
            places = np.clip((edges - first) * scale, -1.0, PLACES - 2.0).astype(np.int64) + 1
            held = np.bincount(places, minlength=PLACES)
            # Cells of the reference hold about equal shares of the rows.
            steps = float(np.log2(held[places]).mean())
            if steps < fewest:
                fewest, found = steps, (first, scale, np.concatenate([[0], np.cumsum(held)]).astype(np.uint16))
        if fewest < _FEW_STEPS:
            break
    return found


class Dictionary:
    """Known texts, laid out for the kernel."""

    def __init__(self, known: Sequence[str]) -> None:
        encoded = [text.encode("utf-8", "surrogatepass") for text in known]
        self._content = b"".join(encoded)
        self._offsets = np.concatenate([[0], np.cumsum([len(text) for text in encoded])]).astype(np.int64)
        self._slots = np.zeros(1 << (_SLOTS * len(encoded)).bit_length(), dtype=np.uint32)
        address = ctypes.cast(ctypes.c_char_p(self._content), _pointer).value
        self._ends = np.zeros((len(encoded), 2), dtype=np.uint64)
        addresses = self._offsets.ctypes.data, address, self._ends.ctypes.data
        self._known = _Known(*addresses, len(encoded), self._slots.ctypes.data, self._slots.size - 1)
        self._kernel = library()
        assert self._kernel is not None
        self._kernel.place_texts(ctypes.byref(self._known))

    def find(self, texts: Texts) -> NDArray[np.int32]:
        """The place of each text among the known ones; behind the last for another one, -1 for none."""
        codes = np.empty(len(texts), dtype=np.int32)
        assert self._kernel is not None
        self._kernel.find_texts(ctypes.byref(self._known), ctypes.byref(_texts(texts)), _pointer(codes.ctypes.data))
        return codes

    def count(self, texts: Texts, cells: IntArray) -> None:
        """Add the texts to a cell for each known one, one for every other, and one for none; C-contiguous."""
        assert self._kernel is not None
        assert cells.size == self._offsets.size + 1
        self._kernel.count_texts(ctypes.byref(self._known), ctypes.byref(_texts(texts)), _pointer(cells.ctypes.data))


def lengths(texts: Texts) -> FloatArray:
    """Characters of each text, NaN for none."""
    found = np.empty(len(texts))
    kernel = library()
    assert kernel is not None
    kernel.measure_texts(ctypes.byref(_texts(texts)), _pointer(found.ctypes.data))
    return found


def _texts(texts: Texts) -> Any:
    return _Texts(texts.layout, texts.index, texts.contents, texts.valid, texts.skipped, texts.rows)
