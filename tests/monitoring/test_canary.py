"""All guards of a step together: no data is no pass, and equal versions are rarely failed however often one looks."""

import numpy as np
import pytest
from tests.monitoring.samples import profile

from lamplighter.domain.outcome import Guard, Judgement
from lamplighter.domain.route import LATENCY_BOUNDS
from lamplighter.domain.steps import Limits, ScoreShift
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.canary import ALPHA, Arm, analyse
from lamplighter.monitoring.counts import count, windows
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.profile import PREDICTION

PROFILE = profile()
ALL = Limits(errors=0.02, p95_ms=100.0, slower=3.0, score_shift=ScoreShift(mean=0.05, distance=0.2))
NOBODY = Arm(0, 0, (0,) * (len(LATENCY_BOUNDS) + 1))


def scores(values: FloatArray) -> Distribution:
    return windows(PROFILE, count(PROFILE, {}, values))[PREDICTION]


def arm(n: int, seed: int, *, failures: int = 0, bucket: int = 4, shift: float = 0.0) -> Arm:
    drawn = np.random.default_rng(seed).beta(2.0, 6.0, n)
    latencies = tuple(n if place == bucket else 0 for place in range(len(LATENCY_BOUNDS) + 1))
    return Arm(n, failures, latencies, scores(np.clip(drawn + shift, 0.0, 1.0)))


@pytest.mark.parametrize(
    ("challenger", "expected", "by"),
    [
        (arm(500, 1), Judgement.PASSED, Guard.ERRORS),
        (arm(500, 1, failures=50), Judgement.FAILED, Guard.ERRORS),
        (arm(500, 1, bucket=9), Judgement.FAILED, Guard.LATENCY),
        (arm(500, 1, shift=0.2), Judgement.FAILED, Guard.SCORES),
        (arm(10, 1), Judgement.UNDECIDED, Guard.ERRORS),
        (NOBODY, Judgement.UNDECIDED, Guard.ERRORS),
    ],
)
def test_one_failure_fails_and_only_all_together_pass(challenger: Arm, expected: Judgement, by: Guard) -> None:
    said = analyse(ALL, arm(2000, 0), challenger, least=50)
    assert (said.judgement, [check.guard for check in said.checks]) == (expected, list(Guard))
    assert next(check.guard for check in said.checks if check.judged.judgement is expected) is by


def test_without_the_live_version_nothing_relative_passes() -> None:
    said = analyse(ALL, NOBODY, arm(500, 1), least=50)
    assert {check.guard: check.judged.judgement for check in said.checks} == {
        Guard.ERRORS: Judgement.PASSED,
        Guard.LATENCY: Judgement.UNDECIDED,
        Guard.SCORES: Judgement.UNDECIDED,
    }
    alone = analyse(ALL, NOBODY, arm(500, 1), least=50, compared=False)
    assert [check.guard for check in alone.checks] == [Guard.ERRORS, Guard.LATENCY]
    assert alone.judgement is Judgement.PASSED


@pytest.mark.parametrize("least", [1, 50, 1000])
def test_missing_data_never_passes(least: int) -> None:
    """However little was asked for, in a hundred rollouts of which nothing is seen."""
    passed = [analyse(ALL, arm(seed + 1, seed), NOBODY, least=least).judgement for seed in range(100)]
    assert passed == [Judgement.UNDECIDED] * 100


def test_equal_versions_are_rarely_failed_by_all_guards_together() -> None:
    random, failed, rollouts = np.random.default_rng(11), 0, 100
    hardest = Limits(errors=0.05, slower=1.0, score_shift=ScoreShift(mean=1e-9, distance=1e-9))
    for _ in range(rollouts):
        failed += _taken_back(random, hardest, 0.1)
    assert failed <= rollouts * 0.1


def test_the_share_of_false_failures_is_divided_among_guards_and_steps() -> None:
    """A version that is a little worse is seen later where more is asked, and never counts twice."""
    worse, live = arm(400, 1, failures=20), arm(4000, 0, failures=20)
    once = analyse(Limits(errors=0.2), live, worse, least=50, alpha=ALPHA)
    among_many = analyse(Limits(errors=0.2), live, worse, least=50, steps=10**9, alpha=ALPHA)
    assert (once.judgement, among_many.judgement) == (Judgement.FAILED, Judgement.PASSED)


def _taken_back(random: np.random.Generator, limits: Limits, alpha: float) -> bool:
    failures = random.random((2, 1200)) < 0.05
    buckets = np.searchsorted(LATENCY_BOUNDS, random.lognormal(-5.0, 0.5, (2, 1200)))
    drawn = random.beta(2.0, 6.0, (2, 1200))
    for n in range(60, 1200, 190):
        arms = [
            Arm(
                n,
                int(failures[side, :n].sum()),
                tuple(np.bincount(buckets[side, :n], minlength=len(LATENCY_BOUNDS) + 1).tolist()),
                scores(drawn[side, :n]),
            )
            for side in (0, 1)
        ]
        if analyse(limits, arms[0], arms[1], least=50, alpha=alpha).judgement is Judgement.FAILED:
            return True
    return False
