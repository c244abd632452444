"""Guardrails of a selection: is a figure on its side of a bound, beyond chance?

*Kept* is said wrongly with probability `alpha` at most: the end of a one-sided interval lies within the bound. *Broken* is
said wrongly of any of `many` guardrails with probability `alpha` at most (Bonferroni). Everything else is too little evidence.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.fairness import Criterion
from lamplighter.domain.selection import Guard, Guardrail, Held
from lamplighter.domain.selection_rule import Costs, SelectionRule
from lamplighter.domain.treatment import Disparate
from lamplighter.monitoring.arrays import FloatArray, IntArray
from lamplighter.monitoring.intervals import quantile_above, quantile_below
from lamplighter.monitoring.probability import beta_quantile, student_quantile

#: The quantile of the latency that is compared.
QUANTILE = 0.95
#: Rows that the rate of each protected group needs.
LEAST_OF_GROUP = 100

BoolArray = NDArray[np.bool_]


class Limits(NamedTuple):
    """A figure, the ends of its interval, and what it is held against."""

    value: float
    low: float
    high: float
    bound: float


class Chance(NamedTuple):
    """The probability of saying wrongly that a guardrail is kept, and that it is broken."""

    kept: float
    broken: float


def chance(alpha: float, many: int) -> Chance:
    """What each of `many` guardrails may spend."""
    return Chance(alpha, alpha / max(1, many))


def flips(subject: str, turned: BoolArray, days: IntArray, bound: float, spent: Chance) -> Guardrail:
    """Share of rows whose decision turns; `days` numbers the day of each row.

    The interval is the exact one of rows taken as independent (Clopper and Pearson, Biometrika 26, 1934) or, if that is
    wider, Student's of days taken as independent.
    """
    n, count = turned.size, int(turned.sum())
    least = 1 if bound >= 1.0 else math.ceil(math.log(spent.kept) / math.log1p(-bound))
    if n == 0:
        return _unmeasured(Guard.FLIPS, subject, "No row was scored by both.", least)
    share = count / n
    error, freedom = _by_day(turned - share, days)
    if bound < 1.0 and freedom < 1:
        return _unmeasured(Guard.FLIPS, subject, f"Its {n:,} rows are all of one day, and it takes two.", n + 1, n)
    high = 1.0 if count == n else beta_quantile(1.0 - spent.kept, count + 1.0, n - count)
    low = 0.0 if count == 0 else beta_quantile(spent.broken, count, n - count + 1.0)
    if freedom >= 1:
        high = min(1.0, max(high, share + student_quantile(1.0 - spent.kept, freedom) * error))
        low = max(0.0, min(low, share - student_quantile(1.0 - spent.broken, freedom) * error))
    whose = f" of {subject}" if subject else ""
    seen = f"{count:,} of {n:,} decisions{whose} turn ({low:.2%} to {high:.2%})"
    return _held(Guard.FLIPS, subject, seen, Limits(share, low, high, bound), f"{bound:.2%}", n, least)


def latency(champion: FloatArray, challenger: FloatArray, rule: SelectionRule, spent: Chance) -> Guardrail:
    """The 95th percentile of the milliseconds of the challenger beside the champion's, on the same requests.

    Limits of both are order statistics, which hold whatever the distribution (Hahn and Meeker, Statistical Intervals, 1991);
    each may be wrong with half of the probability. Requests are taken as independent.
    """
    n = challenger.size
    least = math.ceil(math.log(spent.kept / 2.0) / math.log(QUANTILE))
    if n < least:
        why = f"{n:,} requests were timed of both, and its latency takes {least:,}."
        return _unmeasured(Guard.LATENCY, "", why, least, n)
    ours, theirs = np.sort(challenger), np.sort(champion)
    low, high = quantile_above(ours, QUANTILE, spent.broken / 2.0), quantile_below(ours, QUANTILE, spent.kept / 2.0)
    value, was = float(np.quantile(ours, QUANTILE)), float(np.quantile(theirs, QUANTILE))
    # The champion's is not known either: to be kept it is taken at its lowest, to be broken at its highest.
    bound = max(rule.quick_ms, rule.slower * quantile_above(theirs, QUANTILE, spent.kept / 2.0))
    most = max(rule.quick_ms, rule.slower * quantile_below(theirs, QUANTILE, spent.broken / 2.0))
    held = Held.KEPT if high <= bound else Held.BROKEN if low > most else Held.NOT_ENOUGH_EVIDENCE
    seen = f"95 % of its answers take up to {value:.3g} ms ({low:.3g} to {high:.3g}), of the champion's {was:.3g}"
    told = f"at most {bound:.3g} ms is allowed"
    return _found(Guard.LATENCY, "", held, seen, told, Limits(value, low, high, bound), n, least)


def cost(
    positive: BoolArray,
    decided: tuple[BoolArray, BoolArray],
    days: IntArray,
    costs: Costs,
    rule: SelectionRule,
    spent: Chance,
) -> Guardrail:
    """The mean cost of a decision beside the champion's on the same labelled rows, whose days are taken as independent.

    `decided` is what the champion and the challenger decide on each row.
    """
    n = positive.size
    if n == 0:
        return _unmeasured(Guard.COST, "", "No labelled row was scored by both.", rule.least_rows)
    theirs, ours = (_costs(positive, one, costs) for one in decided)
    value, bound = float(ours.mean()), (1.0 + rule.costlier) * float(theirs.mean())
    beyond = ours - (1.0 + rule.costlier) * theirs
    error, freedom = _by_day(beyond - beyond.mean(), days)
    if n < rule.least_rows or freedom < 1:
        why = f"{n:,} labelled rows of {int(freedom) + 1} day(s) say too little of what its decisions cost."
        return _unmeasured(Guard.COST, "", why, rule.least_rows, n)
    low = value - student_quantile(1.0 - spent.broken, freedom) * error
    high = value + student_quantile(1.0 - spent.kept, freedom) * error
    seen = f"A decision of its costs {value:.4g} ({low:.4g} to {high:.4g}), of the champion's {theirs.mean():.4g}"
    return _held(Guard.COST, "", seen, Limits(value, low, high, bound), f"{bound:.4g}", n, rule.least_rows)


def fairness(wanted: Criterion, found: Disparate | None) -> Guardrail:
    """One criterion by the evidence of the version; its interval is of 95 %, over all pairs of groups."""
    subject = f"{wanted.metric} by {wanted.column}"
    if found is None:
        return _unmeasured(Guard.FAIRNESS, subject, f"{subject} was not measured.", LEAST_OF_GROUP)
    if found.n < LEAST_OF_GROUP:
        why = f"{subject}: {found.smallest} has {found.n} rows, and it takes {LEAST_OF_GROUP}."
        return _unmeasured(Guard.FAIRNESS, subject, why, LEAST_OF_GROUP, found.n)
    seen = f"{subject} is {found.value:.3f} ({found.low:.3f} to {found.high:.3f})"
    limits = Limits(found.value, found.low, found.high, wanted.bound)
    if not wanted.metric.is_ratio:
        return _held(Guard.FAIRNESS, subject, seen, limits, f"{wanted.bound:g}", found.n, LEAST_OF_GROUP)
    held = Held.KEPT if found.low >= wanted.bound else Held.BROKEN if found.high < wanted.bound else Held.NOT_ENOUGH_EVIDENCE
    told = f"at least {wanted.bound:g} is wanted"
    return _found(Guard.FAIRNESS, subject, held, seen, told, limits, found.n, LEAST_OF_GROUP)


def _held(guard: Guard, subject: str, seen: str, limits: Limits, told: str, n: int, least: int) -> Guardrail:
    """A figure of which less is better."""
    low, high, bound = limits.low, limits.high, limits.bound
    held = Held.KEPT if high <= bound else Held.BROKEN if low > bound else Held.NOT_ENOUGH_EVIDENCE
    return _found(guard, subject, held, seen, f"at most {told} is allowed", limits, n, least)


def _found(guard: Guard, subject: str, held: Held, seen: str, told: str, limits: Limits, n: int, least: int) -> Guardrail:
    doubt = ": that may be chance" if held is Held.NOT_ENOUGH_EVIDENCE else ""
    return Guardrail(
        guard=guard,
        subject=subject,
        held=held,
        why=f"{seen}{doubt}; {told}.",
        value=limits.value,
        bound=limits.bound,
        low=limits.low,
        high=limits.high,
        n=n,
        least=least,
    )


def _unmeasured(guard: Guard, subject: str, why: str, least: int, n: int = 0) -> Guardrail:
    return Guardrail(guard=guard, subject=subject, held=Held.NOT_ENOUGH_EVIDENCE, why=why, n=n, least=least)


def _by_day(residuals: NDArray[np.floating[Any]], days: IntArray) -> tuple[float, float]:
    """Standard error of the mean, with rows of one day as one, and the degrees of freedom."""
    sums = np.bincount(days, weights=residuals)
    groups = sums.size
    return math.sqrt(float((sums**2).sum()) * groups / max(groups - 1, 1)) / residuals.size, float(groups - 1)


def _costs(positive: BoolArray, decided: BoolArray, costs: Costs) -> FloatArray:
    amounts = [costs.true_positive, costs.false_positive, costs.false_negative]
    chosen = np.select([decided & positive, decided, positive], amounts, default=costs.true_negative)
    return np.asarray(chosen, dtype=np.float64)
