"""Drift measures on counts against scipy on the raw values."""

from typing import Any

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]
from scipy.spatial import distance  # type: ignore[import-untyped]

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.measures.base import DriftMeasure
from lamplighter.measures.chi_square import ChiSquare
from lamplighter.measures.hellinger import Hellinger
from lamplighter.measures.jensen_shannon import JensenShannon
from lamplighter.measures.kolmogorov_smirnov import KolmogorovSmirnov
from lamplighter.measures.l_infinity import LInfinity
from lamplighter.measures.missing import MissingValues
from lamplighter.measures.psi import PopulationStability
from lamplighter.measures.unseen_categories import UnseenCategories
from lamplighter.measures.wasserstein import Wasserstein
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.counts import count, windows
from lamplighter.monitoring.profile import reference_profile

RANDOM = np.random.default_rng(17)
REFERENCE, WINDOW = 200_000, 33_000

#: Reference and window by the shape of the column.
SHAPES: dict[str, tuple[FloatArray, FloatArray]] = {
    "normal": (RANDOM.normal(size=REFERENCE), RANDOM.normal(0.2, 1.1, WINDOW)),
    "same": (RANDOM.normal(size=REFERENCE), RANDOM.normal(size=WINDOW)),
    "skewed": (RANDOM.gamma(2.0, 10.0, REFERENCE), RANDOM.gamma(2.2, 10.0, WINDOW)),
    "heavy tail": (RANDOM.standard_t(2.5, REFERENCE), 1.3 * RANDOM.standard_t(2.5, WINDOW)),
    "whole numbers": (np.floor(RANDOM.uniform(0, 30, REFERENCE)), np.floor(RANDOM.uniform(2, 31, WINDOW))),
    "many zeros": (RANDOM.gamma(1.0, 5.0, REFERENCE) * (RANDOM.random(REFERENCE) < 0.4), RANDOM.gamma(1.0, 6.0, WINDOW)),
    "far away": (RANDOM.normal(1e9, 3.0, REFERENCE), RANDOM.normal(1e9 + 40.0, 3.0, WINDOW)),
}

each_shape = pytest.mark.parametrize("shape", SHAPES)


def measured(measure: DriftMeasure, kind: Kind, reference: Any, window: Any) -> float:
    contract = Contract(inputs=(Column(name="x", kind=kind, nullable=True),), output=Output(name="y", meaning=Meaning.NUMBER))
    profile = reference_profile(contract, {"x": reference})
    value = measure.measure(profile.columns["x"], windows(profile, count(profile, {"x": window}))["x"])
    assert isinstance(value, float)
    return value


def equal_width_shares(reference: FloatArray, window: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Bins by Doane's rule on the reference, and one for everything outside."""
    edges = np.histogram_bin_edges(reference, bins="doane")
    before, after = (np.histogram(values, bins=edges)[0] / values.size for values in (reference, window))
    return np.append(before, 0.0), np.append(after, 1.0 - after.sum())


@each_shape
def test_kolmogorov_smirnov(shape: str) -> None:
    truth = stats.ks_2samp(*SHAPES[shape]).statistic
    found = measured(KolmogorovSmirnov(), Kind.NUMBER, *SHAPES[shape])
    assert truth - 4e-4 <= found <= truth + 1e-12


@each_shape
def test_wasserstein(shape: str) -> None:
    reference, window = SHAPES[shape]
    truth = stats.wasserstein_distance(reference, window) / max(reference.std(), 0.001)
    assert measured(Wasserstein(), Kind.NUMBER, reference, window) == pytest.approx(truth, abs=6e-4)


@each_shape
def test_jensen_shannon_of_numbers(shape: str) -> None:
    truth = distance.jensenshannon(*equal_width_shares(*SHAPES[shape]), base=2)
    assert measured(JensenShannon(), Kind.NUMBER, *SHAPES[shape]) == pytest.approx(truth, abs=1e-9)


@each_shape
def test_hellinger_of_numbers(shape: str) -> None:
    before, after = equal_width_shares(*SHAPES[shape])
    truth = np.linalg.norm(np.sqrt(before) - np.sqrt(np.maximum(after, 0.0))) / np.sqrt(2.0)
    assert measured(Hellinger(), Kind.NUMBER, *SHAPES[shape]) == pytest.approx(truth, abs=1e-7)


@pytest.mark.parametrize("shape", ["normal", "same", "skewed", "heavy tail"])
def test_psi_of_numbers(shape: str) -> None:
    reference, window = SHAPES[shape]
    deciles = np.quantile(reference, np.arange(1, 10) / 10, method="inverted_cdf")
    before, after = (
        np.bincount(np.searchsorted(deciles, values, side="right"), minlength=10) / values.size
        for values in (reference, window)
    )
    truth = stats.entropy(before, after) + stats.entropy(after, before)
    assert measured(PopulationStability(), Kind.NUMBER, reference, window) == pytest.approx(truth, rel=1e-10)


def test_psi_of_a_constant_that_moves() -> None:
    found = measured(PopulationStability(), Kind.NUMBER, [0.0] * 100, [1.0] * 100)
    assert found == pytest.approx(2 * (1 - 1e-4) * np.log(1e4), rel=1e-3)


CATEGORIES = np.array(["a", "b", "c", "d", "e"])
BEFORE = CATEGORIES[RANDOM.choice(5, 20_000, p=[0.4, 0.3, 0.2, 0.1, 0.0])]
AFTER = CATEGORIES[RANDOM.choice(5, 3000, p=[0.35, 0.33, 0.2, 0.1, 0.02])]


def table() -> tuple[FloatArray, FloatArray]:
    before, after = (np.array([(values == name).sum() for name in CATEGORIES], dtype=float) for values in (BEFORE, AFTER))
    return before, after


def test_measures_of_categories() -> None:
    before, after = table()
    p, q = before / before.sum(), after / after.sum()
    truth: dict[DriftMeasure, float] = {
        JensenShannon(): distance.jensenshannon(p, q, base=2),
        Hellinger(): distance.euclidean(np.sqrt(p), np.sqrt(q)) / np.sqrt(2.0),
        LInfinity(): distance.chebyshev(p, q),
        ChiSquare(): stats.chi2_contingency([before, after], correction=False).statistic,
        UnseenCategories(): q[4],
        PopulationStability(): float(np.sum((q - np.maximum(p, 1e-4)) * np.log(q / np.maximum(p, 1e-4)))),
    }
    for measure, expected in truth.items():
        assert measured(measure, Kind.TEXT, BEFORE, AFTER) == pytest.approx(expected, rel=1e-12), measure.name


def test_booleans_are_categories() -> None:
    before, after = RANDOM.random(1000) < 0.3, RANDOM.random(700) < 0.5
    truth = stats.chi2_contingency([np.bincount(before), np.bincount(after)], correction=False).statistic
    assert measured(ChiSquare(), Kind.BOOLEAN, before, after) == pytest.approx(truth, rel=1e-12)


def test_the_threshold_of_chi_square_is_its_quantile() -> None:
    contract = Contract(inputs=(Column(name="x", kind=Kind.TEXT),), output=Output(name="y", meaning=Meaning.NUMBER))
    reference = reference_profile(contract, {"x": BEFORE}).columns["x"]
    assert ChiSquare().threshold(reference) == pytest.approx(stats.chi2.ppf(0.95, 3), rel=1e-9)


@pytest.mark.parametrize(("before", "after", "truth"), [(0.0, 0.25, 0.25), (0.5, 0.25, 0.25), (0.1, 1.0, 0.9)])
def test_missing(before: float, after: float, truth: float) -> None:
    reference, window = ([None] * round(share * 100) + [1.0] * round((1 - share) * 100) for share in (before, after))
    assert measured(MissingValues(), Kind.NUMBER, reference, window) == pytest.approx(truth)
