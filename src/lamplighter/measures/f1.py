"""F1 score."""

from typing import ClassVar

from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import quality
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class FOne(QualityMeasure, frozen=True):
    """Harmonic mean of precision and recall (van Rijsbergen, Information Retrieval, 1979)."""

    decides: ClassVar[bool] = True

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return quality.f1(rows)
