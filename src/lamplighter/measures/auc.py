"""Area under the ROC curve."""

from typing import ClassVar

from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring import quality
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes


class Auc(QualityMeasure, frozen=True):
    """The share of pairs that are in the right order (Hanley and McNeil, Radiology 143, 1982), with DeLong's interval."""

    ranks: ClassVar[bool] = True

    def measure(self, rows: Outcomes) -> Figure | Missing:
        """The figure on these rows."""
        return quality.auc(rows)
