"""The area under the ROC curve and its variance.

DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988): the area is the share of pairs of a positive and a negative row
in which the positive row has the higher score, ties counting one half; its variance follows from the share of each row.
The shares are found by sorting, as in Sun and Xu, IEEE Signal Processing Letters 21 (2014).
"""

import math

import numpy as np

from lamplighter.monitoring.arrays import FloatArray, IntArray
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes
from lamplighter.monitoring.probability import normal_quantile


def placements(scores: FloatArray, ordered: FloatArray) -> FloatArray:
    """For each score the share of the other class below it, ties counting one half; `ordered` is rising and not empty."""
    twice = np.searchsorted(ordered, scores, "left") + np.searchsorted(ordered, scores, "right")
    return np.asarray(twice / (2.0 * ordered.size))


def area(positives: FloatArray, negatives: FloatArray) -> float:
    """The area under the curve, from whole numbers only; both are rising, and neither may be empty."""
    return _area(*_before(positives, negatives), negatives.size)


def _before(positives: FloatArray, negatives: FloatArray) -> tuple[IntArray, IntArray]:
    """For each positive row how many negative ones lie below it, and how many not above it."""
    return np.searchsorted(negatives, positives, "left"), np.searchsorted(negatives, positives, "right")


def _area(below: IntArray, not_above: IntArray, negatives: int) -> float:
    return int(below.sum() + not_above.sum()) / (2 * below.size * negatives)


def auc(rows: Outcomes, level: float = 0.95) -> Figure | Missing:
    """Area under the ROC curve with DeLong's variance; the interval is made on the logit scale, which keeps it in range
    (Pepe, The Statistical Evaluation of Medical Tests, 2003). Where all pairs agree the variance says
    nothing, and the exact bound for the smaller class is given."""
    if lacking := _lacking(rows):
        return lacking
    positives, negatives = rows.positives, rows.negatives
    below, not_above = _before(positives, negatives)
    value = _area(below, not_above, negatives.size)
    fewest = min(positives.size, negatives.size)
    if value in (0.0, 1.0):
        bound = ((1.0 - level) / 2.0) ** (1.0 / fewest)
        low, high = (bound, 1.0) if value == 1.0 else (0.0, 1.0 - bound)
        return Figure(name="auc", value=value, low=low, high=high, n=rows.n, interval="exact, all pairs agree", level=level)
    low, high = _logit(value, _variance(below, not_above, negatives.size), level) if fewest > 1 else (0.0, 1.0)
    return Figure(name="auc", value=value, low=low, high=high, n=rows.n, interval="DeLong, logit", level=level)


def _lacking(rows: Outcomes) -> Missing | None:
    if lacking := rows.without_classes():
        return lacking
    if rows.positives.size and rows.negatives.size:
        return None
    return Missing(why="All labels are of one class, so there is no pair to compare.")


def _variance(below: IntArray, not_above: IntArray, negatives: int) -> float:
    # A positive row is not above the negative row at a place if no more negative ones than that lie below it, and so on.
    reached = np.cumsum(np.bincount(below, minlength=negatives)[:negatives])
    passed = np.cumsum(np.bincount(not_above, minlength=negatives)[:negatives])
    of_positives = np.var((below + not_above) / (2.0 * negatives), ddof=1) / below.size
    of_negatives = np.var((reached + passed) / (2.0 * below.size), ddof=1) / negatives
    return float(of_positives + of_negatives)


def _logit(value: float, variance: float, level: float) -> tuple[float, float]:
    middle = math.log(value / (1.0 - value))
    half = normal_quantile(0.5 + level / 2.0) * math.sqrt(variance) / (value * (1.0 - value))
    return _expit(middle - half), _expit(middle + half)


def _expit(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0
