"""Brier score."""

from typing import ClassVar

from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import quality
from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class Brier(QualityMeasure, frozen=True):
    """Mean squared distance of probability and truth (Brier, Monthly Weather Review 78, 1950)."""

    direction: ClassVar[Direction] = Direction.LOWER

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return quality.brier(rows)
