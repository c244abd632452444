"""Log loss."""

from typing import ClassVar

from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import quality
from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class LogLoss(QualityMeasure, frozen=True):
    """Mean of minus the logarithm of the probability given to the truth (Good, J. R. Stat. Soc. B 14, 1952)."""

    direction: ClassVar[Direction] = Direction.LOWER

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return quality.log_loss(rows)
