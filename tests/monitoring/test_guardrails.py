"""Guardrails: kept, broken, or too little evidence; and how often either is said wrongly."""

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from lamplighter.domain.fairness import Criterion, Disparity
from lamplighter.domain.selection import Guardrail, Held
from lamplighter.domain.selection_rule import Costs, SelectionRule
from lamplighter.domain.treatment import Disparate
from lamplighter.monitoring import guardrails
from lamplighter.monitoring.guardrails import Chance, chance

SPENT = Chance(0.025, 0.025)
RULE = SelectionRule(least_rows=100)
#: Runs of a simulation.
RUNS = 400


def days(rows: int, count: int = 20) -> np.ndarray:
    return np.arange(rows, dtype=np.int64) * count // rows


def turned(share: float, rows: int, generator: Generator) -> np.ndarray:
    return generator.random(rows) < share


def held(share: float, bound: float, rows: int) -> Held:
    found: Guardrail = guardrails.flips("", turned(share, rows, default_rng(1)), days(rows), bound, SPENT)
    return found.held


@pytest.mark.parametrize(
    ("share", "rows", "expected"),
    [
        (0.02, 4000, Held.KEPT),
        (0.2, 4000, Held.BROKEN),
        (0.1, 4000, Held.NOT_ENOUGH_EVIDENCE),
        (0.0, 20, Held.NOT_ENOUGH_EVIDENCE),
    ],
)
def test_flips_are_held_against_their_interval(share: float, rows: int, expected: Held) -> None:
    assert held(share, 0.1, rows) is expected


def test_a_spotless_challenger_needs_so_many_rows_and_no_fewer() -> None:
    none = np.zeros(36, dtype=bool)
    enough = guardrails.flips("", none, days(36), 0.1, SPENT)
    assert (enough.least, enough.n, enough.held) == (36, 36, Held.KEPT)
    assert guardrails.flips("", none[:35], days(35), 0.1, SPENT).held is Held.NOT_ENOUGH_EVIDENCE
    assert guardrails.flips("", none, np.zeros(36, dtype=np.int64), 0.1, SPENT).held is Held.NOT_ENOUGH_EVIDENCE
    assert guardrails.flips("", none[:0], days(36)[:0], 0.1, SPENT).held is Held.NOT_ENOUGH_EVIDENCE


@pytest.mark.parametrize("spread", [0.0, 0.04])
def test_flips_at_the_bound_are_seldom_called_kept_or_broken(spread: float) -> None:
    """Days differ by `spread` in how many decisions turn, as days of storms do."""
    generator, found = default_rng(2), []
    for _ in range(RUNS):
        shares = np.clip(0.1 + spread * generator.standard_normal(15), 0.0, 1.0)
        rows = generator.random((15, 100)) < shares[:, None]
        found.append(guardrails.flips("", rows.ravel(), days(1500, 15), 0.1, SPENT).held)
    for wrong in (Held.KEPT, Held.BROKEN):
        # Three standard errors of a rate of 2.5 % over so many runs.
        assert found.count(wrong) / RUNS <= 0.025 + 3.0 * np.sqrt(0.025 * 0.975 / RUNS)


@pytest.mark.parametrize(
    ("factor", "count", "expected"),
    [
        (1.1, 2000, Held.KEPT),
        (4.0, 2000, Held.BROKEN),
        (2.0, 2000, Held.NOT_ENOUGH_EVIDENCE),
        (1.0, 85, Held.NOT_ENOUGH_EVIDENCE),
    ],
)
def test_latency_is_compared_on_the_same_requests(factor: float, count: int, expected: Held) -> None:
    generator = default_rng(3)
    champion, challenger = (40.0 * generator.lognormal(0.0, 0.5, count) for _ in range(2))
    found = guardrails.latency(champion, factor * challenger, RULE, SPENT)
    assert found.held is expected
    assert (found.value is None) == (count < found.least)


def test_whoever_is_quick_enough_may_be_slower() -> None:
    generator = default_rng(4)
    champion, challenger = 0.05 * generator.random(500), 2.0 * generator.random(500)
    assert guardrails.latency(champion, challenger, RULE, SPENT).held is Held.KEPT


def test_twice_as_slow_is_seldom_called_kept_or_broken() -> None:
    generator = default_rng(5)
    pairs = (40.0 * generator.lognormal(0.0, 0.7, (2, 300)) for _ in range(RUNS))
    found = [guardrails.latency(one, 2.0 * other, RULE, SPENT).held for one, other in pairs]
    for wrong in (Held.KEPT, Held.BROKEN):
        assert found.count(wrong) / RUNS <= 0.025 + 3.0 * np.sqrt(0.025 * 0.975 / RUNS)


@pytest.mark.parametrize(("wrong", "expected"), [(0.08, Held.KEPT), (0.3, Held.BROKEN), (0.105, Held.NOT_ENOUGH_EVIDENCE)])
def test_what_decisions_cost_is_compared_by_the_declared_costs(wrong: float, expected: Held) -> None:
    generator = default_rng(6)
    positive = generator.random(4000) < 0.3
    champion = positive ^ (generator.random(4000) < 0.1)
    challenger = positive ^ (generator.random(4000) < wrong)
    costs = Costs(false_positive=1.0, false_negative=5.0)
    found = guardrails.cost(positive, (champion, challenger), days(4000), costs, RULE, SPENT)
    assert found.held is expected
    missed, alarmed = np.mean(positive & ~challenger), np.mean(~positive & challenger)
    assert found.value == pytest.approx(5.0 * missed + alarmed)
    few = guardrails.cost(positive[:50], (champion[:50], challenger[:50]), days(50), costs, RULE, SPENT)
    assert few.held is Held.NOT_ENOUGH_EVIDENCE


@pytest.mark.parametrize(
    ("low", "high", "n", "expected"),
    [
        (0.85, 0.95, 400, Held.KEPT), (0.6, 0.75, 400, Held.BROKEN), (0.75, 0.9, 400, Held.NOT_ENOUGH_EVIDENCE),
        (0.85, 0.95, 9, Held.NOT_ENOUGH_EVIDENCE),
    ],
)  # fmt: skip
def test_fairness_is_the_whole_interval(low: float, high: float, n: int, expected: Held) -> None:
    wanted = Criterion(column="sex", metric=Disparity.DEMOGRAPHIC_PARITY_RATIO, bound=0.8)
    middle = (low + high) / 2
    figure = Disparate(
        column="sex", metric=wanted.metric, value=middle, low=low, high=high, n=n, smallest="f", groups=()
    )  # fmt: skip
    assert guardrails.fairness(wanted, figure).held is expected
    assert guardrails.fairness(wanted, None).held is Held.NOT_ENOUGH_EVIDENCE
    turned_round = Criterion(column="sex", metric=Disparity.DEMOGRAPHIC_PARITY_DIFFERENCE, bound=0.2)
    other = Disparate(
        column="sex", metric=turned_round.metric, value=1 - middle, low=1 - high, high=1 - low, n=n, smallest="f", groups=()
    )  # fmt: skip
    assert guardrails.fairness(turned_round, other).held is expected


def test_the_more_guardrails_the_surer_one_has_to_be_that_one_is_broken() -> None:
    assert chance(0.025, 5) == Chance(0.025, 0.005)
