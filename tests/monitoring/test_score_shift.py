"""The guard on the scores: sees a shift, forgives a tolerated one, is not fooled by looking."""

from collections.abc import Sequence

import numpy as np
import pytest
from tests.monitoring.samples import profile

from lamplighter.domain.outcome import Judgement
from lamplighter.domain.steps import ScoreShift
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.counts import count, windows
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.profile import PREDICTION
from lamplighter.monitoring.score_shift import judge_scores

PROFILE = profile()
TIGHT = ScoreShift(mean=0.0, distance=0.0)
USUAL = ScoreShift(mean=0.05, distance=0.15)


def counted(values: FloatArray | Sequence[float]) -> Distribution:
    return windows(PROFILE, count(PROFILE, {}, values))[PREDICTION]


def arm(n: int, seed: int, shift: float = 0.0, stretch: float = 1.0) -> Distribution:
    drawn = np.random.default_rng(seed).beta(2.0, 6.0, n)
    return counted(np.clip(0.25 + (drawn - 0.25) * stretch + shift, 0.0, 1.0))


@pytest.mark.parametrize(
    ("challenger", "expected"),
    [
        (arm(300, 1), Judgement.PASSED),
        (arm(300, 1, shift=0.2), Judgement.FAILED),
        (arm(2000, 1, stretch=0.1), Judgement.FAILED),
        (arm(30, 1), Judgement.UNDECIDED),
        (arm(120, 1, shift=0.07), Judgement.UNDECIDED),
        (counted([]), Judgement.UNDECIDED),
    ],
)
def test_judgements(challenger: Distribution, expected: Judgement) -> None:
    judged = judge_scores(arm(3000, 0), challenger, USUAL)
    assert (judged.judgement, judged.n) == (expected, int(challenger.present))


def test_a_welcome_shift_passes() -> None:
    assert (
        judge_scores(arm(3000, 0), arm(3000, 1, shift=0.1), ScoreShift(mean=0.15, distance=0.5)).judgement is Judgement.PASSED
    )


def test_a_lost_challenger_fails_within_a_minute_of_traffic() -> None:
    assert judge_scores(arm(2700, 0), arm(300, 1, shift=0.15), USUAL).judgement is Judgement.FAILED


def test_equal_versions_are_rarely_failed_however_often_one_looks() -> None:
    random = np.random.default_rng(3)
    failed = 0
    for _ in range(120):
        champion, challenger = random.beta(2.0, 6.0, (2, 1500))
        failed += any(
            judge_scores(counted(champion[:at]), counted(challenger[:at]), TIGHT, alpha=0.05).judgement is Judgement.FAILED
            for at in range(20, 1500, 80)
        )
    assert failed <= 6
