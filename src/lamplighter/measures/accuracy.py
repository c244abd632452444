"""Accuracy."""

from typing import ClassVar

from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import quality
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class Accuracy(QualityMeasure, frozen=True):
    """Share of right decisions; its interval is that of Wilson (J. Am. Stat. Assoc. 22, 1927)."""

    decides: ClassVar[bool] = True

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return quality.accuracy(rows)
