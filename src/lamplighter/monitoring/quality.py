"""Exact figures on rows whose truth is known, each with its interval.

Means (Brier score, log loss, absolute error) carry Student's interval, shares (accuracy, precision, recall) Wilson's. All
intervals take the rows as independent.
"""

import math

import numpy as np

from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.intervals import mean_interval, wilson
from lamplighter.monitoring.outcomes import Outcomes
from lamplighter.monitoring.roc import auc

__all__ = ["accuracy", "auc", "bias", "brier", "f1", "log_loss", "mae", "precision", "quantile_loss", "recall", "rmse", "value"]

#: Probabilities nearer to 0 or 1 than this are moved here before a logarithm is taken, as scikit-learn does.
NEAREST = float(np.finfo(np.float64).eps)


def brier(rows: Outcomes, level: float = 0.95) -> Figure | Missing:
    """Mean squared distance of probability and truth (Brier, Monthly Weather Review 78, 1950)."""
    if lacking := rows.without_probabilities():
        return lacking
    return _mean("brier", squared_errors(rows.labels, rows.scores), level, top=1.0)


def log_loss(rows: Outcomes, level: float = 0.95) -> Figure | Missing:
    """Mean of minus the logarithm of the probability given to the truth (Good, J. R. Stat. Soc. B 14, 1952)."""
    if lacking := rows.without_probabilities():
        return lacking
    return _mean("log_loss", log_losses(rows.labels, rows.scores), level)


def accuracy(rows: Outcomes, level: float = 0.95) -> Figure | Missing:
    """Share of decisions that were right."""
    if lacking := rows.without_classes():
        return lacking
    right = (rows.scores >= rows.threshold) == (rows.labels == 1.0)
    return _share("accuracy", int(right.sum()), rows.n, level)


def precision(rows: Outcomes, level: float = 0.95) -> Figure | Missing:
    """Share of positive decisions that were right; `n` is the number of positive decisions."""
    if lacking := rows.without_classes():
        return lacking
    hits, decided = _hits(rows), int((rows.scores >= rows.threshold).sum())
    return _share("precision", hits, decided, level) if decided else Missing(why="No decision was positive.")


def recall(rows: Outcomes, level: float = 0.95) -> Figure | Missing:
    """Share of positive rows that were found; `n` is the number of positive rows."""
    if lacking := rows.without_classes():
        return lacking
    there = rows.positives.size
    return _share("recall", _hits(rows), there, level) if there else Missing(why="No row is positive.")


def f1(rows: Outcomes, level: float = 0.95) -> Figure | Missing:
    """Harmonic mean of precision and recall; `n` is the number of rows that are positive or were decided so.

    It is `2 J / (1 + J)` of the share J of right decisions among those rows, and its interval is Wilson's of J, mapped.
    """
    if lacking := rows.without_classes():
        return lacking
    hits = _hits(rows)
    either = rows.positives.size + int((rows.scores >= rows.threshold).sum()) - hits
    if not either:
        return Missing(why="No row is positive, and no decision was.")
    low, high = wilson(hits, either, level)
    value, low, high = (2.0 * share / (1.0 + share) for share in (hits / either, low, high))
    return Figure(name="f1", value=value, low=low, high=high, n=either, interval="Wilson, mapped", level=level)


def value(rows: Outcomes, amounts: tuple[float, float, float, float], level: float = 0.95) -> Figure | Missing:
    """Mean worth of a decision, in the unit of the amounts: of a right positive, a wrong positive, a wrong negative and a
    right negative decision."""
    if lacking := rows.without_classes():
        return lacking
    decided, positive = rows.scores >= rows.threshold, rows.labels == 1.0
    worth = np.select([decided & positive, decided, positive], amounts[:3], default=amounts[3])
    low, high = mean_interval(worth, level)
    return Figure(name="value", value=float(np.mean(worth)), low=low, high=high, n=rows.n, interval="Student", level=level)


def bias(rows: Outcomes, level: float = 0.95) -> Figure | Missing:
    """How far the mean score lies from the mean label, in units of the target; above or below, it is never negative."""
    if rows.n == 0:
        return Missing(why="No row has both a score and a label.")
    errors = np.sort(rows.scores - rows.labels)
    middle, (low, high) = float(np.mean(errors)), mean_interval(errors, level)
    ends = sorted((abs(low), abs(high)))
    nearest = 0.0 if low <= 0.0 <= high else ends[0]
    return Figure(name="bias", value=abs(middle), low=nearest, high=ends[1], n=rows.n, interval="Student, folded", level=level)


def quantile_loss(rows: Outcomes, quantile: float, level: float = 0.95) -> Figure | Missing:
    """Mean loss of a predicted quantile, in units of the target; half the mean absolute error for the median."""
    if rows.n == 0:
        return Missing(why="No row has both a score and a label.")
    short = rows.labels - rows.scores
    return _mean("quantile_loss", np.sort(np.maximum(quantile * short, (quantile - 1.0) * short)), level)


def mae(rows: Outcomes, level: float = 0.95) -> Figure | Missing:
    """Mean absolute error, in units of the target."""
    if rows.n == 0:
        return Missing(why="No row has both a score and a label.")
    return _mean("mae", np.sort(np.abs(rows.scores - rows.labels)), level)


def rmse(rows: Outcomes, level: float = 0.95) -> Figure | Missing:
    """Root of the mean squared error, in units of the target; the interval is the root of the interval of the mean."""
    if rows.n == 0:
        return Missing(why="No row has both a score and a label.")
    squared = _mean("rmse", squared_errors(rows.labels, rows.scores), level)
    value, low, high = math.sqrt(squared.value), math.sqrt(squared.low), math.sqrt(squared.high)
    return Figure(name="rmse", value=value, low=low, high=high, n=rows.n, interval="Student, root", level=level)


def squared_errors(labels: FloatArray, scores: FloatArray) -> FloatArray:
    """Squared error of each row."""
    return np.asarray((scores - labels) ** 2)


def log_losses(labels: FloatArray, scores: FloatArray) -> FloatArray:
    """Log loss of each row; labels are 0 or 1."""
    probability = np.clip(scores, NEAREST, 1.0 - NEAREST)
    return np.asarray(-np.where(labels == 1.0, np.log(probability), np.log1p(-probability)))


def _hits(rows: Outcomes) -> int:
    return int((rows.positives >= rows.threshold).sum())


def _mean(name: str, losses: FloatArray, level: float, top: float = math.inf) -> Figure:
    low, high = mean_interval(losses, level)
    value, low, high = float(np.mean(losses)), max(0.0, low), min(top, high)
    return Figure(name=name, value=value, low=low, high=high, n=losses.size, interval="Student", level=level)


def _share(name: str, successes: int, n: int, level: float) -> Figure:
    low, high = wilson(successes, n, level)
    return Figure(name=name, value=successes / n, low=low, high=high, n=n, interval="Wilson", level=level)
