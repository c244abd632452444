"""Whether probabilities still mean what they meant: the calibration error of a window once its scores are read as on the
reference.

On the reference a block of scores (`isotonic`) had a rate of positive rows. The error is the mean distance of the rate of a
bin of scores from the one that the reference lets expect there. A model that never kept its word has none as long as it
errs as before. Where the reference holds no labels a score is taken at its word, and it is the expected calibration error.

The scores of a window are given; their labels are drawn 999 times as they would fall if nothing had moved: first the chances,
from what the reference leaves open of them, then the labels of each bin. The errors of the draws say how large it is by chance
alone, which with few rows is not small. Their square root is close to normal in the upper tail; from a normal distribution
that is a little wider (`alarms.upper_tail`) the limit for any rate of false alarms is read, and the rate at any limit.

An error that is beyond chance is not yet one that matters: the limit never lies below what is to be expected plus a tenth of
the standard deviation of the labels, the size from which a movement of an input counts as large. At a rate of 50 % that is
0.05, at 1 % it is 0.01.
"""

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from lamplighter.domain.contract import Meaning
from lamplighter.domain.record import Record
from lamplighter.monitoring.alarms import upper_tail
from lamplighter.monitoring.arrays import FloatArray, IntArray
from lamplighter.monitoring.binning import NumericBins
from lamplighter.monitoring.calibration import Calibration, calibration, distance
from lamplighter.monitoring.chances import Chances
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes
from lamplighter.monitoring.profile import PREDICTION, Profile

#: The smallest effect that counts, in standard deviations of the labels.
EFFECT = 0.1
_DRAWS = 999


class Curve(NamedTuple):
    """What scores meant on a reference."""

    #: Edges of the cells of the score, rising.
    edges: FloatArray
    chances: Chances


class Shift(Record, frozen=True):
    """What the scores of a window mean, beside what they meant."""

    #: How far it is apart, with an interval.
    error: Figure
    #: How far by chance alone.
    expected: float
    #: Beyond it the error is more than chance and large enough to matter.
    limit: float
    #: Probability that a window in which nothing moved lies beyond the limit.
    rate: float
    #: Mean score, the share of positive rows that the reference lets expect of these scores, and the share of positive rows.
    said: float
    meant: float
    came: float

    @property
    def moved(self) -> bool:
        """Whether the error is beyond the limit."""
        return self.error.value > self.limit


def curve(profile: Profile | None) -> Curve | None:
    """What scores meant on the rows of a profile; nothing if their labels are not known."""
    truth = profile.truth if profile is not None else None
    bins = profile.columns[PREDICTION].bins if profile is not None else None
    if truth is None or truth.meaning is not Meaning.PROBABILITY or not isinstance(bins, NumericBins):
        return None
    return Curve(bins.edges, truth.chances)


def shift(rows: Outcomes, reference: Curve | None, rate: float, effect: float = EFFECT) -> Shift | Missing:
    """How far the calibration of these rows has moved; `rate` is the probability of an alarm if nothing has, at most."""
    found = calibration(rows)
    if isinstance(found, Missing):
        return found
    sizes = np.array([part.rate.n for part in found.bins], dtype=np.int64)
    means, variances = _chances(rows, found, reference)
    errors = _drawn(sizes, means, variances)
    middle, spread = upper_tail(np.sqrt(errors))
    expected, base = float(errors.mean()), float(sizes @ means) / rows.n
    chance = max(0.0, middle + NormalDist().inv_cdf(1.0 - rate) * spread) ** 2
    limit = max(chance, expected + effect * math.sqrt(base * (1.0 - base)))
    return Shift(
        error=distance(found, means.tolist()),
        expected=expected,
        limit=limit,
        rate=NormalDist().cdf((middle - math.sqrt(limit)) / spread),
        said=found.mean_score,
        meant=base,
        came=found.rate.value,
    )


def _chances(rows: Outcomes, found: Calibration, reference: Curve | None) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of the rate of each bin if scores mean what they meant."""
    if reference is None:
        said = np.array([part.mean_score for part in found.bins])
        return said, np.zeros_like(said)
    blocks = reference.chances.blocks[np.searchsorted(reference.edges, rows.scores, side="right")]
    bins = np.searchsorted([part.first for part in found.bins], rows.scores, side="right") - 1
    shape = (len(found.bins), int(reference.chances.blocks[-1]) + 1)
    held = np.bincount(np.ravel_multi_index((bins, blocks), shape), minlength=shape[0] * shape[1]).reshape(shape)
    weights = held / held.sum(axis=1, keepdims=True)
    return weights @ reference.chances.means(), weights**2 @ reference.chances.variances()


def _drawn(sizes: IntArray, means: FloatArray, variances: FloatArray) -> FloatArray:
    """Errors of windows with these bins in which nothing has moved."""
    random = np.random.default_rng(0)
    shape = (_DRAWS, sizes.size)
    rates = np.broadcast_to(means, shape)
    if variances.any():
        # The Beta distribution of the same mean and variance.
        total = means * (1.0 - means) / variances - 1.0
        rates = random.beta(means * total, (1.0 - means) * total, size=shape)
    return np.asarray(np.abs(means - random.binomial(sizes, rates) / sizes) @ (sizes / sizes.sum()))
