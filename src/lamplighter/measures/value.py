"""Business value."""

from typing import ClassVar

from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import quality
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class BusinessValue(QualityMeasure, frozen=True):
    """Mean worth of a decision by a cost matrix (Elkan, IJCAI 2001), in the unit of the amounts."""

    #: Worth of a positive decision that was right.
    true_positive: float = 1.0
    #: Worth of a positive decision that was wrong; a cost is negative.
    false_positive: float = -1.0
    #: Worth of a negative decision that was wrong.
    false_negative: float = -1.0
    #: Worth of a negative decision that was right.
    true_negative: float = 0.0

    decides: ClassVar[bool] = True

    @property
    def amounts(self) -> tuple[float, float, float, float]:
        """The four amounts, in the order of the fields."""
        return self.true_positive, self.false_positive, self.false_negative, self.true_negative

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return quality.value(rows, self.amounts)
