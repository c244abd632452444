"""Trees walked by `walker.c` and `leaf_sets.c`, which are built with the package where there is a compiler.

Elsewhere onnxruntime walks them.
"""

import ctypes
from array import array
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamplighter.serving.compiled.admission import Arrays
from lamplighter.serving.compiled.encoder import Numbers
from lamplighter.serving.compiled.leaf_sets import TOGETHER, LeafSets, spans_of

#: Where the build puts the library.
LIBRARY = Path(__file__).with_name("walker.so")
#: The edition of the library that this file calls; another one is left alone.
EDITION = 5
#: Node of `walker.c`.
NODE = np.dtype([("number", np.float64), ("left", np.uint32), ("place", np.uint32)])
_INNER, _MISSING_RIGHT = 1 << 31, 1 << 30
_MOST_NODES, _WIDEST = 1 << 32, 1 << 30
#: A call up to so many rows times trees keeps Python's lock: taking it back can cost more than 100 times such a walk.
SHORT = 20_000
#: Fewer rows than this are walked one after another.
_FEW = 4


class Native:
    """The sum over the leaves that each row reaches, added in the order of the trees."""

    #: How the walker is named to people.
    name = "native"

    def __init__(self, arrays: Arrays, width: int) -> None:
        """Lay out admitted arrays; raises `ValueError` if there are more nodes or places than `walker.c` counts."""
        self._nodes, self._trees, self._width = laid_out(arrays, width), arrays.roots.size, width
        self._address = self._nodes.ctypes.data
        spans = spans_of(arrays)
        self._sets = None if spans is None else LeafSets(arrays, spans)
        self._short, self._long = functions_of(ctypes.PyDLL(str(LIBRARY))), functions_of(ctypes.CDLL(str(LIBRARY)))

    @property
    def model(self) -> dict[str, int | float]:
        """Its part of a sheet."""
        forest = 0 if self._sets is None else self._sets.address
        return {"nodes": self._address, "trees": self._trees, "forest": forest}

    def sums(self, numbers: Numbers, rows: int) -> list[float]:
        """One sum a row for rows of encoded numbers, one after another."""
        answers = array("d", bytes(8 * rows))
        rows_at = numbers.buffer_info()[0] if isinstance(numbers, array) else numbers.ctypes.data
        sums_at, width = answers.buffer_info()[0], self._width
        functions = self._short if rows * self._trees <= SHORT else self._long
        sets, rest = self._sets, rows % TOGETHER
        together = 0 if sets is None else rows - (rest if rest < _FEW else 0)
        if sets is not None and together:
            sets.sum(functions.reach, rows_at, together, width, sums_at)
        if together < rows:
            further = 8 * together
            functions.walk(self._address, self._trees, rows_at + further * width, rows - together, width, sums_at + further)
        return answers.tolist()


def is_built(library: Path = LIBRARY) -> bool:
    """Whether the library is there, opens on this machine and is of our edition."""
    try:
        return library.is_file() and int(ctypes.CDLL(str(library)).edition()) == EDITION
    except (OSError, AttributeError):
        return False


class Functions(NamedTuple):
    """What walks: by nodes, and by sets of leaves."""

    walk: "ctypes._NamedFuncPointer"
    reach: "ctypes._NamedFuncPointer"


def functions_of(library: ctypes.CDLL) -> Functions:
    """Ours in the opened library."""
    functions, pointer, size = Functions(library.walk, library.reach), ctypes.c_void_p, ctypes.c_size_t
    functions.walk.argtypes, functions.walk.restype = [pointer, size, pointer, size, size, pointer], None
    functions.reach.argtypes, functions.reach.restype = [pointer, pointer, size, size, pointer, pointer], None
    return functions


def laid_out(arrays: Arrays, width: int) -> NDArray[np.void]:
    """Nodes and leaves in one array: the roots in the order of the trees, then the children of each node, side by side."""
    trees, inner = arrays.roots.size, arrays.splits.size
    if trees + 2 * inner > _MOST_NODES or width > _WIDEST:
        raise ValueError("the ensemble is too large")
    nodes = np.zeros(trees + 2 * inner, dtype=NODE)
    position = np.empty(inner, dtype=np.uint32)
    position[arrays.roots] = np.arange(trees)
    pairs = trees + 2 * np.arange(inner)
    for side, (children, is_leaf) in enumerate((arrays.true, arrays.false)):
        own = pairs + side
        position[children[~is_leaf]] = own[~is_leaf]
        nodes["number"][own[is_leaf]] = arrays.leaves[children[is_leaf]]
        nodes["left"][own[is_leaf]] = own[is_leaf]
    nodes["number"][position], nodes["left"][position] = arrays.splits, pairs
    nodes["place"][position] = arrays.features | _INNER | np.where(arrays.missing_true, 0, _MISSING_RIGHT)
    return nodes
