"""Columns that are looked at by a number of each value, and not by the values."""

import math
from typing import Any

import numpy as np
import pytest
from arro3.core import Array, DataType, RecordBatch, Table
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.measures import drift_measure
from lamplighter.monitoring.arrays import Values
from lamplighter.monitoring.arrow import Stream
from lamplighter.monitoring.binning import CategoryBins, is_free
from lamplighter.monitoring.counter import ColumnCounter
from lamplighter.monitoring.counts import count, counts_bytes, windows
from lamplighter.monitoring.form import Form, numbers_of
from lamplighter.monitoring.profile import Profile, profile_bytes, profile_from, reference_profile
from lamplighter.monitoring.tally import Sums, tally

WORDS = ["late", "train", "platform", "seat", "noise", "cold", "crowded", "ticket", "refund", "thanks"]


def remarks(count: int, seed: int, words: int = 6) -> list[str | None]:
    """Texts that hardly come twice, of about so many words, some of them empty."""
    random = np.random.default_rng(seed)
    lengths = random.poisson(words, count) + 1
    made = [f"{place}-{seed}: {' '.join(random.choice(WORDS, length))}" for place, length in enumerate(lengths)]
    return [None if gone else text for text, gone in zip(made, random.random(count) < 0.05, strict=True)]


def contract_of(kind: Kind) -> Contract:
    return Contract(inputs=(Column(name="x", kind=kind, nullable=True),), output=Output(name="y", meaning=Meaning.NUMBER))


def profile_of(kind: Kind, values: list[Any]) -> Profile:
    return reference_profile(contract_of(kind), {"x": values})


PROFILE = profile_of(Kind.TEXT, remarks(3000, 1))


def test_free_texts_are_looked_at_by_their_length() -> None:
    column = PROFILE.columns["x"]
    lengths = [len(text) for text in remarks(3000, 1) if text is not None]
    assert (column.form, column.kind, int(column.present)) == (Form.LENGTH, Kind.INTEGER, len(lengths))
    assert float(column.mean()) == pytest.approx(np.mean(lengths))
    assert (column.tally.low, column.tally.high) == (min(lengths), max(lengths))
    again = profile_from(profile_bytes(PROFILE), contract_of(Kind.TEXT))
    assert counts_bytes(count(again, {"x": remarks(9, 2)})) == counts_bytes(count(PROFILE, {"x": remarks(9, 2)}))


def test_longer_texts_have_moved_and_other_ones_of_the_same_length_have_not() -> None:
    measure = drift_measure("jensen_shannon")
    distances = [
        float(measure.distance(PROFILE.columns["x"], windows(PROFILE, count(PROFILE, {"x": texts}))["x"]))
        for texts in (remarks(3000, 2), remarks(3000, 2, words=12))
    ]
    assert distances[0] < 0.1 < distances[1], distances


@pytest.mark.parametrize(
    ("texts", "free"),
    [
        ([], False),
        ([None, None], False),
        (["a", "b"] * 5, False),
        ([f"airport {place % 300}" for place in range(3000)], False),
        ([f"customer {place}" for place in range(300)], True),
        ([f"word {place % 1000}" for place in range(10_000)], True),
        (["same"] * 600 + [f"one {place}" for place in range(400)], False),
    ],
)
def test_categories_stay_categories(texts: list[Any], free: bool) -> None:
    assert is_free(texts) is free
    assert isinstance(profile_of(Kind.TEXT, texts).columns["x"].bins, CategoryBins) is not free


ODD = st.lists(st.one_of(st.none(), st.text(), st.just("\ud800"), st.integers(), st.floats(), st.booleans()), max_size=30)


@settings(max_examples=100)
@given(ODD)
def test_whatever_comes_has_a_length_or_none(values: list[Any]) -> None:
    found = count(PROFILE, {"x": values}).columns["x"]
    texts = [value for value in values if isinstance(value, str)]
    assert (found.rows, int(found.cells[-1])) == (len(values), len(values) - len(texts))


@settings(max_examples=100)
@given(st.lists(st.one_of(st.none(), st.text()), max_size=30), st.sampled_from(["utf8", "utf8_view", "dictionary"]))
def test_columns_of_files_are_counted_alike(texts: list[str | None], layout: str) -> None:
    kinds = {
        "utf8": DataType.utf8(),
        "utf8_view": DataType.string_view(),
        "dictionary": DataType.dictionary(DataType.int32(), DataType.utf8()),
    }
    column = Array(texts, type=DataType.utf8()).cast(kinds[layout])
    batch = Stream(Table.from_batches([RecordBatch.from_pydict({"x": column})])).next()
    assert batch is not None
    bins = PROFILE.columns["x"].bins
    found = [numbers_of(Form.LENGTH, values, "x") for values in (texts, batch.column("x"))]
    wanted = [math.nan if text is None else len(text) for text in texts]
    assert all(np.array_equal(each, wanted, equal_nan=True) for each in found)
    assert same(bins, texts, batch.column("x"))


def same(bins: Any, plain: Values, other: Values) -> bool:
    sums, counter = Sums(bins.cells), ColumnCounter("x", bins)
    counter.add(counter.read(other), sums)
    one, two = tally(bins, plain, "x"), sums.tally()
    return np.array_equal(one.cells, two.cells) and np.array_equal(one.moments, two.moments)
