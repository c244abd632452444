"""Counting by `kernel.c`, which is built with the package where there is a compiler; elsewhere NumPy counts the same."""

import ctypes
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamplighter.monitoring.arrays import FloatArray, IntArray, Masked
from lamplighter.monitoring.texts import Texts

#: Where the build puts the library.
LIBRARY = Path(__file__).with_name("kernel.so")
#: The edition of `kernel.c` that this file calls; a library of another one is left alone.
EDITION = 3
#: Places of the grid that numbers are looked up in; for fewer numbers it is not worth making.
PLACES = 2**13
#: More edges than a place of the grid can count.
_MOST_EDGES = 2**16 - 1
#: Steps behind the places of an even grid that are few enough, and bits of a distance that a logarithmic one leaves out: each
#: doubling has 128 places.
_FEW_STEPS, _SHIFT = 0.5, 52 - 7
#: Slots of a dictionary by text: in so many hardly two texts want the same one.
_SLOTS = 8

_pointer, _size, _double = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_double


class _Bins(ctypes.Structure):
    _fields_ = [
        *((name, kind) for name, kind in (("edges", _pointer), ("count", _size), ("before", _pointer), ("places", _size))),
        *((name, _double) for name in ("start", "scale")),
        *((name, ctypes.c_int64) for name in ("shift", "base", "middle")),
        *((name, _double) for name in ("centre", "most", "unit", "most_square", "unit_square")),
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
        grid = _grid(edges) if with_grid and edges.size < _MOST_EDGES else _NONE
        self._before = grid.before
        addresses = self._edges.ctypes.data, edges.size, self._before.ctypes.data, max(self._before.size - 1, 0)
        self._bins = _Bins(*addresses, grid.start, grid.scale, grid.shift, grid.base, grid.middle, centre, *units)

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


class _Grid(NamedTuple):
    """Places over edges; what each field says stands in `kernel.c`."""

    before: NDArray[np.uint16]
    #: Steps that an edge takes behind its place, on average: cells of the reference hold about equal shares of the rows.
    steps: float
    start: float = 0.0
    scale: float = 0.0
    shift: int = 0
    base: int = 0
    middle: int = 0


_NONE = _Grid(np.empty(0, dtype=np.uint16), math.inf)


def _grid(edges: FloatArray) -> _Grid:
    """A grid that is even is enough where no tail is long. Others are even in the logarithm of the distance from the middle, as
    of what falls off to both sides, or from the first edge."""
    best = _even(edges)
    if best.steps > _FEW_STEPS:
        middle = edges.size // 2
        best = min(best, *(_logarithmic(edges, *one) for one in ((middle, PLACES // 2), (0, 1))), key=lambda one: one.steps)
    return best


def _even(edges: FloatArray) -> _Grid:
    start, width = float(edges[0]), float(edges[-1] - edges[0])
    scale = (PLACES - 3) / width if width > 0.0 else 0.0
    if not 0.0 < scale < math.inf:
        return _NONE
    places = np.clip((edges - start) * scale, -1.0, PLACES - 2.0).astype(np.int64) + 1
    return _Grid(*_before(places), start=start, scale=scale)


def _logarithmic(edges: FloatArray, at: int, middle: int) -> _Grid:
    """`middle` is the place of the edge that distances are taken from."""
    start = float(edges[at])
    distances = edges - start
    bits = np.abs(distances).view(np.int64) >> _SHIFT
    base = int(bits.max()) - (PLACES - 1 - middle)
    bits = np.maximum(bits - base, 0)
    places = np.clip(np.where(distances < 0.0, middle - 1 - bits, middle + bits), 0, PLACES - 1)
    return _Grid(*_before(places), start=start, shift=_SHIFT, base=base, middle=middle)


def _before(places: IntArray) -> tuple[NDArray[np.uint16], float]:
    held = np.bincount(places, minlength=PLACES)
    return np.concatenate([[0], np.cumsum(held)]).astype(np.uint16), float(np.log2(held[places]).mean())


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
