"""The line on the log-odds of scores that makes what came true most likely, and what it makes of scores.

Maximum likelihood by Newton's method, which for a logistic model is iteratively reweighted least squares (McCullagh and
Nelder, Generalized Linear Models, 1989); a step that does not raise the likelihood is halved.
"""

import numpy as np

from lamplighter.domain.calibration import Calibration, all_calibrated, log_odds
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.labelled import Labelled

_STEPS, _HALVES = 100, 40
#: The fit is done where the mean slope of the likelihood is no steeper than this.
_FLAT = 1e-12


def fit(labels: FloatArray, scores: FloatArray, *, with_slope: bool = True) -> Calibration | Missing:
    """The most likely line for labels of 0 and 1; without `with_slope` its intercept alone, with a slope of 1."""
    if not np.all((labels == 0.0) | (labels == 1.0)):
        return Missing(why="The labels are not 0 and 1.")
    if not labels.size or labels.min() == labels.max():
        return Missing(why="All labels are of one class.")
    odds = np.fromiter(map(log_odds, scores.tolist()), dtype=np.float64, count=scores.size)
    if with_slope and odds.min() == odds.max():
        return Missing(why="All scores are the same, so no slope can be told.")
    if with_slope and _are_apart(labels, odds):
        return Missing(why="The scores tell the classes apart without an error, so the steeper a line, the likelier it is.")
    columns = np.stack([np.ones_like(odds), odds]) if with_slope else np.ones((1, odds.size))
    offset = np.zeros_like(odds) if with_slope else odds
    found = _most_likely(labels, columns, offset)
    if found is None:
        return Missing(why="No line is the most likely one as far as numbers of 64 bits can tell.")
    line = Calibration(intercept=float(found[0]), slope=float(found[1]) if with_slope else 1.0)
    if line.slope <= 0.0:
        return Missing(why=f"The slope would be {line.slope:.3f}: higher scores came true no more often than lower ones.")
    return line if line.is_lawful else Missing(why="The most likely line is so steep that it makes 0 and 1 of all scores.")


def _are_apart(labels: FloatArray, odds: FloatArray) -> bool:
    """Whether no score of one class lies beyond one of the other, so that the likelihood has no top."""
    absent, there = odds[labels == 0.0], odds[labels == 1.0]
    return bool(absent.max() <= there.min() or there.max() <= absent.min())


def _most_likely(labels: FloatArray, columns: FloatArray, offset: FloatArray) -> FloatArray | None:
    """The weights of the columns at which the likelihood is highest; nothing where it rises without end."""
    weights = np.zeros(len(columns))
    if len(columns) > 1:
        weights[1] = 1.0
    likelihood = _likelihood(labels, weights @ columns + offset)
    for _ in range(_STEPS):
        chances = _chances(weights @ columns + offset)
        slope = columns @ (labels - chances)
        if np.abs(slope).max() <= _FLAT * labels.size:
            return weights
        try:
            step = np.linalg.solve((columns * (chances * (1.0 - chances))) @ columns.T, slope)
        except np.linalg.LinAlgError:
            return None
        for halving in range(_HALVES):
            tried = weights + step / 2.0**halving
            reached = _likelihood(labels, tried @ columns + offset)
            if reached > likelihood:
                break
        else:
            # No step of this direction leads higher: the top is reached as closely as float64 tells.
            return weights if np.abs(step).max() < 1e-6 * (1.0 + np.abs(weights).max()) else None
        weights, likelihood = tried, reached
    return None


def _likelihood(labels: FloatArray, odds: FloatArray) -> float:
    """The logarithm of it."""
    return float(labels @ odds - np.logaddexp(0.0, odds).sum())


def _chances(odds: FloatArray) -> FloatArray:
    power = np.exp(-np.abs(odds))
    return np.asarray(np.where(odds >= 0.0, 1.0, power) / (1.0 + power))


def recalibrated(rows: Labelled, by: Calibration) -> Labelled:
    """The same rows with calibrated scores."""
    scores = np.array(all_calibrated(by, rows.scores.tolist()), dtype=np.float64)
    return Labelled(labels=rows.labels, scores=scores, cells=rows.cells, keys=rows.keys)
