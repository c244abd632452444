"""Whether probabilities mean what they say: the mean score against the rate, over all rows and by bins of the score."""

from collections.abc import Sequence

import numpy as np

from lamplighter.domain.record import Record
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.intervals import mean_interval, wilson
from lamplighter.monitoring.outcomes import Outcomes


class ReliabilityBin(Record, frozen=True):
    """Rows with about the same score."""

    #: Smallest and largest score in the bin.
    first: float
    last: float
    mean_score: float
    #: Share of positive rows, with Wilson's interval.
    rate: Figure


class Calibration(Record, frozen=True):
    """How far scores and rates are apart."""

    mean_score: float
    rate: Figure
    #: Mean score minus rate; above zero the model promises too much.
    difference: Figure
    #: Mean distance of score and rate over the bins, weighted by rows (Naeini, Cooper and Hauskrecht, AAAI 2015).
    expected_error: float
    #: Bins with about the same number of rows, in the order of the score; equal scores share a bin.
    bins: tuple[ReliabilityBin, ...]


def calibration(rows: Outcomes, bins: int = 10, level: float = 0.95) -> Calibration | Missing:
    """Reliability of the probabilities; at most `bins` bins."""
    if lacking := rows.without_probabilities():
        return lacking
    parts = _parts(rows, bins, level)
    gaps = [abs(part.mean_score - part.rate.value) * part.rate.n for part in parts]
    return Calibration(
        mean_score=float(np.mean(rows.scores)),
        rate=_rate(rows.positives.size, rows.n, level),
        difference=_difference(rows, level),
        expected_error=sum(gaps) / rows.n,
        bins=parts,
    )


def expected_error(rows: Outcomes, bins: int = 10, level: float = 0.95) -> Figure | Missing:
    """The expected error with its interval, as `distance` has it."""
    found = calibration(rows, bins, level)
    return found if isinstance(found, Missing) else distance(found, [part.mean_score for part in found.bins], level)


def distance(found: Calibration, chances: Sequence[float], level: float = 0.95) -> Figure:
    """Mean distance of the rate of each bin from its chance, weighted by rows, with an interval: positives are drawn anew in
    each bin, 999 times from a fixed seed, with the rate that the bin showed (the parametric bootstrap: Efron, Annals of
    Statistics 7, 1979). Chance alone makes it larger than 0, the more so the fewer the rows."""
    random = np.random.default_rng(0)
    sizes = np.array([part.rate.n for part in found.bins])
    drawn = random.binomial(sizes, [part.rate.value for part in found.bins], size=(999, sizes.size)) / sizes
    weights, expected = sizes / sizes.sum(), np.asarray(chances)
    errors = np.abs(expected - drawn) @ weights
    low, high = np.quantile(errors, [(1.0 - level) / 2.0, (1.0 + level) / 2.0]).tolist()
    value = float(np.abs(expected - [part.rate.value for part in found.bins]) @ weights)
    interval = "bootstrap in each bin"
    return Figure(
        name="calibration_error",
        value=value,
        low=min(low, value),
        high=max(high, value),
        n=int(sizes.sum()),
        interval=interval,
        level=level,
    )


def _parts(rows: Outcomes, bins: int, level: float) -> tuple[ReliabilityBin, ...]:
    edges = np.unique(np.quantile(rows.scores, np.arange(1, bins) / bins, method="inverted_cdf"))
    classes = (np.split(scores, np.searchsorted(scores, edges)) for scores in (rows.negatives, rows.positives))
    return tuple(_bin(absent, there, level) for absent, there in zip(*classes, strict=True) if absent.size or there.size)


def _bin(absent: FloatArray, there: FloatArray, level: float) -> ReliabilityBin:
    """Of the rising scores of negative and of positive rows."""
    scores = np.concatenate([absent, there])
    rate, mean = _rate(there.size, scores.size, level), float(np.mean(scores))
    return ReliabilityBin(first=float(scores.min()), last=float(scores.max()), mean_score=mean, rate=rate)


def _rate(positives: int, n: int, level: float) -> Figure:
    low, high = wilson(positives, n, level)
    return Figure(name="rate", value=positives / n, low=low, high=high, n=n, interval="Wilson", level=level)


def _difference(rows: Outcomes, level: float) -> Figure:
    gaps = rows.scores - rows.labels
    low, high = mean_interval(gaps, level)
    value, low, high = float(np.mean(gaps)), max(-1.0, low), min(1.0, high)
    return Figure(name="calibration", value=value, low=low, high=high, n=rows.n, interval="Student", level=level)
