"""Expected calibration error."""

from typing import ClassVar

from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import calibration
from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class CalibrationError(QualityMeasure, frozen=True):
    """Mean distance of score and rate over bins of equal size (Naeini, Cooper and Hauskrecht, AAAI 2015)."""

    #: At most this many bins.
    bins: int = 10

    direction: ClassVar[Direction] = Direction.LOWER

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return calibration.expected_error(rows, self.bins)
