"""Bias."""

from typing import ClassVar

from lamplighter.domain.contract import Meaning
from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import quality
from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class Bias(QualityMeasure, frozen=True):
    """Distance of the mean score from the mean label (Gauss, Theoria combinationis, 1823)."""

    direction: ClassVar[Direction] = Direction.LOWER
    meaning: ClassVar[Meaning] = Meaning.NUMBER

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return quality.bias(rows)
