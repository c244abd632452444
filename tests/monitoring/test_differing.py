"""Two versions on the same rows: the interval of the difference is that of the books, and says so where it is none."""

from typing import Any

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]

from lamplighter.domain.contract import Meaning
from lamplighter.domain.version_comparison import Contrast
from lamplighter.measures import quality_measure, quality_measures
from lamplighter.monitoring.differing import Difference, Scores, difference
from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.outcomes import outcomes

PAIRED = ("accuracy", "auc", "brier", "f1", "log_loss", "precision", "recall")
ALPHA = 0.05


def drawn(n: int = 3000, seed: int = 4, noise: tuple[float, float] = (0.05, 0.2)) -> tuple[Any, Scores, Scores]:
    """Labels, and two versions that know the true rate up to their own noise."""
    random = np.random.default_rng(seed)
    rate = random.beta(2.0, 4.0, n)
    one, other = (np.clip(rate + random.normal(0.0, spread, n), 0.01, 0.99) for spread in noise)
    return (random.random(n) < rate).astype(float), Scores(one, 0.4), Scores(other, 0.5)


def told(name: str, labels: Any, base: Scores, other: Scores) -> Difference | Missing:
    return difference(name, quality_measure(name).direction, labels, base, other, ALPHA)


def apart(name: str, labels: Any, base: Scores, other: Scores) -> tuple[float, float, float, Contrast]:
    found = told(name, labels, base, other)
    assert isinstance(found, Difference), found
    assert found.low is not None
    assert found.high is not None
    return found.value, found.low, found.high, found.standing


def value(name: str, labels: Any, says: Scores) -> float:
    found = quality_measure(name).measure(outcomes(labels, says.scores, says.threshold))
    assert isinstance(found, Figure)
    return found.value


@pytest.mark.parametrize("name", PAIRED)
def test_a_version_is_no_distance_from_itself(name: str) -> None:
    labels, one, _ = drawn()
    assert apart(name, labels, one, Scores(one.scores.copy(), one.threshold)) == (0.0, 0.0, 0.0, Contrast.SAME)


@pytest.mark.parametrize("name", PAIRED)
def test_the_other_way_round_everything_is_the_opposite(name: str) -> None:
    labels, one, other = drawn()
    there, low, high, standing = apart(name, labels, one, other)
    back = apart(name, labels, other, one)
    assert (there, low, high) == pytest.approx((-back[0], -back[2], -back[1]))
    opposite = {Contrast.BETTER: Contrast.WORSE, Contrast.WORSE: Contrast.BETTER}
    assert back[3] is opposite.get(standing, standing)


@pytest.mark.parametrize("name", PAIRED)
def test_the_difference_is_that_of_the_figures(name: str) -> None:
    labels, one, other = drawn()
    assert apart(name, labels, one, other)[0] == pytest.approx(value(name, labels, other) - value(name, labels, one), abs=1e-12)


def test_losses_and_right_decisions_have_the_paired_interval_of_student() -> None:
    labels, one, other = drawn()
    losses = {
        "brier": [(says.scores - labels) ** 2 for says in (one, other)],
        "accuracy": [((says.scores >= says.threshold) == (labels == 1)).astype(float) for says in (one, other)],
        "recall": [(says.scores[labels == 1] >= says.threshold).astype(float) for says in (one, other)],
    }
    for name, (before, after) in losses.items():
        expected = stats.ttest_rel(after, before).confidence_interval(1 - ALPHA)
        assert apart(name, labels, one, other)[1:3] == pytest.approx((expected.low, expected.high), rel=1e-3), name


@pytest.mark.parametrize("name", ["auc", "precision", "f1"])
def test_the_interval_is_that_of_rows_drawn_again(name: str) -> None:
    labels, one, other = drawn(n=800)
    random = np.random.default_rng(12)
    again = []
    for _ in range(500):
        rows = random.integers(0, labels.size, labels.size)
        first, second = (value(name, labels[rows], Scores(says.scores[rows], says.threshold)) for says in (one, other))
        again.append(second - first)
    _, low, high, _ = apart(name, labels, one, other)
    assert high - low == pytest.approx(2 * 1.96 * np.std(again), rel=0.1)


def test_the_direction_of_the_measure_says_what_is_better() -> None:
    labels, good, bad = drawn()
    assert apart("brier", labels, good, bad)[3] is Contrast.WORSE
    assert apart("brier", labels, bad, good)[3] is Contrast.BETTER
    assert apart("auc", labels, good, bad)[3] is Contrast.WORSE
    assert apart("auc", labels, bad, good)[3] is Contrast.BETTER


def test_numbers_are_compared_too() -> None:
    random = np.random.default_rng(3)
    truth = random.normal(100.0, 10.0, 800)
    near, far = (Scores(truth + random.normal(0.0, spread, 800), 0.5) for spread in (1.0, 3.0))
    assert apart("mae", truth, near, far)[3] is Contrast.WORSE
    assert apart("rmse", truth, far, near)[3] is Contrast.BETTER


@pytest.mark.parametrize("name", ["auc", "brier", "precision", "recall"])
def test_equally_good_versions_are_rarely_told_apart(name: str) -> None:
    found = []
    for seed in range(150):
        labels, one, other = drawn(n=400, seed=seed, noise=(0.1, 0.1))
        found.append(apart(name, labels, Scores(one.scores, 0.4), Scores(other.scores, 0.4))[3])
    assert found.count(Contrast.UNCLEAR) >= 0.91 * len(found)


def test_few_rows_give_an_interval_and_no_standing() -> None:
    labels, good, bad = drawn(n=90, noise=(0.0, 0.6))
    found = told("brier", labels, good, bad)
    assert isinstance(found, Difference)
    assert (found.standing, found.why) == (Contrast.UNCLEAR, "It rests on 90 rows, and 100 are needed.")
    assert found.low is not None
    assert found.low > 0.0


def test_where_no_row_makes_a_difference_there_is_no_interval_of_zero_width() -> None:
    labels, one, _ = drawn()
    squeezed = Scores(one.scores / 2.0, 0.5)
    found = told("auc", labels, one, squeezed)
    assert isinstance(found, Difference)
    assert (found.value, found.low, found.high, found.standing) == (0.0, None, None, Contrast.UNCLEAR)
    nearly = one.scores.copy()
    nearly[:5] = 1.0 - nearly[:5]
    turned = told("recall", labels, one, Scores(nearly, one.threshold))
    assert turned == Missing(why="They decide differently on 5 rows, and 10 are needed.")


@pytest.mark.parametrize("name", sorted({*quality_measures(Meaning.PROBABILITY)} - {*PAIRED, "rmse", "mae"}))
def test_what_has_no_paired_interval_says_so(name: str) -> None:
    assert told(name, *drawn()) == Missing(why=f"No interval of a paired difference is known here for {name}.")


def test_what_has_no_value_says_so() -> None:
    labels, one, other = drawn()
    assert isinstance(told("auc", np.ones_like(labels), one, other), Missing)
    assert isinstance(told("recall", np.zeros_like(labels), one, other), Missing)
    assert difference("brier", Direction.LOWER, labels + 2.0, one, other, ALPHA) == Missing(why="The labels are not 0 and 1.")
