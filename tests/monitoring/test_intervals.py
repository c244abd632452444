"""Intervals against scipy."""

import math

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]

from lamplighter.monitoring.intervals import mean_interval, wilson


@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (0, 40), (3, 40), (40, 40), (17, 20), (500, 100_000)])
def test_shares(k: int, n: int) -> None:
    truth = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
    assert wilson(k, n) == pytest.approx((truth.low, truth.high), rel=1e-9, abs=1e-12)


def test_mean() -> None:
    values = np.random.default_rng(1).normal(3.0, 2.0, 25)
    truth = stats.t.interval(0.9, 24, loc=values.mean(), scale=stats.sem(values))
    assert mean_interval(values, 0.9) == pytest.approx(truth, rel=1e-10)


def test_one_value_says_nothing() -> None:
    assert mean_interval(np.array([1.0])) == (-math.inf, math.inf)
