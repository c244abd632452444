"""The univariate drift of NannyML."""

from collections.abc import Iterator

import numpy as np

from lamplighter.measures import drift_measure
from lamplighter.monitoring.arrays import IntArray
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.probability import chi_square_below
from lamplighter.monitoring.profile import Profile
from lamplighter.presets.base import USUAL, Preset, UnfitMeasure, Verdict, beyond, unlikely

#: Methods by the names they have there, which are ours.
METHODS = ("jensen_shannon", "hellinger", "l_infinity", "kolmogorov_smirnov", "chi_square")


class NannyML(Preset, frozen=True):
    """Alerts of `UnivariateDriftCalculator` of NannyML 0.13.1: a distance above the mean and three standard deviations of ten
    chunks of the reference, or the chi-square test below 0.05.

    The method of the project is taken of the columns it fits, Jensen-Shannon of the others, as there. The chunks are those of
    the rows that the version was registered with, in their order. Figures are those of NannyML; Kolmogorov-Smirnov, which is
    binned there too, to 0.002.

    Texts that the reference lacks (of more than 256 that no contract names: the rarer ones, too) are counted as one category,
    as there for Jensen-Shannon and Hellinger. Where several of them come in a window, two figures are others than there, both
    on the side of an alert. L-infinity is the share of all of them together if that is the largest change. Chi-square has the
    same statistic with one degree of freedom for all of them, so that its probability is smaller; next to a single text of the
    reference it is corrected for two categories, too. Counts of a window say how many rows hold such texts and not which: with
    those they would grow with every text that comes.
    """

    def check(self) -> None:
        """Raise `UnfitMeasure` for a method that is not there."""
        if self.method not in METHODS:
            raise UnfitMeasure(self.name, f"NannyML knows {', '.join(METHODS)}.")

    def judged(self, profile: Profile, held: list[tuple[str, Distribution]]) -> Iterator[Verdict]:
        """The alert of each column."""
        for name, window in held:
            reference = profile.columns[name]
            method = self.method if reference.kind in drift_measure(self.method).columns else USUAL
            if method == "chi_square":
                yield unlikely(name, "chi_square_p", _probability(reference.counts(), window.counts()), 0.05)
            elif method in profile.chunks.get(name, {}):
                value, chunks = drift_measure(method).distance(reference, window), np.array(profile.chunks[name][method])
                yield beyond(name, method, float(value), float(chunks.mean() + 3.0 * chunks.std()))


def _probability(before: IntArray, after: IntArray) -> float:
    """Of the table of both by category, corrected for two (Yates, J. R. Stat. Soc. Supplement 1, 1934), as there."""
    table = np.stack([before, after])[:, (before + after) > 0]
    if table.shape[1] < 2:
        return 1.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    apart = np.abs(table - expected)
    apart -= np.minimum(0.5, apart) if table.shape[1] == 2 else 0.0
    return 1.0 - chi_square_below(float((apart**2 / expected).sum()), table.shape[1] - 1)
