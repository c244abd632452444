"""The fit against scikit-learn and against the truth, and what it makes of a reference."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from lamplighter.domain.calibration import Calibration, all_calibrated, calibrated, log_odds
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.recalibration import fit


def drawn(n: int, line: Calibration, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """Labels whose chance is the calibrated score."""
    random = np.random.default_rng(seed)
    scores = random.beta(1.2, 4.0, n)
    chances = np.array(all_calibrated(line, scores.tolist()))
    return (random.random(n) < chances).astype(np.float64), scores


@pytest.mark.parametrize("seed", range(3))
def test_the_fit_is_that_of_scikit_learn(seed: int) -> None:
    labels, scores = drawn(4_000, Calibration(intercept=-0.8, slope=0.6), seed)
    odds = np.array([log_odds(one) for one in scores.tolist()])
    known = LogisticRegression(C=np.inf, tol=1e-12, solver="newton-cholesky", max_iter=200).fit(odds[:, None], labels)
    found = fit(labels, scores)
    assert isinstance(found, Calibration)
    assert (found.intercept, found.slope) == pytest.approx((known.intercept_[0], known.coef_[0, 0]), abs=1e-7)
    assert (found.intercept, found.slope) == pytest.approx((-0.8, 0.6), abs=0.25)


def test_the_mean_of_the_fitted_scores_is_the_rate() -> None:
    labels, scores = drawn(2_000, Calibration(intercept=-1.0))
    for with_slope in (True, False):
        found = fit(labels, scores, with_slope=with_slope)
        assert isinstance(found, Calibration)
        assert np.mean(all_calibrated(found, scores.tolist())) == pytest.approx(labels.mean(), abs=1e-10)
        assert with_slope or found.slope == 1.0


def test_scores_of_nothing_and_everything_are_fitted_too() -> None:
    labels, scores = drawn(2_000, Calibration(intercept=-1.0))
    scores[:10], scores[10:20] = 0.0, 1.0
    assert isinstance(fit(labels, scores), Calibration)


def why(labels: list[float], scores: list[float], *, with_slope: bool = True) -> str:
    found = fit(np.array(labels), np.array(scores), with_slope=with_slope)
    assert isinstance(found, Missing)
    return found.why


def test_what_cannot_be_fitted_is_said() -> None:
    mixed = [0.1, 0.6, 0.3, 0.9]
    assert why([], []) == "All labels are of one class."
    assert why([1.0] * 4, mixed) == "All labels are of one class."
    assert why([0.0, 1.0, 2.0, 0.0], mixed) == "The labels are not 0 and 1."
    assert "All scores are the same" in why([0.0, 1.0], [0.3, 0.3])
    assert "The slope would be -" in why([1.0, 0.0, 1.0, 0.0, 1.0, 0.0], [0.1, 0.6, 0.3, 0.9, 0.8, 0.2])
    # Scores that tell the classes apart make the likelihood rise without end.
    assert "tell the classes apart without an error" in why([0.0, 1.0, 0.0, 1.0], mixed)


def test_hard_starts_end_at_the_top() -> None:
    # A full step from the start would leave the range in which the likelihood is curved.
    labels, scores = drawn(3_000, Calibration(intercept=-2.5, slope=0.2))
    found = fit(labels, scores)
    assert isinstance(found, Calibration)
    assert np.mean([calibrated(found, one) for one in scores.tolist()]) == pytest.approx(labels.mean(), abs=1e-10)
