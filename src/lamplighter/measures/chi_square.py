"""Chi-square statistic of homogeneity."""

from typing import ClassVar

import numpy as np

from lamplighter.domain.contract import Kind
from lamplighter.measures.base import CATEGORIES, DriftMeasure
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.probability import chi_square_quantile


class ChiSquare(DriftMeasure, frozen=True):
    """Pearson's statistic of the table of reference and window by category (Philosophical Magazine 50, 1900):
    `scipy.stats.chi2_contingency(table, correction=False).statistic`. Categories that both lack are left out.

    It grows with the number of rows; the fixed threshold is the quantile of the chi-square distribution above which a
    share `limit` of windows without drift lies.
    """

    limit: float = 0.05
    columns: ClassVar[frozenset[Kind]] = CATEGORIES

    def distance(self, reference: Distribution, windows: Distribution) -> FloatArray:
        """The statistic."""
        before, after = reference.counts(), windows.counts()
        total = np.maximum(reference.present + windows.present, 1)
        parts = []
        for rows, n in ((before, reference.present), (after, windows.present)):
            expected = (before + after) * (n / total)[..., None]
            parts.append(np.sum((rows - expected) ** 2 / np.where(expected > 0.0, expected, 1.0), axis=-1))
        return np.asarray(parts[0] + parts[1])

    def threshold(self, reference: Distribution) -> float:
        """The quantile for as many categories as the reference holds."""
        held = int(np.count_nonzero(reference.counts()))
        return chi_square_quantile(1.0 - self.limit, max(held - 1, 1))
