"""The area under the ROC curve and its variance.

DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988): the area is the share of pairs of a positive and a negative row
in which the positive row has the higher score, ties counting one half; its variance follows from the share of each row.
The shares are found by sorting, as in Sun and Xu, IEEE Signal Processing Letters 21 (2014).
"""

import math

import numpy as np

from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes
from lamplighter.monitoring.probability import normal_quantile


def placements(scores: FloatArray, ordered: FloatArray) -> FloatArray:
    """For each score the share of the other class below it, ties counting one half; `ordered` is rising and not empty."""
    twice = np.searchsorted(ordered, scores, "left") + np.searchsorted(ordered, scores, "right")
    return np.asarray(twice / (2.0 * ordered.size))


def area(positives: FloatArray, negatives: FloatArray) -> float:
    """The area under the curve, from whole numbers only; neither class may be empty."""
    left = np.searchsorted(negatives, positives, "left").sum()
    right = np.searchsorted(negatives, positives, "right").sum()
    return int(left + right) / (2 * positives.size * negatives.size)


def auc(rows: Outcomes, level: float = 0.95) -> Figure | Missing:
    """Area under the ROC curve with DeLong's variance; the interval is made on the logit scale, which keeps it in range
    (Pepe, The Statistical Evaluation of Medical Tests, 2003). Where all pairs agree the variance says
    nothing, and the exact bound for the smaller class is given."""
    if lacking := _lacking(rows):
        return lacking
    positives, negatives = rows.positives, rows.negatives
    value = area(positives, negatives)
    fewest = min(positives.size, negatives.size)
    if value in (0.0, 1.0):
        bound = ((1.0 - level) / 2.0) ** (1.0 / fewest)
        low, high = (bound, 1.0) if value == 1.0 else (0.0, 1.0 - bound)
        return Figure(name="auc", value=value, low=low, high=high, n=rows.n, interval="exact, all pairs agree", level=level)
    low, high = _logit(value, _variance(positives, negatives), level) if fewest > 1 else (0.0, 1.0)
    return Figure(name="auc", value=value, low=low, high=high, n=rows.n, interval="DeLong, logit", level=level)


def _lacking(rows: Outcomes) -> Missing | None:
    if lacking := rows.without_classes():
        return lacking
    if rows.positives.size and rows.negatives.size:
        return None
    return Missing(why="All labels are of one class, so there is no pair to compare.")


def _variance(positives: FloatArray, negatives: FloatArray) -> float:
    of_positives = np.var(placements(positives, negatives), ddof=1) / positives.size
    of_negatives = np.var(placements(negatives, positives), ddof=1) / negatives.size
    return float(of_positives + of_negatives)


def _logit(value: float, variance: float, level: float) -> tuple[float, float]:
    middle = math.log(value / (1.0 - value))
    half = normal_quantile(0.5 + level / 2.0) * math.sqrt(variance) / (value * (1.0 - value))
    return _expit(middle - half), _expit(middle + half)


def _expit(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0
