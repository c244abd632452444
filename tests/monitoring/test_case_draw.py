"""Which rows people are asked about: the same for the same seed, and of each kind."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lamplighter.domain.case_pool import MOST, Pool
from lamplighter.domain.contract import Meaning, Output
from lamplighter.monitoring.case_draw import draw

OUTPUT = Output(name="late", meaning=Meaning.PROBABILITY, classes=("0", "1"))
NUMBER = Output(name="minutes", meaning=Meaning.NUMBER)
#: 300 rows: those of LGA are wrong half of the time, others once in ten.
PLACES = ("EWR", "JFK", "LGA")


def pool(rows: int = 300) -> Pool:
    """Rows whose score rises from 0 to 1."""
    scores = [(place + 0.5) / rows for place in range(rows)]
    wrong = [place % 2 == 0 if place % 3 == 2 else place % 10 == 0 for place in range(rows)]
    labels = tuple(float((score >= 0.5) != bad) for score, bad in zip(scores, wrong, strict=True))
    return Pool(
        names=("origin", "hour"),
        rows=tuple((PLACES[place % 3], place % 24) for place in range(rows)),
        labels=labels,
        scores=tuple(scores),
        of=rows,
    )


def test_cases_are_of_the_boundary_of_failures_of_the_riskiest_slice_and_of_every_slice() -> None:
    found, drawn = pool(), draw(pool(), OUTPUT, 0.5, 20, ("origin",), 7)
    assert Counter(one.origin for one in drawn) == {"boundary": 6, "failure": 6, "riskiest slice": 4, "slice": 4}
    near = [abs(found.scores[one.place] - 0.5) for one in drawn if one.origin == "boundary"]
    assert max(near) <= 9.5 / 300, "of the eighteen that are nearest"
    for one in drawn:
        if one.origin == "failure":
            assert (found.scores[one.place] >= 0.5) != bool(found.labels[one.place])
    assert {found.row(one.place)["origin"] for one in drawn if one.origin == "riskiest slice"} == {"LGA"}
    assert {found.row(one.place)["origin"] for one in drawn if one.origin == "slice"} == set(PLACES)


@given(seed=some.integers(0, 2**53), cases=some.integers(1, 60), rows=some.integers(60, 200))
def test_a_seed_draws_so_many_rows_once_each_and_the_same_again(seed: int, cases: int, rows: int) -> None:
    drawn = draw(pool(rows), OUTPUT, 0.5, cases, ("origin",), seed)
    assert drawn == draw(pool(rows), OUTPUT, 0.5, cases, ("origin",), seed)
    assert len({one.place for one in drawn}) == len(drawn) == cases


def test_another_seed_draws_others() -> None:
    assert len({frozenset(one.place for one in draw(pool(), OUTPUT, 0.5, 20, ("origin",), seed)) for seed in range(20)}) == 20


@pytest.mark.parametrize("by", [(), ("origin",)])
def test_numbers_have_no_boundary(by: tuple[str, ...]) -> None:
    drawn = draw(pool(), NUMBER, 0.5, 12, by, 3)
    assert len(drawn) == 12
    assert "boundary" not in {one.origin for one in drawn}


def test_a_pool_that_is_too_small_gives_all_that_it_has() -> None:
    assert len(draw(pool(5), OUTPUT, 0.5, 20, ("hour",), 1)) == 5
    assert MOST >= 200
