"""Quantiles and tails against scipy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from lamplighter.monitoring import probability


@given(x=st.floats(0.0, 1.0), a=st.floats(0.3, 5000.0), b=st.floats(0.3, 5000.0))
def test_beta(x: float, a: float, b: float) -> None:
    assert probability.beta_below(x, a, b) == pytest.approx(stats.beta.cdf(x, a, b), rel=1e-8, abs=1e-10)


@pytest.mark.parametrize(("a", "b"), [(1, 1), (0.5, 3), (10, 990), (2, 198), (700, 20)])
@pytest.mark.parametrize("q", [0.001, 0.025, 0.5, 0.975])
def test_beta_quantile(a: float, b: float, q: float) -> None:
    assert probability.beta_quantile(q, a, b) == pytest.approx(stats.beta.ppf(q, a, b), rel=1e-8)


@pytest.mark.parametrize("freedom", [1, 2, 5, 30, 1000, 19_999, 20_000, 10_000_000])
@pytest.mark.parametrize("q", [0.6, 0.975, 0.9995])
def test_student(freedom: float, q: float) -> None:
    t = probability.student_quantile(q, freedom)
    assert t == pytest.approx(stats.t.ppf(q, freedom), rel=2e-4)
    assert probability.student_two_sided(-t, freedom) == pytest.approx(2 * stats.t.sf(t, freedom), rel=2e-3)


@given(x=st.floats(0.0, 2000.0), freedom=st.floats(0.5, 500.0))
def test_chi_square(x: float, freedom: float) -> None:
    assert probability.chi_square_below(x, freedom) == pytest.approx(stats.chi2.cdf(x, freedom), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("freedom", [1, 3, 40, 300])
@pytest.mark.parametrize("q", [0.05, 0.5, 0.95, 0.9999])
def test_chi_square_quantile(freedom: float, q: float) -> None:
    assert probability.chi_square_quantile(q, freedom) == pytest.approx(stats.chi2.ppf(q, freedom), rel=1e-9)


def test_normal_quantile() -> None:
    assert probability.normal_quantile(0.975) == pytest.approx(stats.norm.ppf(0.975), rel=1e-12)
