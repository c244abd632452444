"""Quantiles and tails of the distributions that intervals and tests need.

Formulas: NIST Digital Library of Mathematical Functions, sections 8.7 and 8.9 (incomplete gamma) and 8.17 (incomplete
beta); continued fractions by the modified Lentz method (Thompson and Barnett, J. Comput. Phys. 64, 1986).
"""

import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from statistics import NormalDist

_TINY = 1e-300
_ENOUGH = 1e-16
_MOST_TERMS = 100_000
#: From here on Student's distribution differs from the normal one by less than a part in ten thousand.
_NORMAL_FROM = 20_000.0


def normal_quantile(probability: float) -> float:
    """The value below which a standard normal variable falls with this probability."""
    return NormalDist().inv_cdf(probability)


def beta_below(x: float, a: float, b: float) -> float:
    """Probability that a Beta(a, b) variable is at most `x`."""
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - beta_below(1.0 - x, b, a)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) / a / _lentz(_beta_terms(x, a, b))


@lru_cache(maxsize=1024)
def beta_quantile(probability: float, a: float, b: float) -> float:
    """The value below which a Beta(a, b) variable falls with this probability."""
    return _root(lambda x: beta_below(x, a, b) - probability, 0.0, 1.0)


def student_two_sided(t: float, freedom: float) -> float:
    """Probability that Student's t lies as far from zero as `t`, on either side."""
    if freedom >= _NORMAL_FROM:
        return math.erfc(abs(t) / math.sqrt(2.0))
    return beta_below(freedom / (freedom + t * t), freedom / 2.0, 0.5)


@lru_cache(maxsize=1024)
def student_quantile(probability: float, freedom: float) -> float:
    """The value below which Student's t falls with this probability; `probability` is above one half."""
    if freedom >= _NORMAL_FROM:
        return normal_quantile(probability)
    high = 1.0
    while student_two_sided(high, freedom) > 2.0 * (1.0 - probability):
        high *= 2.0
    return _root(lambda t: 2.0 * (1.0 - probability) - student_two_sided(t, freedom), 0.0, high)


def chi_square_below(x: float, freedom: float) -> float:
    """Probability that a chi-square variable is at most `x`."""
    a, half = freedom / 2.0, x / 2.0
    if half <= 0.0:
        return 0.0
    front = math.exp(a * math.log(half) - half - math.lgamma(a))
    if half < a + 1.0:
        return front * _series(a, half)
    return 1.0 - front / _lentz(_gamma_terms(a, half))


def chi_square_quantile(probability: float, freedom: float) -> float:
    """The value below which a chi-square variable falls with this probability."""
    high = freedom + 1.0
    while chi_square_below(high, freedom) < probability:
        high *= 2.0
    return _root(lambda x: chi_square_below(x, freedom) - probability, 0.0, high)


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        low, high = (middle, high) if rising(middle) < 0.0 else (low, middle)
    return 0.5 * (low + high)


def _beta_terms(x: float, a: float, b: float) -> Iterator[tuple[float, float]]:
    yield 0.0, 1.0
    for m in range(_MOST_TERMS):
        if m:
            yield m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m)), 1.0
        yield -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0)), 1.0


def _gamma_terms(a: float, x: float) -> Iterator[tuple[float, float]]:
    yield 0.0, x + 1.0 - a
    for m in range(1, _MOST_TERMS):
        yield -m * (m - a), x + 2 * m + 1.0 - a


def _lentz(terms: Iterator[tuple[float, float]]) -> float:
    _, first = next(terms)
    value = c = first or _TINY
    d = 0.0
    for numerator, denominator in terms:
        d = 1.0 / (denominator + numerator * d or _TINY)
        c = denominator + numerator / c or _TINY
        value *= c * d
        if abs(c * d - 1.0) < _ENOUGH:
            break
    return value


def _series(a: float, x: float) -> float:
    term = total = 1.0 / a
    for step in range(1, _MOST_TERMS):
        term *= x / (a + step)
        total += term
        if term < total * _ENOUGH:
            break
    return total
