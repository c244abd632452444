"""The promises of this folder.

A drift measure tells how far a window is from the reference, a quality measure how good scores were. Fields of a measure
are its settings. The name of the file is the name of the measure.
"""

from typing import ClassVar

import numpy as np

from lamplighter.domain.contract import Kind, Meaning
from lamplighter.domain.record import Settings
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.binning import Partition
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes

#: Columns of numbers.
NUMBERS = frozenset({Kind.NUMBER, Kind.INTEGER})
#: Columns of categories.
CATEGORIES = frozenset({Kind.TEXT, Kind.BOOLEAN})


class DriftMeasure(Settings, frozen=True):
    """Zero for equal distributions, growing as they part, never negative, always finite."""

    #: Above this is drift, for those who want a fixed threshold instead of a calibrated one.
    limit: float = 0.1

    #: Which way is better.
    direction: ClassVar[Direction] = Direction.LOWER
    #: Kinds of column that it can be taken of.
    columns: ClassVar[frozenset[Kind]] = NUMBERS | CATEGORIES
    #: How fine it looks at numbers; nothing if it does not look at them.
    partition: ClassVar[Partition | None] = Partition.FINEST
    #: Whether reference and window may change places, over the same bins.
    symmetric: ClassVar[bool] = True
    #: Whether it looks at the rows without a value as well.
    takes_missing: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The name in settings, pages and metrics: that of the file."""
        return type(self).__module__.rpartition(".")[2]

    def measure(self, reference: Distribution, window: Distribution) -> float | Missing:
        """The distance of one window from the reference; `Missing` if either has nothing to look at."""
        for part, rows in (("reference", reference), ("window", window)):
            if int(rows.rows if self.takes_missing else rows.present) == 0:
                return Missing(why=f"The {part} holds no value.")
        return float(self.distance(reference, window))

    def distance(self, reference: Distribution, windows: Distribution) -> FloatArray:
        """The distance of each window; this is what a measure writes.

        `windows` holds one window, or many along a leading axis: work along the last axis.
        """
        raise NotImplementedError

    def threshold(self, reference: Distribution) -> float:
        """The fixed threshold for a column with this reference."""
        return self.limit if reference.kind in self.columns else np.inf


class QualityMeasure(Settings, frozen=True):
    """How good scores were, on rows whose truth is known."""

    #: Which way is better.
    direction: ClassVar[Direction] = Direction.HIGHER
    #: What the scores must mean.
    meaning: ClassVar[Meaning] = Meaning.PROBABILITY
    #: Whether it looks at decisions, so that another threshold gives another figure.
    decides: ClassVar[bool] = False
    #: Whether it looks at nothing but the order of scores, so that no calibration gives another figure.
    ranks: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The name in settings, pages and metrics: that of the file."""
        return type(self).__module__.rpartition(".")[2]

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure with its interval; `Missing` if the rows do not allow one. This is what a measure writes."""
        raise NotImplementedError
