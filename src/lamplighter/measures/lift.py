"""Lift."""

from typing import ClassVar

from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import ranking
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class Lift(QualityMeasure, frozen=True):
    """Positive rows among the highest scores, in multiples of a blind choice (Ling and Li, KDD 1998)."""

    #: Part of the rows that is looked at, such as 0.1 for the tenth with the highest scores.
    share: float = 0.1

    ranks: ClassVar[bool] = True

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return ranking.lift(rows, self.share)
