"""Mean absolute error."""

from typing import ClassVar

from lamplighter.domain.contract import Meaning
from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import quality
from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class MeanAbsoluteError(QualityMeasure, frozen=True):
    """Mean absolute error, in units of the target (Laplace, Memoires de l'Academie, 1774)."""

    direction: ClassVar[Direction] = Direction.LOWER
    meaning: ClassVar[Meaning] = Meaning.NUMBER

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return quality.mae(rows)
