"""What each row adds to the difference of two figures.

The variance of a difference is the sum of the squares of these parts: exact for mean losses, DeLong's for the area under
the ROC curve, and by the delta method (the root taken as straight near its argument) for the root mean squared error.
"""

import math
from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.record import Record
from lamplighter.monitoring.arrays import FloatArray, IntArray
from lamplighter.monitoring.figure import Direction
from lamplighter.monitoring.quality import log_losses, squared_errors
from lamplighter.monitoring.roc import area, placements


class Metric(StrEnum):
    """The figure that decides."""

    AUC = "auc"
    BRIER = "brier"
    LOG_LOSS = "log_loss"
    RMSE = "rmse"
    MAE = "mae"

    @property
    def direction(self) -> Direction:
        """Which way is better."""
        return Direction.HIGHER if self is Metric.AUC else Direction.LOWER


class Paired(Record, frozen=True, eq=False):
    """Two figures on the same rows."""

    champion: float
    challenger: float
    #: What each row adds to the difference beyond its mean; the sum is zero.
    influence: FloatArray
    #: Rows of the class that the row belongs to, where classes are sampled apart; else all rows.
    peers: IntArray


def _mean_losses(champion: FloatArray, challenger: FloatArray) -> Paired:
    n = champion.size
    change = challenger - champion
    first, second = float(np.mean(champion)), float(np.mean(challenger))
    return Paired(first, second, (change - np.mean(change)) / n, np.full(n, n, dtype=np.int64))


def _brier(truth: FloatArray, champion: FloatArray, challenger: FloatArray) -> Paired:
    return _mean_losses(squared_errors(truth, champion), squared_errors(truth, challenger))


def _log_loss(truth: FloatArray, champion: FloatArray, challenger: FloatArray) -> Paired:
    return _mean_losses(log_losses(truth, champion), log_losses(truth, challenger))


def _mae(truth: FloatArray, champion: FloatArray, challenger: FloatArray) -> Paired:
    return _mean_losses(np.abs(champion - truth), np.abs(challenger - truth))


def _rmse(truth: FloatArray, champion: FloatArray, challenger: FloatArray) -> Paired:
    mean = _mean_losses(squared_errors(truth, champion), squared_errors(truth, challenger))
    first, second = math.sqrt(mean.champion), math.sqrt(mean.challenger)
    one = (squared_errors(truth, champion) - mean.champion) / (2.0 * first or 1.0)
    other = (squared_errors(truth, challenger) - mean.challenger) / (2.0 * second or 1.0)
    return Paired(first, second, (other - one) / truth.size, mean.peers)


def _auc(truth: FloatArray, champion: FloatArray, challenger: FloatArray) -> Paired:
    positive = truth == 1.0
    first, one = _area_and_influence(positive, champion)
    second, other = _area_and_influence(positive, challenger)
    many = int(positive.sum())
    return Paired(first, second, other - one, np.where(positive, many, truth.size - many).astype(np.int64))


def _area_and_influence(positive: NDArray[np.bool_], scores: FloatArray) -> tuple[float, FloatArray]:
    positives, negatives = np.sort(scores[positive]), np.sort(scores[~positive])
    value = area(positives, negatives)
    influence = np.empty(scores.size)
    influence[positive] = (placements(scores[positive], negatives) - value) / positives.size
    influence[~positive] = (1.0 - placements(scores[~positive], positives) - value) / negatives.size
    return value, influence


#: How each metric is paired: labels, scores of the champion, scores of the challenger.
PAIRINGS: dict[Metric, Callable[[FloatArray, FloatArray, FloatArray], Paired]] = {
    Metric.AUC: _auc,
    Metric.BRIER: _brier,
    Metric.LOG_LOSS: _log_loss,
    Metric.RMSE: _rmse,
    Metric.MAE: _mae,
}
