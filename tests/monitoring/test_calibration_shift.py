"""Calibration that has moved: as often wrong as stated, and seen where it matters."""

import numpy as np
import pytest
from msgspec.structs import replace
from tests.monitoring.samples import CONTRACT, rows, scores

from lamplighter.domain.contract import Meaning
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.binning import NumericBins
from lamplighter.monitoring.calibration_shift import Curve, Shift, curve, shift
from lamplighter.monitoring.chances import Chances
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.isotonic import by_block, pooled
from lamplighter.monitoring.outcomes import Outcomes, outcomes
from lamplighter.monitoring.profile import PREDICTION, reference_profile
from lamplighter.monitoring.truth import truth

EDGES = np.linspace(0.01, 0.99, 99)


def chance(scores: FloatArray) -> FloatArray:
    """How likely a score really is: the model promises too much."""
    return np.asarray(scores**1.3)


def drawn(count: int, random: np.random.Generator, *, moved: float = 0.0, low: float = 1.0, high: float = 1.0) -> Outcomes:
    scores = random.beta(low, high, count)
    return outcomes((random.random(count) < np.clip(chance(scores) + moved, 0.0, 1.0)).astype(float), scores)


def reference(count: int, random: np.random.Generator) -> Curve:
    rows = drawn(count, random)
    cells = np.searchsorted(EDGES, rows.scores, side="right")
    n = np.bincount(cells, minlength=EDGES.size + 1)
    hits = np.bincount(cells, weights=rows.labels, minlength=EDGES.size + 1)
    blocks = pooled(n.astype(np.int64), hits.astype(np.int64))
    return Curve(EDGES, Chances(blocks, n=by_block(blocks, n.astype(np.int64)), hits=by_block(blocks, hits)))


def told(rows: Outcomes, before: Curve | None, rate: float = 0.02, **more: float) -> Shift:
    found = shift(rows, before, rate, **more)
    assert isinstance(found, Shift)
    return found


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (0.5, 8.0)], ids=["as in the reference", "far lower scores"])
def test_without_movement_alarms_come_no_more_often_than_is_stated(low: float, high: float) -> None:
    random = np.random.default_rng(5)
    found = [told(drawn(500, random, low=low, high=high), reference(3000, random), effect=0.0) for _ in range(800)]
    assert {round(one.rate, 9) for one in found} == {0.02}
    # At most 16 are expected, and more than 32 come about in one of 10,000 such runs.
    assert 1 <= sum(one.moved for one in found) <= 32
    assert np.mean([one.error.value for one in found]) == pytest.approx(np.mean([one.expected for one in found]), rel=0.05)


def test_a_model_that_never_kept_its_word_has_not_moved_and_one_that_did_has() -> None:
    random = np.random.default_rng(6)
    before = reference(5000, random)
    same, moved = told(drawn(4000, random), before), told(drawn(4000, random, moved=0.15), before)
    assert (same.moved, moved.moved) == (False, True)
    assert same.error.value == pytest.approx(same.expected, abs=0.02)
    assert (moved.came - moved.meant, moved.meant - moved.said) == pytest.approx((0.13, -0.07), abs=0.03)
    # At its word it is as far off as before, to the other side.
    assert told(drawn(4000, random), None).moved
    assert moved.error.low > moved.limit > 0.04


def test_movement_beyond_chance_that_is_too_small_to_matter_is_no_alarm() -> None:
    random = np.random.default_rng(7)
    many, before = drawn(200_000, random, moved=-0.02), reference(100_000, random)
    found = told(many, before)
    assert told(many, before, effect=0.0).moved
    assert not found.moved
    assert found.limit == pytest.approx(found.expected + 0.1 * 0.5, abs=0.002)
    assert found.rate < 1e-9


def test_numbers_and_rows_without_classes_have_no_calibration() -> None:
    assert isinstance(shift(outcomes([1.0, 2.0], [0.5, 0.6]), None, 0.01), Missing)
    assert isinstance(shift(outcomes([1.0, 0.0], [5.0, 6.0]), None, 0.01), Missing)
    assert curve(None) is None


def test_the_curve_is_read_from_the_reference_of_a_version() -> None:
    random = np.random.default_rng(8)
    given = scores(4000, 3)
    profile = reference_profile(CONTRACT, rows(4000, 3), given)
    assert curve(profile) is None
    bins = profile.columns[PREDICTION].bins
    assert isinstance(bins, NumericBins)
    labels = (random.random(4000) < np.array(given)).astype(float)
    known = truth(bins, Meaning.PROBABILITY, labels.tolist(), given, 0.5, held_out=True)
    found = curve(replace(profile, truth=known))
    assert found is not None
    assert found.chances.n.sum() == 4000
    window = np.array(scores(3000, 4))
    fair, worse = (random.random(3000) < window).astype(float), (random.random(3000) < window / 2.0).astype(float)
    assert not told(outcomes(fair.tolist(), window.tolist()), found).moved
    assert told(outcomes(worse.tolist(), window.tolist()), found).moved
