"""A thousand selections between two versions that are equally good: swaps stay at or below the stated alpha."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator, default_rng

from lamplighter.domain.challenge import Choice, Verdict
from lamplighter.domain.selection import Primary, chosen, look_alpha
from lamplighter.domain.selection_rule import SelectionRule
from lamplighter.monitoring import guardrails
from lamplighter.monitoring.comparison import Comparison, compare

RULE = SelectionRule(least_rows=100, flips=0.5)
OF_DAY = 25


def choice(generator: Generator, noise: tuple[float, float], look: int = 1, days: int = 12) -> Choice:
    """One selection on rows of days that are alike within, by two versions that know the rate up to their own noise."""
    day = np.repeat(np.arange(days), OF_DAY)
    rate = np.clip(generator.beta(2.0, 4.0, day.size) + 0.1 * generator.standard_normal(days)[day], 0.01, 0.99)
    # What a version has wrong on one day it has wrong on all rows of it.
    scores = [np.clip(rate + spread * generator.standard_normal(days)[day], 0.01, 0.99) for spread in noise]
    alpha = look_alpha(RULE.alpha, look)
    labels = (generator.random(day.size) < rate).astype(float)
    found = compare("brier", labels, *scores, alpha=2.0 * alpha, least=RULE.least_rows, groups=day.tolist())
    assert isinstance(found, Comparison)
    primary = Primary(
        metric="brier", test="paired", champion=found.champion, challenger=found.challenger, difference=found.difference,
        low=found.low, high=found.high, n=found.n, groups=found.groups, verdict=Verdict(found.verdict), why=found.why,
    )  # fmt: skip
    turned = (scores[0] >= 0.5) != (scores[1] >= 0.5)
    return chosen(primary, [guardrails.flips("", turned, day, RULE.flips, guardrails.chance(alpha, 1))])[0]


def test_a_challenger_that_is_as_good_is_swapped_in_no_more_often_than_stated() -> None:
    generator = default_rng(7)
    choices = [choice(generator, (0.1, 0.1)) for _ in range(1000)]
    # One look has half of alpha; the limit is that and three standard errors of a thousand, and all of alpha holds anyway.
    assert choices.count(Choice.SWAP) <= 1000 * (0.025 + 3.0 * np.sqrt(0.025 * 0.975 / 1000)) <= 1000 * RULE.alpha
    assert choices.count(Choice.UNDECIDED) > 900


def looks(generator: Generator) -> Iterator[Choice]:
    for look in range(1, 5):
        yield choice(generator, (0.1, 0.1), look)


def test_whoever_looks_again_until_it_swaps_finds_no_more_than_stated() -> None:
    generator = default_rng(8)
    assert sum(Choice.SWAP in looks(generator) for _ in range(400)) <= 400 * RULE.alpha


def test_a_better_challenger_is_swapped_in() -> None:
    generator = default_rng(9)
    choices = [choice(generator, (0.3, 0.05), days=40) for _ in range(200)]
    assert choices.count(Choice.SWAP) / 200 > 0.9
