"""How far rates of groups lie apart: the figures by hand, and intervals that hold the truth as often as they say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.monitoring import disparity
from lamplighter.monitoring.disparity import Apart, Rate
from lamplighter.monitoring.intervals import wilson

RATES = st.lists(st.integers(1, 400).flatmap(lambda n: st.builds(Rate, st.integers(0, n), st.just(n))), min_size=2, max_size=5)


@given(rates=RATES)
def test_the_largest_and_the_smallest_rate_are_compared(rates: list[Rate]) -> None:
    shares = [rate.hits / rate.n for rate in rates]
    apart = disparity.difference(rates)
    assert apart.value == pytest.approx(max(shares) - min(shares))
    assert 0.0 <= apart.low <= apart.value <= apart.high <= 1.0
    if max(shares) == 0.0:
        with pytest.raises(ZeroDivisionError):
            disparity.ratio(rates)
        return
    over = disparity.ratio(rates)
    assert over.value == pytest.approx(min(shares) / max(shares))
    assert 0.0 <= over.low <= over.value <= over.high <= 1.0


def test_the_worst_of_two_kinds_counts() -> None:
    mild, harsh = [Rate(50, 100), Rate(45, 100)], [Rate(50, 100), Rate(20, 100)]
    worst = disparity.worst(disparity.difference, max, [mild, harsh])
    assert worst.value == pytest.approx(0.3)
    assert worst == disparity.worst(disparity.difference, max, [harsh, mild])
    assert worst.low < disparity.difference(harsh).low
    assert disparity.worst(disparity.ratio, min, [mild, harsh]).value == pytest.approx(0.4)


def test_two_groups_have_the_interval_of_newcombe() -> None:
    """Table II of Newcombe (1998), method 10: 56 of 70 against 48 of 80 gives 0.0524 to 0.3339."""
    apart = disparity.difference([Rate(56, 70), Rate(48, 80)])
    assert apart == pytest.approx(Apart(0.2, 0.0524, 0.3339), abs=5e-5)


def test_a_ratio_has_the_interval_of_donner_and_zou() -> None:
    """The limits solve (p1 - R p2)^2 = the sum of the squared distances to the Wilson limits on the sides that matter."""
    one, other = Rate(30, 100), Rate(60, 120)
    apart = disparity.ratio([one, other])
    (low1, high1), (low2, high2) = wilson(*one), wilson(*other)
    p1, p2 = 0.3, 0.5
    for end, near, far in ((apart.low, low1, high2), (apart.high, high1, low2)):
        assert (p1 - end * p2) ** 2 == pytest.approx((p1 - near) ** 2 + end**2 * (p2 - far) ** 2)


@pytest.mark.parametrize("shares", [(0.5, 0.4), (0.1, 0.1, 0.1), (0.9, 0.7, 0.85)])
def test_intervals_hold_the_truth(shares: tuple[float, ...]) -> None:
    source, sizes = np.random.default_rng(7), [150, 400, 250][: len(shares)]
    truth, over = max(shares) - min(shares), min(shares) / max(shares)
    held = held_over = 0
    for _ in range(300):
        rates = [Rate(int(source.binomial(n, share)), n) for n, share in zip(sizes, shares, strict=True)]
        apart, ratio = disparity.difference(rates), disparity.ratio(rates)
        held += apart.low <= truth <= apart.high
        held_over += ratio.low <= over <= ratio.high
    least = 0.95 - 3 * math.sqrt(0.95 * 0.05 / 300)
    assert min(held, held_over) / 300 >= least
