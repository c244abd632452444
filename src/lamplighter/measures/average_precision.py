"""Average precision."""

from typing import ClassVar

from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import ranking
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class AveragePrecision(QualityMeasure, frozen=True):
    """Area under the precision-recall curve, step by step (Buckley and Voorhees, SIGIR 2000)."""

    ranks: ClassVar[bool] = True

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return ranking.average_precision(rows)
