"""Recall."""

from typing import ClassVar

from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import quality
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class Recall(QualityMeasure, frozen=True):
    """Share of positive rows that were found (Kent, Berry, Luehrs and Perry, American Documentation 6, 1955)."""

    decides: ClassVar[bool] = True

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return quality.recall(rows)
