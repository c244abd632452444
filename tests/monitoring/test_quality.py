"""Figures against scikit-learn, and intervals that cover what they say."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]
from sklearn import metrics  # type: ignore[import-untyped]

from lamplighter.monitoring import quality
from lamplighter.monitoring.calibration import Calibration, calibration
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import Outcomes, outcomes
from lamplighter.monitoring.refusals import UnequalLengths

BINARY: tuple[Callable[[Outcomes], Figure | Missing], ...] = (
    quality.auc,
    quality.brier,
    quality.log_loss,
    quality.accuracy,
    quality.precision,
    quality.recall,
)

EVERY: tuple[Callable[[Outcomes], Figure | Missing | Calibration], ...] = (*BINARY, quality.rmse, quality.mae, calibration)


def figure(found: Figure | Missing) -> Figure:
    assert isinstance(found, Figure), found
    return found


@pytest.mark.parametrize("digits", [1, 2, 16])
@pytest.mark.parametrize("n", [20, 3000])
def test_figures_are_those_of_scikit_learn(n: int, digits: int) -> None:
    random = np.random.default_rng([n, digits])
    labels = (random.random(n) < 0.3).astype(int)
    scores = np.round(np.clip(random.normal(0.3 + 0.2 * labels, 0.2), 0.0, 1.0), digits)
    rows = outcomes(labels.tolist(), scores.tolist(), threshold=0.4)
    decided = (scores >= 0.4).astype(int)
    truth = (
        metrics.roc_auc_score(labels, scores),
        metrics.brier_score_loss(labels, scores),
        metrics.log_loss(labels, scores, labels=[0, 1]),
        metrics.accuracy_score(labels, decided),
        metrics.precision_score(labels, decided),
        metrics.recall_score(labels, decided),
    )
    for measure, expected in zip(BINARY, truth, strict=True):
        found = figure(measure(rows))
        assert found.value == pytest.approx(expected, abs=1e-12, rel=1e-12), found.name
        assert found.low <= found.value <= found.high


def test_regression_figures_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(3)
    truth = random.normal(10.0, 5.0, 500)
    scores = truth + random.normal(0.5, 2.0, 500)
    rows = outcomes(truth, scores)
    assert figure(quality.rmse(rows)).value == pytest.approx(metrics.root_mean_squared_error(truth, scores), rel=1e-12)
    assert figure(quality.mae(rows)).value == pytest.approx(metrics.mean_absolute_error(truth, scores), rel=1e-12)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from([0, 1, None]), st.one_of(st.none(), st.floats(0.0, 1.0))), max_size=30),
    st.randoms(use_true_random=False),
)
def test_labels_may_come_in_any_order(pairs: list[tuple[Any, Any]], random: Any) -> None:
    later = list(pairs)
    random.shuffle(later)
    first, second = (outcomes([p[0] for p in rows], [p[1] for p in rows]) for rows in (pairs, later))
    for measure in EVERY:
        assert measure(first) == measure(second)


def test_labels_that_are_not_there_yet_are_left_out() -> None:
    rows = outcomes([1, None, 0, 1], [0.9, 0.1, None, 0.7])
    assert (rows.n, rows.labels.tolist(), rows.scores.tolist()) == (2, [1.0, 1.0], [0.7, 0.9])


def test_what_cannot_be_said_is_missing() -> None:
    one_class, nothing = outcomes([1, 1], [0.2, 0.3]), outcomes([], [])
    assert quality.auc(one_class) == Missing(why="All labels are of one class, so there is no pair to compare.")
    assert quality.precision(one_class) == Missing(why="No decision was positive.")
    assert quality.recall(outcomes([0], [0.2])) == Missing(why="No row is positive.")
    assert quality.brier(outcomes([0], [2.0])) == Missing(why="The scores are not probabilities.")
    assert quality.auc(outcomes([0, 2], [0.1, 0.2])) == Missing(why="The labels are not 0 and 1.")
    for measure in EVERY:
        assert isinstance(measure(nothing), Missing)
    with pytest.raises(UnequalLengths):
        outcomes([1], [])


def test_figures_without_doubt_keep_their_doubt() -> None:
    perfect = figure(quality.auc(outcomes([0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.3, 0.7, 0.8, 0.9])))
    assert (perfect.value, perfect.low, perfect.high) == pytest.approx((1.0, 0.025 ** (1 / 3), 1.0))
    single = figure(quality.auc(outcomes([0, 0, 1], [0.1, 0.5, 0.3])))
    assert (single.value, single.low, single.high) == (0.5, 0.0, 1.0)


def test_the_variance_of_delong_is_that_of_all_pairs() -> None:
    random = np.random.default_rng(8)
    positives, negatives = np.round(random.normal(1, 1, 30), 1), np.round(random.normal(0, 1, 50), 1)
    wins = (positives[:, None] > negatives) + 0.5 * (positives[:, None] == negatives)
    variance = wins.mean(1).var(ddof=1) / 30 + wins.mean(0).var(ddof=1) / 50
    scores = np.concatenate([positives, negatives])
    found = figure(quality.auc(outcomes([1] * 30 + [0] * 50, scores)))
    spread = np.log(found.high / (1 - found.high)) - np.log(found.low / (1 - found.low))
    slope = found.value * (1 - found.value)
    assert spread * slope / (2 * 1.959963984540054) == pytest.approx(np.sqrt(variance), rel=1e-9)


RATES = np.array([0.05, 0.2, 0.6])


def share_of_intervals(measure: Callable[[Outcomes], Figure | Missing], truth: float, draw: Callable[[Any], Outcomes]) -> float:
    random = np.random.default_rng(11)
    found = [figure(measure(draw(random))) for _ in range(500)]
    return float(np.mean([one.low <= truth <= one.high for one in found]))


def shifted_normals(random: Any) -> Outcomes:
    labels = np.repeat([0.0, 1.0], [80, 40])
    return outcomes(labels, random.normal(1.5 * labels, 1.0))


def honest_scores(random: Any) -> Outcomes:
    scores = random.choice(RATES, 150)
    return outcomes((random.random(150) < scores).astype(float), scores)


def difference(rows: Outcomes) -> Figure | Missing:
    found = calibration(rows)
    return found.difference if isinstance(found, Calibration) else found


def test_intervals_cover_what_they_say() -> None:
    area = float(stats.norm.cdf(1.5 / np.sqrt(2.0)))
    surprise = float(np.mean(-RATES * np.log(RATES) - (1 - RATES) * np.log1p(-RATES)))
    assert 0.93 <= share_of_intervals(quality.auc, area, shifted_normals) <= 0.98
    assert 0.93 <= share_of_intervals(quality.brier, float(np.mean(RATES * (1 - RATES))), honest_scores) <= 0.98
    assert 0.93 <= share_of_intervals(quality.log_loss, surprise, honest_scores) <= 0.98
    assert 0.93 <= share_of_intervals(difference, 0.0, honest_scores) <= 0.98


def test_calibration() -> None:
    random = np.random.default_rng(4)
    scores = random.choice(np.arange(10) / 10, 5000)
    rows = outcomes((random.random(5000) < np.clip(scores + 0.05, 0, 1)).astype(float), scores)
    found = calibration(rows)
    assert isinstance(found, Calibration)
    assert found.difference.value == pytest.approx(found.mean_score - found.rate.value)
    assert found.difference.high < 0.0
    assert sum(part.rate.n for part in found.bins) == 5000
    ends = [end for part in found.bins for end in (part.first, part.last)]
    assert ends == sorted(ends)
    assert all(one.last < other.first for one, other in pairwise(found.bins))
    assert found.expected_error == pytest.approx(0.05, abs=0.02)
