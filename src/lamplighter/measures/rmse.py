"""Root mean squared error."""

from typing import ClassVar

from lamplighter.domain.contract import Meaning
from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import quality
from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class RootMeanSquaredError(QualityMeasure, frozen=True):
    """Root of the mean squared error, in units of the target (Gauss, Theoria combinationis observationum, 1823)."""

    direction: ClassVar[Direction] = Direction.LOWER
    meaning: ClassVar[Meaning] = Meaning.NUMBER

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return quality.rmse(rows)
