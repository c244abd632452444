"""Champion against challenger: right by the book, and rarely fooled by chance."""

from typing import Any

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]

from lamplighter.domain.challenge import Verdict
from lamplighter.domain.errors import NotFound
from lamplighter.monitoring.comparison import Comparison, compare
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.refusals import UnequalLengths


def compared(*parts: Any, **settings: Any) -> Comparison:
    found = compare(*parts, **settings)
    assert isinstance(found, Comparison), found
    return found


def drawn(random: Any, n: int, noise: tuple[float, float]) -> tuple[Any, Any, Any]:
    """Labels, and two scores that know the true rate up to their own noise."""
    rate = random.beta(2.0, 4.0, n)
    scores = [np.clip(rate + random.normal(0.0, spread, n), 0.01, 0.99) for spread in noise]
    return (random.random(n) < rate).astype(float), scores[0], scores[1]


@pytest.mark.parametrize("metric", ["brier", "log_loss", "auc", "rmse", "mae"])
def test_two_equally_good_versions_are_rarely_swapped(metric: str) -> None:
    random = np.random.default_rng([21, len(metric)])
    verdicts = [compared(metric, *drawn(random, 120, (0.1, 0.1)), least=30).verdict for _ in range(1000)]
    assert verdicts.count(Verdict.CHALLENGER_WINS) <= 50


@pytest.mark.parametrize("metric", ["brier", "auc"])
def test_rows_of_one_day_are_not_so_many_proofs(metric: str) -> None:
    random = np.random.default_rng(5)
    days = np.repeat(np.arange(20), 30)
    wins = {True: 0, False: 0}
    for _ in range(300):
        rate = random.beta(2.0, 4.0, 600)
        labels = (random.random(600) < rate).astype(float)
        one, other = (np.clip(rate + random.normal(0.0, 0.15, 20)[days], 0.01, 0.99) for _ in range(2))
        for grouped in wins:
            found = compared(metric, labels, one, other, groups=days.tolist() if grouped else None)
            wins[grouped] += found.verdict is Verdict.CHALLENGER_WINS
    assert wins[True] <= 15
    assert wins[False] > wins[True]


@pytest.mark.parametrize("metric", ["brier", "log_loss", "auc", "rmse", "mae"])
def test_a_better_version_wins_and_a_worse_one_does_not(metric: str) -> None:
    labels, good, bad = drawn(np.random.default_rng(9), 4000, (0.0, 0.35))
    if metric == "mae":  # a mean absolute error of labels rewards scores at 0 and 1
        good, bad = np.where(labels == 1, 0.7, 0.3), good
    better = compared(metric, labels, bad, good)
    worse = compared(metric, labels, good, bad)
    assert (better.verdict, worse.verdict) == (Verdict.CHALLENGER_WINS, Verdict.CHAMPION_STAYS)
    assert (better.difference, better.low, better.high) == pytest.approx((-worse.difference, -worse.high, -worse.low))
    assert better.p == pytest.approx(worse.p)
    assert (better.champion, better.challenger) == (worse.challenger, worse.champion)


def test_the_margin_must_be_beaten() -> None:
    labels, good, bad = drawn(np.random.default_rng(9), 4000, (0.0, 0.2))
    gain = -compared("brier", labels, bad, good).difference
    assert compared("brier", labels, bad, good, margin=gain / 4).verdict is Verdict.CHALLENGER_WINS
    assert compared("brier", labels, bad, good, margin=gain).verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert compared("brier", labels, bad, good, margin=gain * 3).verdict is Verdict.CHAMPION_STAYS


def test_mean_losses_use_the_paired_test_of_student() -> None:
    labels, one, other = drawn(np.random.default_rng(2), 300, (0.1, 0.2))
    found = compared("brier", labels, one, other)
    truth = stats.ttest_rel((other - labels) ** 2, (one - labels) ** 2)
    assert found.p == pytest.approx(truth.pvalue, rel=1e-9)
    ends = truth.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high), rel=1e-9)


def test_areas_use_the_covariance_of_delong() -> None:
    labels, one, other = drawn(np.random.default_rng(2), 200, (0.1, 0.3))
    found = compared("auc", labels, one, other)
    shares = []
    for scores in (one, other):
        positives, negatives = scores[labels == 1], scores[labels == 0]
        shares.append((positives[:, None] > negatives) + 0.5 * (positives[:, None] == negatives))
    apart = shares[1] - shares[0]
    variance = apart.mean(1).var(ddof=1) / apart.shape[0] + apart.mean(0).var(ddof=1) / apart.shape[1]
    half = stats.t.ppf(0.975, min(apart.shape) - 1) * np.sqrt(variance)
    assert found.difference == pytest.approx(apart.mean(), rel=1e-9)
    assert (found.high - found.low) / 2 == pytest.approx(half, rel=1e-9)


def test_one_row_a_group_is_no_grouping() -> None:
    labels, one, other = drawn(np.random.default_rng(2), 300, (0.1, 0.2))
    plain, grouped = compared("brier", labels, one, other), compared("brier", labels, one, other, groups=range(300))
    assert (grouped.low, grouped.high) == pytest.approx((plain.low, plain.high))
    assert grouped.groups == 300


def test_the_same_scores_keep_the_champion() -> None:
    labels, one, _ = drawn(np.random.default_rng(2), 300, (0.1, 0.2))
    found = compared("brier", labels, one, one)
    assert (found.verdict, found.difference, found.p) == (Verdict.CHAMPION_STAYS, 0.0, 1.0)


def test_too_little_decides_nothing() -> None:
    labels, good, bad = drawn(np.random.default_rng(9), 90, (0.0, 0.6))
    assert compared("brier", labels, bad, good).verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert compared("brier", labels, bad, good, least=90).verdict is Verdict.CHALLENGER_WINS
    assert compared("auc", labels, bad, good, least=60).verdict is Verdict.NOT_ENOUGH_EVIDENCE
    alone = compared("brier", labels, bad, good, least=1, groups=["monday"] * 90)
    assert (alone.verdict, alone.groups) == (Verdict.NOT_ENOUGH_EVIDENCE, 1)
    assert compared("brier", [1.0], [0.2], [0.9], least=1).verdict is Verdict.NOT_ENOUGH_EVIDENCE


def test_rows_without_label_or_score_are_left_out() -> None:
    labels, one, other = drawn(np.random.default_rng(2), 300, (0.1, 0.2))
    gaps: list[Any] = [None, 1.0, 0.0]
    more = compared("brier", [*labels, *gaps], [*one, 0.1, None, 0.3], [*other, 0.1, 0.2, None], groups=[*range(300), 0, 1, 2])
    assert more.n == 300
    assert more.difference == pytest.approx(compared("brier", labels, one, other).difference)


def test_what_cannot_be_compared() -> None:
    assert compare("auc", [1, 1], [0.1, 0.2], [0.1, 0.2]) == Missing(why="All labels are of one class.")
    assert compare("brier", [], [], []) == Missing(why="No row has a label and both scores.")
    assert compare("brier", [1], [1.5], [0.5]) == Missing(why="The scores are not probabilities.")
    assert compare("log_loss", [3], [0.5], [0.5]) == Missing(why="The labels are not 0 and 1.")
    with pytest.raises(NotFound, match="metric"):
        compare("breir", [1], [0.5], [0.5])
    with pytest.raises(UnequalLengths):
        compare("brier", [1], [0.5], [0.5, 0.6])
