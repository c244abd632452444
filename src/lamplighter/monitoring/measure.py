"""What the engine needs of a drift measure. The promise for writers of measures is in `measures/base.py`."""

from typing import Protocol

from lamplighter.domain.contract import Kind
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.binning import Partition
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.figure import Missing


class Measure(Protocol):
    """Tells how far a window is from the reference."""

    @property
    def name(self) -> str:
        """The name in settings, pages and metrics."""

    @property
    def columns(self) -> frozenset[Kind]:
        """Kinds of column that it can be taken of."""

    @property
    def partition(self) -> Partition | None:
        """How fine it looks at numbers; nothing if it does not look at them."""

    def measure(self, reference: Distribution, window: Distribution) -> float | Missing:
        """The distance of one window."""

    def distance(self, reference: Distribution, windows: Distribution) -> FloatArray:
        """The distances of many windows with rows, along the leading axis of their tally."""

    def threshold(self, reference: Distribution) -> float:
        """The fixed threshold, for those who want one."""
