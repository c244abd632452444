"""The kernel counts to the last bit what NumPy counts, and where it was not built NumPy counts."""

import math
import os
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
from arro3.core import Array, DataType, RecordBatch, Table
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.domain.contract import Kind
from lamplighter.monitoring import native
from lamplighter.monitoring.arrays import LARGEST, Values
from lamplighter.monitoring.arrow import Batch, Stream
from lamplighter.monitoring.binning import Bins, category_bins, numeric_bins
from lamplighter.monitoring.counter import ColumnCounter
from lamplighter.monitoring.fixed_point import units
from lamplighter.monitoring.tally import Sums, Tally, tally, tally_plainly
from lamplighter.monitoring.texts import Texts

KNOWN = ("", "a", "ab", "abc", "abcd", "abcde", "abcdefgh", "abcdefghi", "abcdefghij-klmnop", "ä", "日本", "x" * 40)
TEXTS = st.one_of(st.none(), st.sampled_from(KNOWN), st.text(max_size=20), st.text("abcd", min_size=7, max_size=18))
NUMBERS = st.one_of(
    st.floats(),
    st.floats(-3.0, 3.0),
    st.sampled_from([0.0, -0.0, 5e-324, 1e300, -1e300, math.inf, -math.inf, math.nan, 1.0, math.nextafter(1.0, 2.0)]),
)
REFERENCES = st.one_of(
    st.lists(st.floats(-LARGEST, LARGEST), max_size=40),
    st.lists(st.floats(-1.0, 1.0), min_size=20, max_size=300),
    st.lists(st.sampled_from([0.0, 1.0, 7.0]), min_size=1, max_size=50),
)


@pytest.fixture(autouse=True)
def library() -> None:
    if native.library() is None:
        compiler = shlex.split(os.environ.get("CC", "cc"))[0]
        assert os.name != "posix" or not shutil.which(compiler), "there is a compiler, but make setup has not built the kernel"
        pytest.skip("there is no C compiler on this machine")


def same(one: Tally, other: Tally) -> bool:
    ends = [(each.low, math.copysign(1.0, each.low), each.high, math.copysign(1.0, each.high)) for each in (one, other)]
    return np.array_equal(one.cells, other.cells) and np.array_equal(one.moments, other.moments) and ends[0] == ends[1]


@settings(max_examples=300)
@given(REFERENCES, st.lists(NUMBERS, max_size=60))
def test_numbers(reference: list[float], values: list[float]) -> None:
    bins = numeric_bins(Kind.NUMBER, np.array(reference, dtype=np.float64))
    beside = [*reference, *(math.nextafter(edge, way) for edge in bins.edges[:40] for way in (-math.inf, math.inf))]
    numbers = np.array([*values, *beside], dtype=np.float64)
    with_grid = Sums(bins.cells)
    ColumnCounter("x", bins).add(numbers, with_grid)
    plain = tally_plainly(bins, numbers)
    assert same(tally(bins, numbers, "x"), plain)
    assert same(with_grid.tally(), plain)


@pytest.mark.parametrize("shape", ["normal", "cauchy", "whole", "constant", "zeros", "falling", "to both sides"])
def test_many_numbers(shape: str) -> None:
    random = np.random.default_rng(len(shape))
    drawn = {
        "normal": random.normal(size=100_000),
        "cauchy": random.standard_cauchy(100_000),
        "whole": random.integers(-5, 900, 100_000).astype(np.float64),
        "constant": np.full(100_000, 4.0),
        "falling": 10.0 ** -random.exponential(9.0, 100_000),
        "to both sides": random.choice([-1.0, 1.0, 0.0, -0.0], 100_000) * 10.0 ** random.normal(0.0, 4.0, 100_000),
        "zeros": np.where(random.random(100_000) < 0.8, 0.0, random.gamma(2.0, 3.0, 100_000)),
    }[shape]
    bins = numeric_bins(Kind.NUMBER, drawn[:20_000])
    assert same(tally(bins, drawn * 1.1, "x"), tally_plainly(bins, drawn * 1.1))


def test_both_zeros_are_where_the_edge_of_zero_is() -> None:
    edges = np.array([-1e6, -1e-20, 0.0, 1e-20, 1e6])
    found = []
    for with_grid in (False, True):
        cells, moments = np.zeros(7, dtype=np.int64), np.zeros((4, 2), dtype=np.int64)
        lookup = native.Lookup(edges, 0.0, units(21), with_grid=with_grid)
        lookup.count(np.array([-0.0, 0.0, -1e-20, 1e-20, -5e-21, 5e-21, 0.0]), cells, moments)
        found.append(cells.tolist())
    assert found == [[0, 0, 2, 4, 1, 0, 0]] * 2


def batch_of(column: Array) -> Batch:
    batch = RecordBatch.from_pydict({"x": column})
    found = Stream(Table.from_batches([batch])).next()
    assert found is not None
    return found


def counted(bins: Bins, values: Values, first: int, last: int, *, plainly: bool) -> Tally:
    sums = Sums(bins.cells)
    ColumnCounter("x", bins, plainly=plainly).count(values, first, last, sums)
    return sums.tally()


@settings(max_examples=200)
@given(REFERENCES, st.lists(st.one_of(st.none(), NUMBERS), max_size=1200), st.integers(0, 9), st.integers(0, 9))
def test_numbers_with_gaps(reference: list[float], values: list[float | None], skipped: int, first: int) -> None:
    bins = numeric_bins(Kind.NUMBER, np.array(reference, dtype=np.float64))
    column = Array([*reference, *values], type=DataType.float64())
    skipped = min(skipped, len(column))
    batch = batch_of(column.slice(skipped))
    first = min(first, batch.rows)
    rows = [math.nan if value is None else value for value in [*reference, *values][skipped + first :]]
    plain = tally_plainly(bins, np.array(rows, dtype=np.float64))
    for plainly in (False, True):
        assert same(counted(bins, batch.column("x"), first, batch.rows, plainly=plainly), plain)


def codes(bins: Bins, values: Values) -> list[list[int]]:
    return [ColumnCounter("x", bins, plainly=plainly).read(values).tolist() for plainly in (False, True)]


@settings(max_examples=200)
@given(st.lists(TEXTS, max_size=40), st.integers(0, 9), st.sampled_from(["utf8", "large_utf8", "utf8_view", "dictionary"]))
def test_texts(texts: list[str | None], skipped: int, layout: str) -> None:
    bins = category_bins(Kind.TEXT, KNOWN, [])
    kinds = {
        "utf8": DataType.utf8(),
        "large_utf8": DataType.large_utf8(),
        "utf8_view": DataType.string_view(),
        "dictionary": DataType.dictionary(DataType.int32(), DataType.utf8()),
    }
    column = Array(texts, type=DataType.utf8()).cast(kinds[layout]).slice(min(skipped, len(texts)))
    batch = batch_of(column)
    found = codes(bins, batch.column("x"))
    left = texts[min(skipped, len(texts)) :]
    wanted = [-1 if text is None else KNOWN.index(text) if text in KNOWN else len(KNOWN) for text in left]
    assert found == [wanted, wanted]
    first = min(2, batch.rows)
    cells = np.bincount([place % (len(KNOWN) + 2) for place in wanted[first:]], minlength=len(KNOWN) + 2)
    for plainly in (False, True):
        assert np.array_equal(counted(bins, batch.column("x"), first, batch.rows, plainly=plainly).cells, cells)


def test_texts_that_differ_in_the_middle_alone() -> None:
    # So many that some of them meet in a slot of the dictionary.
    texts = [f"the-beginning-{number}-and-the-end" for number in range(1000, 3000)]
    bins = category_bins(Kind.TEXT, tuple(texts[:4]), [])
    found, plain = codes(bins, batch_of(Array(texts, type=DataType.utf8())).column("x"))
    assert found == plain == [0, 1, 2, 3, *[4] * 1996]


@settings(max_examples=100)
@given(st.lists(TEXTS, max_size=20))
def test_lengths(texts: list[str | None]) -> None:
    batch = batch_of(Array(texts, type=DataType.utf8()))
    column = batch.column("x")
    assert isinstance(column, Texts)
    found = native.lengths(column)
    assert np.array_equal(found, [math.nan if text is None else len(text) for text in texts], equal_nan=True)


def test_a_library_that_is_not_there_or_not_ours_is_left_alone(tmp_path: Path) -> None:
    assert native.library(tmp_path / "kernel.so") is None
    (tmp_path / "broken.so").write_bytes(b"\x7fELF")
    assert native.library(tmp_path / "broken.so") is None
