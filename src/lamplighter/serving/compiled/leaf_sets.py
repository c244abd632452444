"""Ensembles of small trees, walked eight rows at once by `leaf_sets.c`."""

import ctypes
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamplighter.serving.compiled.admission import Arrays, Flags

#: Rows that go on together, and leaves that a tree has at most.
TOGETHER, MOST_LEAVES = 8, 64
#: `split` of `leaf_sets.c`.
_SPLIT = np.dtype([("number", np.float64), ("gone", np.uint64), ("tree", np.uint32), ("missing_right", np.uint32)])

Counts = NDArray[np.int64]


class Spans(NamedTuple):
    """Of each inner node: its tree, the leaves on the true side and on both, and which leaf of the tree comes first."""

    tree: Counts
    true: Counts
    both: Counts
    first: Counts


def spans_of(arrays: Arrays) -> Spans | None:
    """The leaves of a tree stand in order, those of the true side first; nothing if a tree has more than fit into a set."""
    inner, (true, true_ends), (false, false_ends) = arrays.splits.size, arrays.true, arrays.false
    levels = _levels(arrays) if inner < MOST_LEAVES * arrays.roots.size else []
    if not levels:
        return None
    spans = Spans(*(np.zeros(inner, dtype=np.int64) for _ in Spans._fields))
    for level in reversed(levels):
        spans.true[level] = np.where(true_ends[level], 1, spans.both[_inner(true, true_ends, level)])
        spans.both[level] = spans.true[level] + np.where(false_ends[level], 1, spans.both[_inner(false, false_ends, level)])
    if spans.both.max() > MOST_LEAVES:
        return None
    spans.tree[arrays.roots] = np.arange(arrays.roots.size)
    for level in levels:
        for children, ends, before in ((true, true_ends, 0), (false, false_ends, spans.true[level])):
            goes_on = ~ends[level]
            below = children[level][goes_on]
            spans.tree[below] = spans.tree[level][goes_on]
            spans.first[below] = (spans.first[level] + before)[goes_on]
    return spans


def _levels(arrays: Arrays) -> list[Counts]:
    """The inner nodes by depth; nothing if a tree is so deep that it has too many leaves."""
    levels = [arrays.roots]
    while levels[-1].size:
        if len(levels) > MOST_LEAVES:
            return []
        last = levels[-1]
        levels.append(np.concatenate([children[last][~ends[last]] for children, ends in (arrays.true, arrays.false)]))
    return levels[:-1]


def _inner(children: Counts, ends: Flags, level: Counts) -> Counts:
    """The children that are inner nodes; any inner node in place of a leaf."""
    return np.where(ends[level], 0, children[level])


class LeafSets:
    """The sums over the leaves that rows reach, added in the order of the trees."""

    def __init__(self, arrays: Arrays, spans: Spans) -> None:
        places, counts = np.unique(arrays.features, return_counts=True)
        leaves, firsts = _leaves(arrays, spans)
        # The library reads them where they lie, so they have to live as long as this.
        self._parts = _splits(arrays, spans), places.astype(np.uint64), np.cumsum(counts, dtype=np.uint64), leaves, firsts
        splits, *at = [part.ctypes.data for part in self._parts]
        self._forest = np.array([splits, places.size, *at[:2], firsts.size, *at[2:]], dtype=np.uint64)
        #: Where the library finds it.
        self.address, self._sets = self._forest.ctypes.data, firsts.size * TOGETHER

    def sum(self, reach: "ctypes._NamedFuncPointer", rows: int, count: int, width: int, sums: int) -> None:
        """Call the library for the sums of so many rows; `rows` and `sums` are addresses of numbers."""
        left = np.empty(self._sets, dtype=np.uint64)
        reach(self.address, rows, count, width, left.ctypes.data, sums)


def _splits(arrays: Arrays, spans: Spans) -> NDArray[np.void]:
    """By place and, at each place, in rising order."""
    order = np.lexsort((arrays.splits, arrays.features))
    one, true, first = np.uint64(1), spans.true.astype(np.uint64), spans.first.astype(np.uint64)
    splits = np.empty(order.size, dtype=_SPLIT)
    splits["number"], splits["tree"] = arrays.splits[order], spans.tree[order]
    splits["gone"] = (((one << true) - one) << first)[order]
    splits["missing_right"] = ~arrays.missing_true[order]
    return splits


def _leaves(arrays: Arrays, spans: Spans) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
    """What each leaf adds, one tree after another, and where the leaves of each tree begin."""
    ends = np.cumsum(spans.both[arrays.roots])
    firsts = np.concatenate([[0], ends[:-1]])
    leaves = np.empty(ends[-1])
    at = firsts[spans.tree] + spans.first
    for (children, is_leaf), before in ((arrays.true, 0), (arrays.false, spans.true)):
        leaves[(at + before)[is_leaf]] = arrays.leaves[children[is_leaf]]
    return leaves, firsts.astype(np.uint64)
