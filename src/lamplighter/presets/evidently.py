"""The data drift of Evidently."""

import math
from collections.abc import Iterator

import numpy as np

from lamplighter.domain.contract import Kind
from lamplighter.measures import drift_measure
from lamplighter.monitoring.arrays import IntArray
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.probability import chi_square_below
from lamplighter.monitoring.profile import Profile
from lamplighter.monitoring.smirnov import smirnov_p
from lamplighter.presets.base import USUAL, Preset, UnfitMeasure, Verdict, beyond, inputs, unlikely

#: References with more values are compared by distances, others by tests.
_LARGE = 1000
#: Numbers with so few distinct values are taken as categories.
_FEW = 5
_DISTANCE, _PROBABILITY, _SHARE = 0.1, 0.05, 0.5
_NUMBERS = (Kind.NUMBER, Kind.INTEGER)


class Evidently(Preset, frozen=True):
    """Verdicts of `DataDriftPreset` of Evidently 0.7.23, which chooses the method by column.

    More than 1,000 reference values: the normed Wasserstein distance of numbers and the Jensen-Shannon distance with natural
    logarithm of categories, drift from 0.1 on. Fewer: the two-sample test of Kolmogorov and Smirnov of numbers up to 0.05,
    chi-square or, for two values, the z test of categories below 0.05. The data set drifts if half of its inputs do.

    Distances of numbers are those of Evidently to 0.002, statistics of Kolmogorov and Smirnov to the share of one cell, which
    moved their probability by at most 0.06, and with it the share of drifted columns where one is at its limit. Figures of
    categories are the same while the reference has at most 256. A number with at most five occupied cells counts
    as few distinct values. Texts are categories here.
    """

    def check(self) -> None:
        """Raise `UnfitMeasure` where the project names a measure."""
        if self.method != USUAL:
            raise UnfitMeasure(self.name, "Evidently chooses the method by column, so that a measure would have no effect.")

    def judged(self, profile: Profile, held: list[tuple[str, Distribution]]) -> Iterator[Verdict]:
        """The verdict on each column, and the one on the data set."""
        columns = [_column(name, profile.columns[name], window) for name, window in held]
        yield from columns
        drifted = {verdict.column for verdict in columns if verdict.drifted}
        if own := inputs(held):
            share = sum(name in drifted for name in own) / len(own)
            yield beyond("", "share_of_drifted_columns", share, _SHARE, reached=True)


def _column(name: str, reference: Distribution, window: Distribution) -> Verdict:
    occupied = (reference.counts() + window.counts()) > 0
    numbers = reference.kind in _NUMBERS and int(np.count_nonzero(occupied)) > _FEW
    if int(reference.present) > _LARGE:
        if numbers:
            value = float(drift_measure("wasserstein").distance(reference, window))
            return beyond(name, "wasserstein", value, _DISTANCE, reached=True)
        return beyond(name, "jensenshannon", _natural(reference, window), _DISTANCE, reached=True)
    if numbers:
        statistic = float(drift_measure("kolmogorov_smirnov").distance(reference, window))
        probability = smirnov_p(statistic, int(reference.present), int(window.present))
        return unlikely(name, "ks_p", probability, _PROBABILITY, reached=True)
    before, after = reference.counts()[occupied], window.counts()[occupied]
    if before.size > 2:
        return unlikely(name, "chisquare_p", _chi_square(before, after), _PROBABILITY)
    return unlikely(name, "z_p", _z(before, after), _PROBABILITY)


def _natural(reference: Distribution, window: Distribution) -> float:
    """Jensen-Shannon distance over the finest cells with natural logarithm (Lin, IEEE Trans. Inf. Theory 37, 1991)."""
    before, after = reference.shares(), window.shares()
    middle = (before + after) / 2.0
    parts = [part[part > 0] @ np.log(part[part > 0] / middle[part > 0]) for part in (before, after)]
    return math.sqrt(max(float(sum(parts)) / 2.0, 0.0))


def _chi_square(before: IntArray, after: IntArray) -> float:
    """Fit of the window to the reference, each category expected as often as there (Pearson, 1900); a new one is impossible."""
    if not before.all():
        return 0.0
    expected = before * (after.sum() / before.sum())
    return 1.0 - chi_square_below(float(((after - expected) ** 2 / expected).sum()), before.size - 1)


def _z(before: IntArray, after: IntArray) -> float:
    """Difference of two shares by the normal distribution, two-sided."""
    if before.size < 2:
        return 1.0
    n, m = before.sum(), after.sum()
    both = (before[1] + after[1]) / (n + m)
    z = (before[1] / n - after[1] / m) / math.sqrt(both * (1.0 - both) * (1.0 / n + 1.0 / m))
    return math.erfc(abs(z) / math.sqrt(2.0))
