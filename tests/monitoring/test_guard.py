"""The guard on failures: quick with the bad, patient with the good, never hasty with little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.domain.outcome import Judgement
from lamplighter.monitoring.guard import judge
from lamplighter.monitoring.sequential import rate_bounds


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0, 0), Judgement.UNDECIDED),
        ((1000, 0, 10, 0), Judgement.UNDECIDED),
        ((1000, 0, 50, 0), Judgement.PASSED),
        ((1000, 0, 5, 5), Judgement.FAILED),
        ((1000, 0, 60, 1), Judgement.UNDECIDED),
        ((0, 0, 60, 0), Judgement.PASSED),
        ((1000, 5, 400, 40), Judgement.FAILED),
        ((10_000, 9000, 400, 360), Judgement.FAILED),
    ],
)
def test_judgements(counts: tuple[int, int, int, int], expected: Judgement) -> None:
    judged = judge(*counts, limit_rate=0.01)
    assert (judged.judgement, judged.n) == (expected, counts[2])
    assert judged.why.endswith(".")


def test_worse_than_the_champion_fails_within_the_limit() -> None:
    assert judge(100_000, 10, 5000, 25, limit_rate=0.01).judgement is Judgement.FAILED
    assert judge(100_000, 10, 5000, 25, limit_rate=0.01, margin=0.01).judgement is Judgement.PASSED
    assert judge(0, 0, 5000, 25, limit_rate=0.01).judgement is Judgement.PASSED


def test_a_proof_passes_before_the_least_number() -> None:
    assert judge(0, 0, 1200, 0, limit_rate=0.01, least=5000).judgement is Judgement.PASSED
    assert judge(0, 0, 100, 0, limit_rate=0.01, least=5000).judgement is Judgement.UNDECIDED


@pytest.mark.parametrize(("rate", "limit"), [(0.01, 0.01), (0.3, 0.3), (0.3, 1.0)])
def test_looking_after_every_request_does_not_fool_it(rate: float, limit: float) -> None:
    random = np.random.default_rng(2)
    failed = 0
    for _ in range(200):
        champion, challenger = (np.cumsum(random.random(1500) < rate) for _ in range(2))
        looks = range(10, 1500, 25)
        failed += any(
            judge(at, int(champion[at - 1]), at, int(challenger[at - 1]), limit, alpha=0.05).judgement is Judgement.FAILED
            for at in looks
        )
    assert failed <= 10


def test_a_broken_version_is_seen_within_a_few_requests() -> None:
    first = next(n for n in range(1, 50) if judge(1000, 0, n, n, limit_rate=0.01).judgement is Judgement.FAILED)
    tenth = next(n for n in range(10, 500, 10) if judge(1000, 0, n, n // 10, limit_rate=0.01).judgement is Judgement.FAILED)
    assert first <= 3
    assert tenth <= 60


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from([0.001, 0.05]))
def test_bounds_hold_the_rate_and_narrow_to_it(events: int, others: int, alpha: float) -> None:
    trials = events + others
    low, high = rate_bounds(events, trials, alpha)
    assert 0.0 <= low <= (events / trials if trials else 0.5) <= high <= 1.0
    wide = rate_bounds(events, trials, alpha / 100)
    assert wide[0] <= low
    assert high <= wide[1]


def test_bounds_hold_at_all_times_together() -> None:
    random = np.random.default_rng(4)
    outside = 0
    for _ in range(200):
        events = np.cumsum(random.random(1000) < 0.2)
        times = np.unique(np.geomspace(1, 1000, 40).astype(int))
        outside += any(not low <= 0.2 <= high for low, high in (rate_bounds(int(events[t - 1]), int(t), 0.1) for t in times))
    assert outside <= 20
