"""Quantile loss."""

from typing import ClassVar

from lamplighter.domain.contract import Meaning
from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import quality
from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class QuantileLoss(QualityMeasure, frozen=True):
    """Mean loss of a predicted quantile (Koenker and Bassett, Econometrica 46, 1978)."""

    #: The quantile that the scores stand for, such as 0.9.
    quantile: float = 0.5

    direction: ClassVar[Direction] = Direction.LOWER
    meaning: ClassVar[Meaning] = Meaning.NUMBER

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return quality.quantile_loss(rows, self.quantile)
