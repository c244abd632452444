"""Counting and adding: exact in any order and any cut."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.monitoring.samples import CITIES, profile, rows, scores

from lamplighter.monitoring.arrays import Coded, Values
from lamplighter.monitoring.counts import Counts, count, counts_bytes, counts_from, merge, merge_all, nothing, windows
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.profile import PREDICTION
from lamplighter.monitoring.refusals import OtherProfile, UnequalLengths, UnknownColumn, UnreadableBytes, UnreadableColumn

PROFILE = profile()

numbers = st.one_of(st.none(), st.floats(width=64), st.floats(0.0, 80.0), st.sampled_from([0.0, -0.0]))
row = st.tuples(
    numbers,
    st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(0, 400)),
    st.one_of(st.none(), st.text(max_size=3), st.sampled_from(CITIES)),
    st.one_of(st.none(), st.booleans()),
    numbers,
)
batch = st.lists(row, max_size=12)


def counted(part: list[Any]) -> Counts:
    names = [*[name for name in PROFILE.columns if name != PREDICTION], PREDICTION]
    columns = {name: [line[at] for line in part] for at, name in enumerate(names)}
    return count(PROFILE, {name: columns[name] for name in names[:-1]}, columns[PREDICTION])


@settings(max_examples=60)
@given(batch, batch, batch)
def test_adding_is_exact(one: list[Any], two: list[Any], three: list[Any]) -> None:
    a, b, c = counted(one), counted(two), counted(three)
    union = counts_bytes(counted(one + two + three))
    assert counts_bytes(merge(merge(a, b), c)) == union
    assert counts_bytes(merge(a, merge(b, c))) == union
    assert counts_bytes(merge(c, merge(b, a))) == union
    assert counts_bytes(merge(a, nothing(PROFILE))) == counts_bytes(merge(nothing(PROFILE), a))


@settings(max_examples=25)
@given(st.lists(st.integers(0, 70_000), max_size=6), st.randoms(use_true_random=False))
def test_any_cut_of_many_rows_in_any_order(cuts: list[int], random: Any) -> None:
    delay = np.random.default_rng(3).normal(20.0, 60.0, 70_000)
    whole = counts_bytes(count(PROFILE, {"delay": delay}))
    parts = [count(PROFILE, {"delay": part}) for part in np.split(delay, sorted(cuts))]
    random.shuffle(parts)
    assert counts_bytes(merge_all(PROFILE, parts)) == whole


def test_the_order_of_zeros_does_not_show() -> None:
    one, other = (counts_bytes(count(PROFILE, {"delay": zeros})) for zeros in ([0.0, -0.0], [-0.0, 0.0]))
    parts = [count(PROFILE, {"delay": [zero]}) for zero in (-0.0, 0.0)]
    assert one == other == counts_bytes(merge(*parts)) == counts_bytes(merge(*parts[::-1]))


def test_bytes_come_back() -> None:
    counts = count(PROFILE, rows(300, 2), scores(300, 2))
    again = counts_from(counts_bytes(counts))
    assert counts_bytes(again) == counts_bytes(counts)
    assert again.rows == 300
    assert len(counts_bytes(counts)) < 3000


def test_every_row_is_in_one_cell() -> None:
    counts = count(PROFILE, rows(777, 4), scores(777, 4))
    assert {tally.rows for tally in counts.columns.values()} == {777}


def test_what_was_counted() -> None:
    delay, origin = [None, 5.0, math.nan, math.inf], ["JFK", "", None, "JFK"]
    counts = count(PROFILE, {"delay": delay, "seats": [1, 2, 3, 4], "origin": origin, "night": [True] * 4})
    found = windows(PROFILE, counts)
    assert [int(found[name].missing) for name in found] == [3, 0, 1, 0]
    assert found["origin"].counts().tolist() == [0, 2, 0, 1]
    assert found["night"].counts().tolist() == [0, 4, 0]
    assert (counts.columns["seats"].low, counts.columns["seats"].high) == (1.0, 4.0)


def test_moments_are_those_of_the_values() -> None:
    values = np.random.default_rng(5).normal(25.0, 40.0, 10_000)
    found: Distribution = windows(PROFILE, count(PROFILE, {"delay": values}))["delay"]
    edges = found.edges
    assert float(found.mean()) == pytest.approx(values.mean(), rel=1e-9)
    assert float(found.deviation()) == pytest.approx(values.std(), rel=1e-9)
    below, above = found.excess()
    assert float(below) == pytest.approx(np.maximum(edges[0] - values, 0.0).mean(), rel=1e-9)
    assert float(above) == pytest.approx(np.maximum(values - edges[-1], 0.0).mean(), rel=1e-9)


def test_forms_of_a_column_count_alike() -> None:
    plain = counts_bytes(count(PROFILE, {"delay": [1.0, None, 3.0], "origin": ["JFK", None, "XXX"]}))
    arrays: dict[str, Values] = {"delay": np.array([1.0, np.nan, 3.0]), "origin": Coded(np.array([0, -1, 1]), ("JFK", "XXX"))}
    assert counts_bytes(count(PROFILE, arrays)) == plain


def test_a_column_that_is_not_handed_over_is_not_counted() -> None:
    alone = count(PROFILE, {}, [0.5, 0.6])
    assert (list(alone.columns), alone.rows) == ([PREDICTION], 2)
    both = merge(count(PROFILE, {"seats": [1]}), alone)
    assert (set(both.columns), both.rows) == ({"seats", PREDICTION}, 3)


def test_refusals() -> None:
    with pytest.raises(UnknownColumn):
        count(PROFILE, {"colour": ["red"]})
    with pytest.raises(UnequalLengths):
        count(PROFILE, {"seats": [1, 2]}, [0.5])
    with pytest.raises(UnreadableColumn) as refused:
        count(PROFILE, {"seats": ["a secret"]})
    assert "secret" not in str(refused.value)
    other = profile(seed=8)
    with pytest.raises(OtherProfile):
        merge(nothing(PROFILE), nothing(other))
    with pytest.raises(OtherProfile):
        windows(PROFILE, nothing(other))


@pytest.mark.parametrize("damage", ["header", "cut", "flip", "empty"])
def test_damaged_bytes_are_refused(damage: str) -> None:
    good = counts_bytes(count(PROFILE, rows(50, 1)))
    head = good.index(b"\n") + 1
    bad = {
        "header": good.replace(b"counts 1", b"counts 9"),
        "cut": good[:-20],
        "flip": good[: head + 9] + bytes([good[head + 9] ^ 255]) + good[head + 10 :],
        "empty": b"",
    }
    with pytest.raises(UnreadableBytes):
        counts_from(bad[damage])
