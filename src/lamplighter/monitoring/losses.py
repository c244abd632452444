"""What each row loses under a measure: figures of a whole window are explained by the losses of its rows."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.quality import log_losses, squared_errors


class Loss(NamedTuple):
    """One loss."""

    #: How people call its mean.
    name: str
    #: Labels, scores and the threshold of the decision in, one loss a row out.
    of: Callable[[FloatArray, FloatArray, float], FloatArray]

    def promised(self, scores: FloatArray, threshold: float) -> FloatArray:
        """The loss to expect of each row if its score is the chance that it is said to be."""
        there, absent = np.ones_like(scores), np.zeros_like(scores)
        return scores * self.of(there, scores, threshold) + (1.0 - scores) * self.of(absent, scores, threshold)


def _squared(labels: FloatArray, scores: FloatArray, _: float) -> FloatArray:
    return squared_errors(labels, scores)


def _logarithmic(labels: FloatArray, scores: FloatArray, _: float) -> FloatArray:
    return log_losses(labels, scores)


def _absolute(labels: FloatArray, scores: FloatArray, _: float) -> FloatArray:
    return np.asarray(np.abs(scores - labels))


def _wrong(labels: FloatArray, scores: FloatArray, threshold: float) -> FloatArray:
    return np.asarray((scores >= threshold) != (labels == 1.0), dtype=np.float64)


_SQUARED = Loss("mean squared error", _squared)
_WRONG = Loss("share of wrong decisions", _wrong)
_BY_MEASURE: Mapping[str, Loss] = {
    "log_loss": Loss("log loss", _logarithmic),
    "mae": Loss("mean absolute error", _absolute),
    "quantile_loss": Loss("mean absolute error", _absolute),
    **dict.fromkeys(("accuracy", "precision", "recall", "f1", "value"), _WRONG),
}


def loss_of(measure: str) -> Loss:
    """The loss that stands for a measure. An area or a rank has none of its own; squared errors stand for it."""
    return _BY_MEASURE.get(measure, _SQUARED)
