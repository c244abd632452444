"""Figures carry the names of scikit-learn and its definitions, whatever ties and orders the rows have."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics  # type: ignore[import-untyped]

from lamplighter.measures.average_precision import AveragePrecision
from lamplighter.measures.base import QualityMeasure
from lamplighter.measures.bias import Bias
from lamplighter.measures.calibration_error import CalibrationError
from lamplighter.measures.f1 import FOne
from lamplighter.measures.lift import Lift
from lamplighter.measures.quantile_loss import QuantileLoss
from lamplighter.measures.value import BusinessValue
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import outcomes

BOTH_CLASSES = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8)), min_size=2, max_size=60).filter(
    lambda rows: {label for label, _ in rows} == {0, 1}
)
CLASSES: list[tuple[QualityMeasure, Callable[[FloatArray, FloatArray], float]]] = [
    (FOne(), lambda labels, scores: metrics.f1_score(labels, scores >= 0.5, zero_division=0.0)),
    (AveragePrecision(), metrics.average_precision_score),
]


@pytest.mark.parametrize(("measure", "theirs"), CLASSES, ids=lambda part: getattr(part, "name", ""))
@given(rows=BOTH_CLASSES)
def test_two_classes(
    measure: QualityMeasure, theirs: Callable[[FloatArray, FloatArray], float], rows: list[tuple[int, int]]
) -> None:
    labels, scores = np.array([label for label, _ in rows]), np.array([score for _, score in rows]) / 8
    figure = measure.measure(outcomes(labels, scores))
    assert isinstance(figure, Figure)
    assert figure.value == pytest.approx(theirs(labels, scores), abs=1e-12)
    assert figure.low <= figure.value <= figure.high
    assert measure.measure(outcomes(labels[::-1], scores[::-1])) == figure


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
def test_quantile_loss(quantile: float) -> None:
    random = np.random.default_rng(3)
    labels, scores = random.normal(size=200), random.normal(size=200)
    figure = QuantileLoss(quantile=quantile).measure(outcomes(labels, scores))
    assert isinstance(figure, Figure)
    assert figure.value == pytest.approx(metrics.mean_pinball_loss(labels, scores, alpha=quantile))


def test_lift_counts_what_the_best_rows_hold() -> None:
    labels, scores = [1, 1, 0, 1, 0, 0, 0, 0, 0, 0], [0.9, 0.8, 0.7, 0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1]
    found = {share: Lift(share=share).measure(outcomes(labels, scores)) for share in (0.2, 0.3, 0.5, 1.0)}
    values = {share: figure.value for share, figure in found.items() if isinstance(figure, Figure)}
    # Two of three positives in a fifth of the rows; the cut at a half falls among three equal scores, one of them positive.
    assert values == pytest.approx({0.2: 2 / 3 / 0.2, 0.3: 2 / 3 / 0.3, 0.5: (2 + 2 / 3) / 3 / 0.5, 1.0: 1.0})


def test_value_follows_the_cost_matrix() -> None:
    measure = BusinessValue(true_positive=100.0, false_positive=-10.0, false_negative=-50.0, true_negative=1.0)
    figure = measure.measure(outcomes([1, 0, 1, 0], [0.9, 0.9, 0.1, 0.1]))
    assert isinstance(figure, Figure)
    assert figure.value == pytest.approx((100 - 10 - 50 + 1) / 4)


def test_bias_has_no_sign_and_its_interval_reaches_zero_when_none_is_shown() -> None:
    random = np.random.default_rng(1)
    labels = random.normal(size=400)
    above, below = (Bias().measure(outcomes(labels, labels + shift + random.normal(size=400))) for shift in (0.5, -0.5))
    none = Bias().measure(outcomes(labels, labels + random.normal(size=400)))
    assert isinstance(above, Figure)
    assert isinstance(below, Figure)
    assert isinstance(none, Figure)
    assert 0.4 < above.value < 0.6 > below.value > 0.4
    assert (none.low, above.low > 0.0, below.low > 0.0) == (0.0, True, True)


def test_probabilities_that_mean_what_they_say_have_a_small_error_and_others_do_not() -> None:
    random = np.random.default_rng(2)
    scores = random.random(20_000)
    true, shifted = (random.random(20_000) < chance for chance in (scores, scores**2))
    good, bad = (CalibrationError().measure(outcomes(labels.astype(float), scores)) for labels in (true, shifted))
    assert isinstance(good, Figure)
    assert isinstance(bad, Figure)
    assert good.high < 0.02
    assert bad.low > 0.14
    assert bad.value == pytest.approx(1 / 6, abs=0.01)


@pytest.mark.parametrize("measure", [FOne(), AveragePrecision(), Lift(), BusinessValue(), CalibrationError()])
def test_labels_that_are_no_classes_have_no_figure(measure: QualityMeasure) -> None:
    assert isinstance(measure.measure(outcomes([0.3, 2.0], [0.1, 0.9])), Missing)
