"""Bins: frozen on the reference, every reference value inside, the edges that measures rely on present."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.domain.contract import Kind
from lamplighter.monitoring.arrays import LARGEST, Coded, FloatArray
from lamplighter.monitoring.binning import MOST_CATEGORIES, category_bins, numeric_bins, text_counts
from lamplighter.monitoring.cells import cell_counts

finite = st.floats(-LARGEST, LARGEST, allow_nan=False)


@given(st.lists(finite, max_size=60))
def test_edges_rise_and_hold_the_reference(values: list[float]) -> None:
    bins = numeric_bins(Kind.NUMBER, np.array(values, dtype=np.float64))
    assert np.all(np.diff(bins.edges) > 0)
    assert bins.edges[-1] - bins.edges[0] <= 2.0**bins.exponent
    for value in values:
        assert bins.edges[0] <= value < bins.edges[-1]


def test_edges_are_quantiles_deciles_and_equal_widths() -> None:
    values = np.random.default_rng(0).normal(size=20_000)
    bins = numeric_bins(Kind.NUMBER, values)
    deciles = np.quantile(values, np.arange(1, 10) / 10, method="inverted_cdf")
    assert np.array_equal(bins.edges[bins.tenths], deciles)
    doane = np.histogram_bin_edges(values, bins="doane")
    assert np.array_equal(bins.edges[bins.equal_width][:-1], doane[:-1])
    assert np.isin(np.quantile(values, np.arange(513) / 512, method="inverted_cdf"), bins.edges).all()
    assert bins.edges[-1] == np.nextafter(values.max(), np.inf)


def test_a_value_with_many_rows_has_its_own_cell() -> None:
    values = np.concatenate([np.zeros(900), np.random.default_rng(0).random(100)])
    bins = numeric_bins(Kind.NUMBER, values)
    counted = cell_counts(bins.edges, np.array([0.0, 1e-9, 0.0]))
    assert counted[np.searchsorted(bins.edges, 0.0) + 1] == 2


@pytest.mark.parametrize("shape", ["normal", "tail", "step", "constant"])
@pytest.mark.parametrize("n", [10, 5000, 40_000])
def test_fast_counting_equals_plain_counting(shape: str, n: int) -> None:
    random = np.random.default_rng([n, len(shape)])
    drawn: dict[str, tuple[FloatArray, FloatArray]] = {
        "normal": (random.normal(size=3000), random.normal(0.3, 2.0, n)),
        "tail": (random.pareto(1.1, 3000), random.pareto(1.0, n)),
        "step": (np.floor(random.uniform(0, 9, 3000)), np.floor(random.uniform(-2, 12, n))),
        "constant": (np.repeat(4.0, 3000), np.floor(random.uniform(3, 6, n))),
    }
    reference, values = drawn[shape]
    edges = numeric_bins(Kind.NUMBER, reference).edges
    plain = np.bincount(np.searchsorted(edges, values, side="right"), minlength=edges.size + 1)
    assert np.array_equal(cell_counts(edges, values), plain)


@settings(max_examples=30)
@given(st.lists(finite, min_size=2, max_size=30), st.integers(0, 2**32 - 1))
def test_fast_counting_on_the_edges_themselves(values: list[float], seed: int) -> None:
    edges = np.unique(np.array(values, dtype=np.float64))
    near = np.concatenate([edges, np.nextafter(edges, np.inf), np.nextafter(edges, -np.inf)])
    drawn = np.random.default_rng(seed).choice(near, 5000)
    plain = np.bincount(np.searchsorted(edges, drawn, side="right"), minlength=edges.size + 1)
    assert np.array_equal(cell_counts(edges, drawn), plain)


def test_categories() -> None:
    many = [f"c{number:04}" for number in range(1000) for _ in range(1 + number % 3)]
    assert len(category_bins(Kind.TEXT, None, many).categories) == MOST_CATEGORIES
    assert category_bins(Kind.TEXT, ("b", "a"), ["z"]).categories == ("b", "a")
    assert category_bins(Kind.TEXT, None, ["b", "a", None, "b"]).categories == ("a", "b")
    assert category_bins(Kind.BOOLEAN, None, [True]).categories == ("false", "true")


def test_dictionary_codes_count_like_texts() -> None:
    texts = ["a", None, "b", "a"]
    coded = Coded(np.array([1, -1, 0, 1]), ["b", "a", "never"])
    assert text_counts(coded) == text_counts(texts) == text_counts(np.array(texts, dtype=object))
