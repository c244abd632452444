"""Bins and what was counted in them: what a measure compares."""

from functools import cached_property

import msgspec
import numpy as np

from lamplighter.domain.contract import Kind
from lamplighter.domain.record import Record
from lamplighter.monitoring.arrays import FloatArray, IntArray
from lamplighter.monitoring.binning import Bins, NumericBins, Partition
from lamplighter.monitoring.fixed_point import of_lanes
from lamplighter.monitoring.form import Form
from lamplighter.monitoring.tally import Tally


class Distribution(Record, frozen=True, eq=False, dict=True):
    """One column of the reference or of a window.

    The tally may hold many windows at once along a leading axis; every answer then has that axis too, and cells or edges
    always lie along the last one. What several measures ask for is made once; nobody may write into it.
    """

    bins: Bins
    tally: Tally

    @property
    def kind(self) -> Kind:
        """What the column holds."""
        return self.bins.kind

    @property
    def form(self) -> Form:
        """What is looked at of each value."""
        return self.bins.form if isinstance(self.bins, NumericBins) else Form.VALUE

    @property
    def missing(self) -> IntArray:
        """Rows without a value."""
        return np.asarray(self.tally.cells[..., -1])

    @cached_property
    def rows(self) -> IntArray:
        """Rows, with the missing ones."""
        return np.asarray(self.tally.cells.sum(axis=-1))

    @cached_property
    def present(self) -> IntArray:
        """Rows with a value."""
        return self.rows - self.missing

    def counts(self, partition: Partition = Partition.FINEST) -> IntArray:
        """Rows with a value, by cell of the partition."""
        cells = self.tally.cells[..., :-1]
        if not isinstance(self.bins, NumericBins) or partition is Partition.FINEST:
            return cells
        grouped = np.add.reduceat(cells, self.bins.starts(partition), axis=-1)
        if partition is Partition.TENTHS:
            return np.asarray(grouped)
        outside = grouped[..., :1] + grouped[..., -1:]
        return np.concatenate([grouped[..., 1:-1], outside], axis=-1)

    def shares(self, partition: Partition = Partition.FINEST) -> FloatArray:
        """Share of the rows with a value, by cell; zero everywhere if there is no such row."""
        known = self._shares.get(partition)
        if known is None:
            known = self._shares[partition] = self.counts(partition) / self._divisor
        return known

    @cached_property
    def _shares(self) -> dict[Partition, FloatArray]:
        return {}

    @cached_property
    def _divisor(self) -> IntArray:
        return np.asarray(np.maximum(self.present, 1)[..., None])

    @property
    def edges(self) -> FloatArray:
        """Rising edges of a numeric column."""
        return self._numeric.edges

    @cached_property
    def below(self) -> FloatArray:
        """Share of the values below each edge of a numeric column."""
        return np.asarray(np.cumsum(self.tally.cells[..., :-2], axis=-1) / self._divisor)

    def excess(self) -> tuple[FloatArray, FloatArray]:
        """How far values lie below the first and above the last edge of a numeric column: sums divided by the values."""
        return self._excess

    def mean(self) -> FloatArray:
        """Mean of a numeric column; its centre if there is no value."""
        return np.asarray(self._numeric.centre + self._sum(0) / np.maximum(self.present, 1))

    def deviation(self) -> FloatArray:
        """Standard deviation of a numeric column, divided by n and not n - 1."""
        return self._deviation

    @cached_property
    def _excess(self) -> tuple[FloatArray, FloatArray]:
        n = np.maximum(self.present, 1)
        return np.asarray(self._sum(2) / n), np.asarray(self._sum(3) / n)

    @cached_property
    def _deviation(self) -> FloatArray:
        n = np.maximum(self.present, 1)
        return np.asarray(np.sqrt(np.maximum(self._sum(1) / n - (self._sum(0) / n) ** 2, 0.0)))

    def regrouped(self, partition: Partition) -> "Distribution":
        """The same rows in fewer cells: only the edges that the partition uses. Other partitions of it mean nothing."""
        if not isinstance(self.bins, NumericBins) or partition is Partition.FINEST:
            return self
        used = self.bins.positions(partition)
        grouped = np.add.reduceat(self.tally.cells[..., :-1], self.bins.starts(partition), axis=-1)
        every = np.arange(used.size, dtype=np.int64)
        bins = msgspec.structs.replace(self.bins, edges=self.bins.edges[used], equal_width=every, tenths=every)
        cells = np.concatenate([grouped, self.tally.cells[..., -1:]], axis=-1)
        return Distribution(bins=bins, tally=msgspec.structs.replace(self.tally, cells=cells))

    @property
    def _numeric(self) -> NumericBins:
        if not isinstance(self.bins, NumericBins):
            raise TypeError("only a numeric column has a mean and edges")
        return self.bins

    def _sum(self, which: int) -> FloatArray:
        exponent = self._numeric.exponent
        return of_lanes(self.tally.moments[..., which, :], 2 * exponent if which == 1 else exponent)
