"""Labelled rows as arrays: the same bytes in any order, and nothing lost on the way."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.domain.slices import Slice, key_of
from lamplighter.monitoring.labelled import Labelled, by_slice, labelled, labelled_bytes, labelled_from, together
from lamplighter.monitoring.refusals import UnreadableBytes

KEYS = ["", key_of({"origin": "EWR"}), key_of({"origin": "JFK", "hour": "5 to 7"}), key_of({"hour": "5 to 7"})]
ROWS = st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0), st.sampled_from(KEYS)), max_size=30)


def of(rows: list[tuple[float, float, str]]) -> Labelled:
    return labelled([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])


def told(rows: Labelled) -> list[tuple[float, float, str]]:
    return sorted(zip(rows.labels.tolist(), rows.scores.tolist(), (rows.keys[cell] for cell in rows.cells), strict=True))


@given(rows=ROWS, seed=st.integers(0, 100))
def test_equal_rows_give_equal_bytes(rows: list[tuple[float, float, str]], seed: int) -> None:
    mixed = rows[:]
    random.Random(seed).shuffle(mixed)
    assert labelled_bytes(of(mixed)) == labelled_bytes(of(rows))
    assert told(labelled_from(labelled_bytes(of(rows)))) == sorted(rows)


@given(rows=ROWS, cut=st.integers(0, 30))
def test_parts_together_are_the_whole(rows: list[tuple[float, float, str]], cut: int) -> None:
    whole = together([of(rows[:cut]), of(rows[cut:])])
    assert told(whole) == sorted(rows)
    assert whole.n == len(rows)


def test_rows_by_slice() -> None:
    rows = of([(1.0, 0.1, KEYS[1]), (0.0, 0.2, KEYS[2]), (1.0, 0.3, KEYS[3]), (0.0, 0.4, KEYS[0])])
    found = {name: sorted(rows.scores[places].tolist()) for name, places in by_slice(rows).items()}
    assert found == {
        Slice(column="hour", value="5 to 7"): [0.2, 0.3],
        Slice(column="origin", value="EWR"): [0.1],
        Slice(column="origin", value="JFK"): [0.2],
    }
    assert by_slice(together([])) == {}
    assert rows.at(np.array([0])).n == 1


def test_other_bytes_are_refused() -> None:
    with pytest.raises(UnreadableBytes):
        labelled_from(b"something else")
