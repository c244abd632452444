"""Bins, fixed once on the reference and never moved.

A numeric cell takes its lower edge and not its upper one. The edges are the 512 quantiles of the reference, its nine
deciles, ever rarer quantiles towards both ends (beyond each two thirds of the rows beyond the one before) and the edges
that NumPy's `doane` rule gives; the last edge lies one step of the number format above the largest of them, so that the
largest reference value is inside. A quantile that repeats, which means a value that holds more than its share of the rows,
gets a cell to itself.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np

from lamplighter.domain.contract import Kind
from lamplighter.domain.record import Record
from lamplighter.monitoring.arrays import Coded, FloatArray, IntArray, Masked, Values
from lamplighter.monitoring.fixed_point import units
from lamplighter.monitoring.form import Form
from lamplighter.monitoring.native import Lookup
from lamplighter.monitoring.texts import Texts

#: Number of equal shares that the reference is cut into.
QUANTILES = 512
#: A text column without known categories keeps this many, the most frequent first.
MOST_CATEGORIES = 256
_SMALLEST_EXPONENT = -400


class Partition(StrEnum):
    """How fine a measure wants to look at a numeric column. Categories are always taken as they are."""

    #: Every stored cell.
    FINEST = "finest"
    #: Bins of equal width by the rule of Doane, and one for everything outside (the rule of NannyML).
    EQUAL_WIDTH = "equal-width"
    #: Ten parts between the deciles of the reference.
    TENTHS = "tenths"


class NumericBins(Record, frozen=True, eq=False, tag="numeric", dict=True):
    """Cells of a numeric column: below the first edge, between the edges, from the last edge on, and missing."""

    kind: Kind
    #: Rising.
    edges: FloatArray
    #: Positions in `edges` of the bins of equal width.
    equal_width: IntArray
    #: Positions in `edges` of the deciles.
    tenths: IntArray
    #: Sums are taken of the distance from here.
    centre: float
    #: The edges span at most two to this power.
    exponent: int
    #: What is looked at of each value.
    form: Form = Form.VALUE

    @property
    def cells(self) -> int:
        """Number of cells."""
        return int(self.edges.size) + 2

    @cached_property
    def lookup(self) -> Lookup:
        """The edges as the kernel wants them ; made once."""
        return Lookup(self.edges, self.centre, units(self.exponent))

    def grid(self) -> Lookup:
        """The same with a grid over the edges: large, and faster for many values."""
        return Lookup(self.edges, self.centre, units(self.exponent), with_grid=True)

    def positions(self, partition: Partition) -> IntArray:
        """Positions of the edges that the partition uses."""
        if partition is Partition.FINEST:
            return np.arange(self.edges.size, dtype=np.int64)
        return self.equal_width if partition is Partition.EQUAL_WIDTH else self.tenths

    def starts(self, partition: Partition) -> IntArray:
        """The first of the cells that make up each cell of the partition."""
        known = self._starts.get(partition)
        if known is None:
            known = self._starts[partition] = np.append(0, self.positions(partition) + 1)
        return known

    @cached_property
    def _starts(self) -> dict[Partition, IntArray]:
        return {}


class CategoryBins(Record, frozen=True, eq=False, tag="category"):
    """Cells of a text or boolean column: each category, every other value, and missing."""

    kind: Kind
    categories: tuple[str, ...]

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.categories) + 2


Bins = NumericBins | CategoryBins


def numeric_bins(kind: Kind, reference: FloatArray, further: Sequence[float] = (), form: Form = Form.VALUE) -> NumericBins:
    """Bins of the finite reference values; without any value, two cells around zero. `further` edges are added."""
    ordered = np.sort(reference) if reference.size else np.zeros(1)
    quantiles = np.union1d(_isolated(_quantiles(ordered, QUANTILES)), _tails(ordered))
    tenths = _isolated(_quantiles(ordered, 10)[1:-1])
    widths = _equal_widths(ordered)
    top = np.nextafter(max(ordered[-1], widths[-1]), math.inf)
    widths = np.append(widths[:-1], top)
    edges = np.unique(np.concatenate([quantiles, tenths, widths, np.asarray(further, dtype=np.float64)]))
    return NumericBins(
        kind=kind,
        edges=edges,
        equal_width=np.searchsorted(edges, np.unique(widths)).astype(np.int64),
        tenths=np.searchsorted(edges, tenths).astype(np.int64),
        centre=float(ordered[ordered.size // 2]),
        exponent=exponent_of(float(edges[-1] - edges[0])),
        form=form,
    )


def exponent_of(span: float) -> int:
    """The power of two that edges so far apart span at most."""
    return max(_SMALLEST_EXPONENT, math.frexp(span)[1])


def category_bins(kind: Kind, known: tuple[str, ...] | None, reference: Values) -> CategoryBins:
    """The known categories, or else the most frequent of the reference."""
    if kind is Kind.BOOLEAN:
        return CategoryBins(kind=kind, categories=("false", "true"))
    if known is not None:
        return CategoryBins(kind=kind, categories=tuple(dict.fromkeys(known)))
    found = text_counts(reference)
    ranked = sorted(found, key=lambda category: (-found[category], category))
    return CategoryBins(kind=kind, categories=tuple(sorted(ranked[:MOST_CATEGORIES])))


def is_free(values: Values) -> bool:
    """Whether texts are no categories: more than half of them occur once, or are none of the most frequent.

    The share of those that occur once is the chance that the next text is one that never occurred (Good, Biometrika 40, 1953).
    Most texts of a window would then fall into the one cell for all others, and show nothing.
    """
    found = text_counts(values)
    kept = sum(number for _, number in found.most_common(MOST_CATEGORIES) if number > 1)
    return 2 * kept < found.total()


def text_counts(values: Values) -> Counter[str]:
    """How often each text occurs; whatever is no text is left out."""
    if isinstance(values, Coded):
        codes = values.codes[values.codes >= 0]
        found = np.bincount(codes, minlength=len(values.categories))
        return Counter({category: int(number) for category, number in zip(values.categories, found, strict=True) if number})
    listed: Iterable[Any] = values.tolist() if isinstance(values, np.ndarray | Masked | Texts) else values
    counted: Counter[Any] = Counter(listed)
    return Counter({value: number for value, number in counted.items() if isinstance(value, str)})


def _quantiles(ordered: FloatArray, parts: int) -> FloatArray:
    ranks = np.ceil(np.arange(parts + 1) * (ordered.size / parts)).astype(np.int64) - 1
    return np.asarray(ordered[np.clip(ranks, 0, ordered.size - 1)])


def _tails(ordered: FloatArray) -> FloatArray:
    beyond = (ordered.size / QUANTILES / 1.5 ** np.arange(64)).astype(np.int64)
    ranks = beyond[beyond > 0]
    return np.concatenate([ordered[ranks], ordered[ordered.size - 1 - ranks]])


def _isolated(quantiles: FloatArray) -> FloatArray:
    repeated = quantiles[1:][quantiles[1:] == quantiles[:-1]]
    return np.unique(np.concatenate([quantiles, np.nextafter(repeated, math.inf)]))


def _equal_widths(ordered: FloatArray) -> FloatArray:
    try:
        return np.asarray(np.histogram_bin_edges(ordered, bins="doane"), dtype=np.float64)
    except ValueError:  # the values lie too close together for more than one bin
        return np.asarray(ordered[[0, -1]])
