"""Precision."""

from typing import ClassVar

from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import quality
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class Precision(QualityMeasure, frozen=True):
    """Share of positive decisions that were right (Kent, Berry, Luehrs and Perry, American Documentation 6, 1955)."""

    decides: ClassVar[bool] = True

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return quality.precision(rows)
