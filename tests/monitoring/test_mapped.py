"""What is known of bare scores, as it holds of calibrated ones: against counting the calibrated scores themselves."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lamplighter.domain.calibration import Calibration, all_calibrated, calibrated
from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.domain.robustness import Check, Followed, Measured, Robustness, Stressed
from lamplighter.measures import drift_measure
from lamplighter.monitoring import mapped_profile, mapped_robustness
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.labelled import labelled
from lamplighter.monitoring.profile import PREDICTION, Profile, reference_profile
from lamplighter.monitoring.tally import tally
from lamplighter.monitoring.turning import most_turned, share, turned

CONTRACT = Contract(inputs=(Column("x", Kind.NUMBER),), output=Output("late", Meaning.PROBABILITY, ("no", "yes")))
LINES = st.builds(Calibration, intercept=st.floats(-2.0, 2.0), slope=st.floats(0.3, 3.0))
SEEDS = st.integers(0, 10_000)


def scores_of(seed: int, n: int = 1_000) -> FloatArray:
    """Scores of which many are equal, some nothing and some everything, as those of trees are."""
    random = np.random.default_rng(seed)
    scores = np.where(random.random(n) < 0.5, random.beta(0.6, 2.0, n), random.choice([0.0, 0.125, 0.3, 1.0], n))
    return np.asarray(scores)


def profiles(seed: int, by: Calibration) -> tuple[Profile, Profile, FloatArray]:
    """A reference, the same mapped, and the calibrated scores."""
    scores = scores_of(seed)
    known = reference_profile(CONTRACT, {"x": np.zeros(scores.size)}, scores, edges=[0.5])
    after = np.array(all_calibrated(by, scores.tolist()))
    rows = labelled((scores > 0.4).astype(float).tolist(), after.tolist(), [""] * scores.size)
    return known, mapped_profile.mapped(known, lambda one: calibrated(by, one), rows, 0.5), after


@given(SEEDS, LINES)
@settings(max_examples=30, deadline=None)
def test_calibrated_scores_lie_in_the_mapped_cells_as_the_reference_says(seed: int, by: Calibration) -> None:
    _, mapped, after = profiles(seed, by)
    found = mapped.columns[PREDICTION]
    counted = tally(found.bins, after, PREDICTION)
    assert found.tally.cells.tolist() == counted.cells.tolist()
    assert (found.tally.low, found.tally.high) == (counted.low, counted.high)
    assert (np.diff(found.edges) > 0.0).all()
    # Means and spreads are of the middles of cells.
    assert float(found.mean()) == pytest.approx(after.mean(), abs=0.002)
    assert float(found.deviation()) == pytest.approx(after.std(), abs=0.004)


@given(SEEDS, LINES)
@settings(max_examples=10, deadline=None)
def test_a_window_is_as_far_from_it_as_before(seed: int, by: Calibration) -> None:
    known, mapped, _ = profiles(seed, by)
    window = np.clip(scores_of(seed + 1) * 1.2, 0.0, 1.0)
    after = np.array(all_calibrated(by, window.tolist()))
    for name in ("psi", "jensen_shannon", "kolmogorov_smirnov"):
        far = []
        for profile, scores in ((known, window), (mapped, after)):
            reference = profile.columns[PREDICTION]
            held = type(reference)(bins=reference.bins, tally=tally(reference.bins, scores, PREDICTION))
            far.append(drift_measure(name).measure(reference, held))
        assert far[0] == pytest.approx(far[1], abs=1e-9)


def test_the_other_columns_are_as_they_were() -> None:
    known, mapped, _ = profiles(1, Calibration(slope=0.5))
    assert mapped.columns["x"] is known.columns["x"]
    assert mapped.identity != known.identity
    assert mapped.truth is not None
    assert (mapped.truth.threshold, int(mapped.truth.rows.sum())) == (0.5, 1_000)


def test_a_reference_without_scores_stays_as_it_is() -> None:
    bare = reference_profile(CONTRACT, {"x": np.zeros(3)})
    rows = labelled([1.0], [0.5], [""])
    assert mapped_profile.mapped(bare, lambda one: one, rows, 0.5) is bare


def stressed(one: FloatArray, other: FloatArray) -> Stressed:
    low, high = np.minimum(one, other), np.maximum(one, other)
    moved = float(np.mean(high - low))
    figure = Measured(value=moved, low=moved, high=moved, n=one.size)
    flips = share(turned(low, high, 0.5), one.size)
    largest = float((high - low).max())
    return Stressed(check=Check.MISSING, input="x", flips=flips, turned=most_turned(low, high), shift=figure, largest=largest)


@given(SEEDS, LINES, st.sampled_from([0.3, 0.5, 0.77]))
@example(0, Calibration(intercept=-1.0, slope=0.3), 0.5)
@settings(max_examples=30, deadline=None)
def test_what_is_told_of_calibrated_scores_is_never_too_little(seed: int, by: Calibration, threshold: float) -> None:
    random = np.random.default_rng(seed)
    one = scores_of(seed, 300)
    other = np.clip(one + random.normal(0.0, 0.1, one.size) * (random.random(one.size) < 0.3), 0.0, 1.0)
    facts = Robustness(rows=one.size, unit=1.0, stressed=(stressed(one, other),))
    (found,) = mapped_robustness.mapped(facts, by, threshold).stressed
    one, other = (np.array(all_calibrated(by, scores.tolist())) for scores in (one, other))
    truth = stressed(one, other)
    low, high = np.minimum(one, other), np.maximum(one, other)
    assert found.flips is not None
    assert found.flips.value >= share(turned(low, high, threshold), one.size).value
    assert all(told >= true for told, true in zip(found.turned, truth.turned, strict=True))
    assert found.shift is not None
    assert truth.shift is not None
    assert found.shift.value >= truth.shift.value - 1e-6
    assert found.largest >= truth.largest - 1e-6


def test_a_line_that_changes_nothing_tells_what_was_told() -> None:
    one = np.linspace(0.05, 0.95, 200)
    facts = Robustness(
        rows=200,
        unit=1.0,
        stressed=(stressed(one, one + 0.02),),
        expectations=(Followed(input="x", expect="never-falls", broken=share(3, 200)),),
    )
    found = mapped_robustness.mapped(facts, Calibration(), 0.5)
    assert found.expectations == facts.expectations
    (now,), (before,) = found.stressed, facts.stressed
    assert now.shift is not None
    assert before.shift is not None
    assert now.shift.value == pytest.approx(before.shift.value, rel=1e-6)
    assert now.flips == share(before.turned[24], 200)


def test_what_was_not_measured_stays_unknown() -> None:
    bare = Stressed(check=Check.MISSING, input="x", shift=Measured(value=0.1, low=0.0, high=0.2, n=10))
    (found,) = mapped_robustness.mapped(Robustness(rows=10, unit=1.0, stressed=(bare,)), Calibration(slope=0.5), 0.5).stressed
    assert (found.flips, found.shift, found.turned) == (None, None, ())
