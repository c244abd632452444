"""1,000 selections between two versions that are equally good: swaps against the stated alpha; and how many find a better one.

Rows of one day share what a version has wrong on that day and how often the truth is positive; days differ in size. Each
selection is made as the platform makes one, with guardrails for decisions that turn, costs and latency. `--selections N`
makes fewer.
"""

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from lines import line

from lamplighter.domain.challenge import Choice, Verdict
from lamplighter.domain.selection import Primary, chosen, look_alpha
from lamplighter.domain.selection_rule import Costs, SelectionRule
from lamplighter.monitoring import guardrails
from lamplighter.monitoring.comparison import Comparison, compare
from lamplighter.monitoring.intervals import wilson

#: Wide bounds, so that it is the figure which decides: a guardrail can only make swaps rarer.
RULE = SelectionRule(alpha=0.05, least_rows=500, flips=0.9, slower=2.0, quick_ms=5.0, costlier=1.0)
COSTS = Costs(false_positive=1.0, false_negative=3.0)
DAYS, OF_DAY = 20, 50
#: Looks at one pair, one after another, each at rows of its own.
LOOKS = 5
#: What each version adds to what is true, on all rows of a day and on each row alone.
ALIKE, WORSE = (0.08, 0.10), (0.15, 0.20)


def selection(random: np.random.Generator, metric: str, champion: tuple[float, float], days: int, look: int) -> Choice:
    """One selection of a challenger that errs as `ALIKE` says."""
    sizes = random.poisson(OF_DAY, days) + 1
    day = np.repeat(np.arange(days), sizes)
    rate = np.clip(random.beta(2.0, 4.0, day.size) + 0.1 * random.standard_normal(days)[day], 0.02, 0.98)
    labels = (random.random(day.size) < rate).astype(float)
    pair = []
    for by_day, alone in (champion, ALIKE):
        errors = by_day * random.standard_normal(days)[day] + alone * random.standard_normal(day.size)
        pair.append(np.clip(rate + errors, 0.01, 0.99))
    alpha = look_alpha(RULE.alpha, look)
    found = compare(metric, labels, *pair, alpha=2.0 * alpha, margin=RULE.margin, least=100, groups=day.tolist())
    assert isinstance(found, Comparison)
    primary = Primary(
        metric=metric, test="paired t by day", champion=found.champion, challenger=found.challenger,
        difference=found.difference, low=found.low, high=found.high, n=found.n, groups=found.groups,
        verdict=Verdict(found.verdict), why=found.why,
    )  # fmt: skip
    decided = (pair[0] >= 0.5, pair[1] >= 0.5)
    spent = guardrails.chance(alpha, 3)
    times = random.lognormal(0.0, 0.5, (2, day.size))
    held = [
        guardrails.flips("", decided[0] != decided[1], day, RULE.flips, spent),
        guardrails.cost(labels == 1.0, decided, day, COSTS, RULE, spent),
        guardrails.latency(times[0], times[1], RULE, spent),
    ]
    return chosen(primary, held)[0]


def once(seed: int, metric: str, champion: tuple[float, float], days: int, looks: int) -> Choice:
    """What up to so many looks at a pair end with: a swap if any of them does."""
    random = np.random.default_rng([20_260_049, seed])
    found = [selection(random, metric, champion, days, look + 1) for look in range(looks)]
    return Choice.SWAP if Choice.SWAP in found else found[-1]


def main() -> int:
    """Print a line for each kind of selection; fails where more are swapped than stated, or where a better one is not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--selections", type=int, default=1000)
    many = parser.parse_args().selections
    met = True
    cases = (("brier", ALIKE, 1, DAYS), ("auc", ALIKE, 1, DAYS), ("brier", ALIKE, LOOKS, DAYS), ("brier", WORSE, 1, DAYS),
             ("brier", WORSE, 1, 2 * DAYS))  # fmt: skip
    with ProcessPoolExecutor() as pool:
        for metric, champion, looks, days in cases:
            told = partial(once, metric=metric, champion=champion, days=days, looks=looks)
            choices = Counter(pool.map(told, range(many), chunksize=20))
            low, high = wilson(choices[Choice.SWAP], many)
            same, swapped = champion == ALIKE, choices[Choice.SWAP] / many
            name = f"selections_{'a_a' if same else 'a_b'}_{metric}_{days}_days_{looks}_looks"
            unit = f"share_swapped({low:.4f}..{high:.4f})"
            line(name, max(swapped, 1e-9), "alpha" if same else "half", RULE.alpha if same else 0.5, unit, lower_is_better=same)
            met &= swapped <= RULE.alpha if same else low > 0.5
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
