"""How far rates of groups lie apart, with an interval over all pairs of groups.

Wilson's intervals of the rates are joined by the method of variance estimates recovery: for a difference as Newcombe has it
(Statistics in Medicine 17, 1998), for a ratio as Donner and Zou have it (Statistical Methods in Medical Research 21, 2012).
Each pair has its share of the error (Bonferroni), so the interval holds for the largest difference and the smallest ratio,
whichever pair they are of.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import NamedTuple

from lamplighter.monitoring.intervals import wilson


class Rate(NamedTuple):
    """How many of how many; `n` is at least 1."""

    hits: int
    n: int


class Apart(NamedTuple):
    """A difference or a ratio with its interval."""

    value: float
    low: float
    high: float


class _Limits(NamedTuple):
    rate: float
    low: float
    high: float


def difference(rates: Sequence[Rate], level: float = 0.95) -> Apart:
    """The largest rate less the smallest, of two groups or more."""
    pairs = [_difference(one, other) for one, other in _pairs(rates, level)]
    return Apart(*(max(0.0, min(1.0, max(ends))) for ends in zip(*pairs, strict=True)))


def ratio(rates: Sequence[Rate], level: float = 0.95) -> Apart:
    """The smallest rate over the largest, of two groups or more; raises `ZeroDivisionError` if every rate is 0."""
    pairs = [_ratio(one, other) for one, other in _pairs(rates, level) if other.rate]
    if not pairs:
        raise ZeroDivisionError
    return Apart(*(max(0.0, min(1.0, *ends)) for ends in zip(*pairs, strict=True)))


def worst(
    measure: Callable[[Sequence[Rate], float], Apart],
    choose: Callable[[Sequence[float]], float],
    kinds: Sequence[Sequence[Rate]],
    level: float = 0.95,
) -> Apart:
    """The worst of several kinds of rates, by `choose`, in one interval."""
    found = [measure(rates, 1.0 - (1.0 - level) / len(kinds)) for rates in kinds]
    return Apart(*(choose(ends) for ends in zip(*found, strict=True)))


def _pairs(rates: Sequence[Rate], level: float) -> Iterator[tuple[_Limits, _Limits]]:
    each = 1.0 - (1.0 - level) / math.comb(len(rates), 2)
    limits = [_Limits(rate.hits / rate.n, *wilson(rate.hits, rate.n, each)) for rate in rates]
    return permutations(limits, 2)


def _difference(one: _Limits, other: _Limits) -> tuple[float, float, float]:
    apart = one.rate - other.rate
    below = math.hypot(one.rate - one.low, other.high - other.rate)
    above = math.hypot(one.high - one.rate, other.rate - other.low)
    return apart, apart - below, apart + above


def _ratio(one: _Limits, other: _Limits) -> tuple[float, float, float]:
    product = one.rate * other.rate
    return one.rate / other.rate, _end(product, one, other, upper=False), _end(product, one, other, upper=True)


def _end(product: float, one: _Limits, other: _Limits, *, upper: bool) -> float:
    over, under = (one.high, other.low) if upper else (one.low, other.high)
    inside = product**2 - over * under * (2.0 * one.rate - over) * (2.0 * other.rate - under)
    half, divisor = math.sqrt(max(0.0, inside)), under * (2.0 * other.rate - under)
    if divisor == 0.0:
        return math.inf if upper else 0.0
    return (product + half if upper else product - half) / divisor
