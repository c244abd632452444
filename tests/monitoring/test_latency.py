"""Latency from buckets: the quantile, and a guard that may look as often as it likes."""

import numpy as np
import pytest

from lamplighter.domain.outcome import Judgement
from lamplighter.domain.route import LATENCY_BOUNDS
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.latency import judge_latency, quantile


def buckets(seconds: FloatArray) -> list[int]:
    places = np.searchsorted(LATENCY_BOUNDS, seconds, side="left")
    return [int(found) for found in np.bincount(places, minlength=len(LATENCY_BOUNDS) + 1)]


def test_quantile_lies_in_the_right_bucket() -> None:
    seconds = np.random.default_rng(0).lognormal(-4.0, 0.7, 5000)
    truth = float(np.quantile(seconds, 0.95))
    estimate = quantile(LATENCY_BOUNDS, buckets(seconds))
    assert estimate is not None
    assert np.searchsorted(LATENCY_BOUNDS, estimate) == np.searchsorted(LATENCY_BOUNDS, truth)
    assert quantile((1.0, 2.0), (0, 10, 0), 0.5) == pytest.approx(1.5)
    assert quantile((1.0, 2.0), (0, 0, 3)) == 2.0
    assert quantile((1.0, 2.0), (0, 0, 0)) is None


def test_judgements_by_limit() -> None:
    fast, slow = [0, 0, 0, 0, 200] + [0] * 10, [0] * 8 + [200] + [0] * 6
    few = [0, 0, 0, 0, 20] + [0] * 10
    edge = [0, 0, 0, 0, 94] + [0] * 3 + [6] + [0] * 6
    expected = ((fast, Judgement.PASSED), (slow, Judgement.FAILED), (few, Judgement.UNDECIDED), (edge, Judgement.UNDECIDED))
    for counts, judgement in expected:
        assert judge_latency(LATENCY_BOUNDS, fast, counts, limit=0.08).judgement is judgement


def test_times_that_nobody_knows_are_not_fast() -> None:
    fast, unknown = [0, 0, 0, 0, 200] + [0] * 10, [0] * 15
    judged = judge_latency(LATENCY_BOUNDS, unknown, unknown, limit=0.08, least=0)
    assert (judged.judgement, judged.challenger, judged.champion) == (Judgement.UNDECIDED, None, None)
    assert judge_latency(LATENCY_BOUNDS, unknown, fast, slower=2.0).judgement is Judgement.UNDECIDED


def test_judgements_by_champion() -> None:
    fast, slow = [0, 0, 0, 0, 400] + [0] * 10, [0] * 8 + [400] + [0] * 6
    assert judge_latency(LATENCY_BOUNDS, fast, slow, slower=2.0).judgement is Judgement.FAILED
    assert judge_latency(LATENCY_BOUNDS, fast, fast, slower=2.0).judgement is Judgement.PASSED
    assert judge_latency(LATENCY_BOUNDS, [0] * 15, slow, slower=2.0).judgement is Judgement.UNDECIDED
    assert judge_latency(LATENCY_BOUNDS, fast, slow, slower=2.0, limit=20.0).limit == pytest.approx(0.02)


def test_a_limit_inside_a_bucket_is_given_the_benefit_of_the_doubt() -> None:
    counts = [0] * 6 + [300] + [0] * 8  # between 25 and 50 ms
    assert judge_latency(LATENCY_BOUNDS, counts, counts, limit=0.045).judgement is not Judgement.FAILED
    assert judge_latency(LATENCY_BOUNDS, counts, counts, limit=0.025).judgement is Judgement.FAILED


def test_a_limit_beyond_the_buckets_never_fails() -> None:
    worst = [0] * 14 + [500]
    assert judge_latency(LATENCY_BOUNDS, worst, worst, limit=60.0).judgement is not Judgement.FAILED


def test_equal_versions_are_rarely_failed_however_often_one_looks() -> None:
    random = np.random.default_rng(6)
    failed = 0
    for _ in range(120):
        champion, challenger = random.lognormal(-4.0, 0.7, (2, 1200))
        failed += any(
            judge_latency(LATENCY_BOUNDS, buckets(champion[:at]), buckets(challenger[:at]), slower=1.0, alpha=0.05).judgement
            is Judgement.FAILED
            for at in range(20, 1200, 60)
        )
    assert failed <= 6


def test_a_version_right_at_the_limit_is_rarely_failed_however_often_one_looks() -> None:
    random = np.random.default_rng(8)
    failed = 0
    for _ in range(200):
        slow = np.cumsum(random.random(1000) < 0.05)
        failed += any(
            judge_latency((0.02,), (0, 0), (at - int(slow[at - 1]), int(slow[at - 1])), limit=0.02, alpha=0.1).judgement
            is Judgement.FAILED
            for at in range(10, 1000, 20)
        )
    assert failed <= 20
