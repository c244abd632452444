"""What every measure promises. A new file in the folder is found and held to it."""

import inspect
import pkgutil
import re
from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from lamplighter import measures
from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.measures.base import DriftMeasure, QualityMeasure
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.counts import count, windows
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.outcomes import outcomes
from lamplighter.monitoring.profile import Profile, reference_profile
from lamplighter.monitoring.resampling import expected, redrawn

NAMES = sorted(module.name for module in pkgutil.iter_modules(measures.__path__) if module.name != "base")


def plugin(name: str) -> type[Any]:
    module = import_module(f"lamplighter.measures.{name}")
    here = [kind for _, kind in inspect.getmembers(module, inspect.isclass) if kind.__module__ == module.__name__]
    assert len(here) == 1, f"{name} must hold one class"
    return here[0]


DRIFT: list[DriftMeasure] = [plugin(name)() for name in NAMES if issubclass(plugin(name), DriftMeasure)]
QUALITY: list[QualityMeasure] = [plugin(name)() for name in NAMES if issubclass(plugin(name), QualityMeasure)]
PAIRS = [(measure, kind) for measure in DRIFT for kind in sorted(measure.columns)]

each_drift = pytest.mark.parametrize("measure", DRIFT, ids=lambda measure: measure.name)
each_pair = pytest.mark.parametrize(("measure", "kind"), PAIRS, ids=lambda part: getattr(part, "name", part))
each_quality = pytest.mark.parametrize("measure", QUALITY, ids=lambda measure: measure.name)


def test_every_file_is_a_measure() -> None:
    assert {measure.name for measure in DRIFT} | {measure.name for measure in QUALITY} == set(NAMES)
    assert len(DRIFT) >= 9
    assert len(QUALITY) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_every_measure_cites_its_source(name: str) -> None:
    assert re.search(r"\b(1[789]|20)\d\d\b", plugin(name).__doc__ or "")


# Drift. `values(kind, shift, gone)` are 4,000 values that lie `shift` away from home, a part `gone` of them missing.


def values(kind: Kind, shift: float = 0.0, gone: float = 0.0) -> list[Any]:
    even = (np.arange(4000) + 0.5) / 4000
    mixed = np.random.default_rng(0).permutation(even)
    made: Sequence[Any]
    if kind in (Kind.NUMBER, Kind.INTEGER):
        number = -10.0 * np.log1p(-0.98 * mixed) + 8.0 * shift
        made = number.tolist() if kind is Kind.NUMBER else np.rint(number).astype(int).tolist()
    elif kind is Kind.BOOLEAN:
        made = (mixed < 0.2 + 0.15 * shift).tolist()
    else:
        new = mixed < 0.08 * shift
        known = np.searchsorted([0.6 - 0.1 * shift, 0.85 - 0.05 * shift], mixed)
        made = ["new" if fresh else f"c{at}" for fresh, at in zip(new, known, strict=True)]
    return [None if at < gone * 4000 else value for at, value in enumerate(made)]


def profile_of(kind: Kind, reference: list[Any]) -> Profile:
    contract = Contract(inputs=(Column(name="x", kind=kind, nullable=True),), output=Output(name="y", meaning=Meaning.NUMBER))
    return reference_profile(contract, {"x": reference})


def window_of(profile: Profile, found: list[Any]) -> Distribution:
    return windows(profile, count(profile, {"x": found}))["x"]


def measured(measure: DriftMeasure, kind: Kind, found: list[Any]) -> float:
    profile = profile_of(kind, values(kind, gone=0.02))
    value = measure.measure(profile.columns["x"], window_of(profile, found))
    assert isinstance(value, float)
    return value


@each_pair
def test_the_same_rows_are_at_distance_zero(measure: DriftMeasure, kind: Kind) -> None:
    assert measured(measure, kind, values(kind, gone=0.02)) == pytest.approx(0.0, abs=1e-12)
    assert measured(measure, kind, values(kind, gone=0.02) * 2) == pytest.approx(0.0, abs=1e-12)


@each_pair
def test_it_grows_with_the_shift(measure: DriftMeasure, kind: Kind) -> None:
    steps = (0.0, 0.5, 1.0, 2.0, 3.0)
    moved = [measured(measure, kind, values(kind, shift=step, gone=0.02)) for step in steps]
    emptied = [measured(measure, kind, values(kind, gone=0.02 + step / 4)) for step in steps]
    grows = [all(two > one for one, two in pairwise(path)) for path in (moved, emptied)]
    if measure.takes_missing:
        assert grows[1]
    elif kind is Kind.BOOLEAN and not any(moved):
        assert measured(measure, kind, [0.5] * 100) > 0.0
    else:
        assert grows[0]


@each_pair
def test_it_is_finite_and_never_negative(measure: DriftMeasure, kind: Kind) -> None:
    extremes: dict[Kind, list[list[Any]]] = {
        Kind.NUMBER: [[1e300], [-1e300, 1e300], [5e-324], [0.0], [float("inf"), 1.0]],
        Kind.INTEGER: [[2**63 - 1], [-(2**63)], [0]],
        Kind.TEXT: [["never seen"], [""], ["c0"], ["c0", None]],
        Kind.BOOLEAN: [[True], [False, None], [True, False]],
    }
    for reference in (values(kind), extremes[kind][0], [*extremes[kind][-1], None]):
        profile = profile_of(kind, reference)
        for found in (*extremes[kind], values(kind, shift=2.0)):
            value = measure.measure(profile.columns["x"], window_of(profile, found))
            assert isinstance(value, float)
            assert np.isfinite(value)
            assert value >= 0.0


@each_pair
def test_it_is_symmetric_if_it_says_so(measure: DriftMeasure, kind: Kind) -> None:
    profile = profile_of(kind, values(kind))
    one, other = (window_of(profile, values(kind, shift=shift, gone=gone)) for shift, gone in ((0.3, 0.1), (1.0, 0.0)))
    there, back = measure.distance(one, other), measure.distance(other, one)
    if measure.symmetric:
        assert float(there) == pytest.approx(float(back), rel=1e-12)


@each_pair
def test_an_empty_side_gives_no_value(measure: DriftMeasure, kind: Kind) -> None:
    profile = profile_of(kind, values(kind))
    assert measure.measure(profile.columns["x"], window_of(profile, [])) == Missing(why="The window holds no value.")
    silent = measure.measure(profile.columns["x"], window_of(profile, [None, None]))
    assert isinstance(silent, float if measure.takes_missing else Missing)
    empty = profile_of(kind, [])
    assert isinstance(measure.measure(empty.columns["x"], window_of(empty, values(kind))), Missing)


@each_pair
def test_many_windows_at_once_are_as_many_one_by_one(measure: DriftMeasure, kind: Kind) -> None:
    reference = profile_of(kind, values(kind, gone=0.1)).columns["x"]
    many = redrawn(expected(reference), 300, 5, np.random.default_rng(0))
    together = measure.distance(reference, many)
    assert together.shape == (5,)
    for at in range(5):
        tally = type(many.tally)(cells=many.tally.cells[at], moments=many.tally.moments[at], low=0.0, high=0.0)
        alone = measure.measure(reference, Distribution(bins=reference.bins, tally=tally))
        assert alone == pytest.approx(float(together[at]), rel=1e-12)


@each_pair
def test_fewer_cells_do_not_change_it_if_it_says_how_fine_it_looks(measure: DriftMeasure, kind: Kind) -> None:
    profile = profile_of(kind, values(kind, gone=0.1))
    window = window_of(profile, values(kind, shift=0.7))
    if measure.partition is not None:
        coarse = [part.regrouped(measure.partition) for part in (profile.columns["x"], window)]
        assert measure.measure(*coarse) == measure.measure(profile.columns["x"], window)


@each_pair
def test_it_has_a_threshold_of_its_own(measure: DriftMeasure, kind: Kind) -> None:
    profile = profile_of(kind, values(kind))
    strict = type(measure)(limit=measure.limit / 2).threshold(profile.columns["x"])
    assert np.isfinite(measure.threshold(profile.columns["x"]))
    assert strict != measure.threshold(profile.columns["x"])
    assert measure.direction is Direction.LOWER


# Quality.


def labels_and_scores(measure: QualityMeasure, noise: float, n: int = 500) -> tuple[FloatArray, FloatArray]:
    """Scores that lose the truth as `noise` grows from 0 to 1."""
    random = np.random.default_rng(1)
    blur = random.random(n)
    if measure.meaning is Meaning.NUMBER:
        truth = random.normal(50.0, 10.0, n)
        return truth, truth + 20.0 * noise * (blur - 0.5)
    truth = (random.random(n) < 0.4).astype(float)
    return truth, 0.02 + 0.96 * ((1.0 - noise) * truth + noise * blur)


@each_quality
def test_a_figure_has_its_name_and_interval(measure: QualityMeasure) -> None:
    figure = measure.measure(outcomes(*labels_and_scores(measure, 0.6)))
    assert isinstance(figure, Figure)
    assert figure.name == measure.name
    assert figure.low <= figure.value <= figure.high
    assert figure.low < figure.high
    assert 0 < figure.n <= 500


@each_quality
def test_it_gets_worse_as_scores_lose_the_truth(measure: QualityMeasure) -> None:
    found = [measure.measure(outcomes(*labels_and_scores(measure, noise))) for noise in (0.0, 0.6, 0.8, 1.0)]
    by_noise = [figure.value for figure in found if isinstance(figure, Figure)]
    worsening = by_noise if measure.direction is Direction.LOWER else by_noise[::-1]
    assert len(by_noise) == 4
    assert worsening == sorted(worsening)
    assert worsening[0] < worsening[-1]


@each_quality
def test_more_rows_narrow_the_interval(measure: QualityMeasure) -> None:
    widths = []
    for n in (50, 500, 5000):
        figure = measure.measure(outcomes(*labels_and_scores(measure, 0.8, n)))
        assert isinstance(figure, Figure)
        widths.append(figure.high - figure.low)
    assert widths == sorted(widths, reverse=True)


@each_quality
def test_no_rows_no_figure(measure: QualityMeasure) -> None:
    assert isinstance(measure.measure(outcomes([], [])), Missing)


@each_quality
def test_only_a_measure_that_looks_at_decisions_gives_another_figure_at_another_threshold(measure: QualityMeasure) -> None:
    labels, scores = ([0, 1, 1, 0, 1, 0] * 40, [0.1, 0.9, 0.4, 0.6, 0.55, 0.3] * 40)
    found = [measure.measure(outcomes(labels, scores, threshold)) for threshold in (0.5, 0.35)]
    assert all(isinstance(one, Figure) for one in found)
    assert (found[0] != found[1]) is measure.decides
