"""Quality measures read the decision threshold with the rows, and give the figures of the engine."""

import numpy as np
import pytest

from lamplighter.measures.accuracy import Accuracy
from lamplighter.measures.auc import Auc
from lamplighter.measures.base import QualityMeasure
from lamplighter.measures.brier import Brier
from lamplighter.measures.log_loss import LogLoss
from lamplighter.measures.mae import MeanAbsoluteError
from lamplighter.measures.precision import Precision
from lamplighter.measures.recall import Recall
from lamplighter.measures.rmse import RootMeanSquaredError
from lamplighter.monitoring.figure import Figure
from lamplighter.monitoring.outcomes import outcomes

LABELS, SCORES = [1, 0, 1, 0], [0.8, 0.6, 0.4, 0.2]


@pytest.mark.parametrize(
    ("measure", "threshold", "value"),
    [
        (Auc(), 0.5, 0.75),
        (Brier(), 0.5, 0.2),
        (LogLoss(), 0.5, -np.mean(np.log([0.8, 0.4, 0.4, 0.8]))),
        (Accuracy(), 0.5, 0.5),
        (Precision(), 0.5, 0.5),
        (Precision(), 0.7, 1.0),
        (Recall(), 0.5, 0.5),
        (Recall(), 0.4, 1.0),
        (MeanAbsoluteError(), 0.5, 0.4),
        (RootMeanSquaredError(), 0.5, np.sqrt(0.2)),
    ],
)
def test_values(measure: QualityMeasure, threshold: float, value: float) -> None:
    figure = measure.measure(outcomes(LABELS, SCORES, threshold))
    assert isinstance(figure, Figure)
    assert figure.value == pytest.approx(value)
