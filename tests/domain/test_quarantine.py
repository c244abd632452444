"""What quarantines take out of a window, and when what remains is too little to train on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain import specimens

from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.quarantine import check_quarantine, kept, left_out, lifted
from lamplighter.domain.training_input import TrainingInput, lack

bounds = st.tuples(st.integers(0, 30), st.integers(0, 30))


@given(st.lists(bounds), bounds)
def test_every_moment_is_either_kept_or_left_out(pairs: list[tuple[int, int]], window: tuple[int, int]) -> None:
    start, end = sorted(window)
    held = [specimens.quarantine(start=min(pair), end=max(pair) + 1) for pair in pairs]
    spans = left_out(held, start, end)
    parts = kept(spans, start, end)
    assert all(first < last for first, last in parts)
    assert parts == sorted(parts)
    for moment in range(start, end):
        inside = any(one.start <= moment < one.end for one in held)
        assert any(first <= moment < last for first, last in parts) is not inside


def test_one_without_an_end_goes_on_and_one_that_is_lifted_takes_nothing() -> None:
    open_one, over = specimens.quarantine(start=5, end=0), specimens.quarantine(start=0, end=3, lifted_at=9)
    assert kept(left_out([open_one, over], 0, 10), 0, 10) == [(0, 5)]


@pytest.mark.parametrize("wrong", [{"end": 0}, {"start": -1}, {"start": 9, "end": 9}, {"reason": ""}, {"reason": "x" * 501}])
def test_what_has_no_span_or_no_reason_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        check_quarantine(specimens.quarantine(**wrong))
    assert refusal.value.code == "E1276"


def test_it_is_lifted_once_and_with_a_reason() -> None:
    with pytest.raises(Invalid):
        lifted(specimens.quarantine(), by="dana", why="", now=7)
    after = lifted(specimens.quarantine(), by="dana", why="They were right.", now=7)
    assert (after.holds, after.lifted_by, after.revision) == (False, "dana", 1)
    with pytest.raises(Conflict):
        lifted(after, by="dana", why="Again.", now=8)


def _given(start: int = 0, end: int = 0, **more: int) -> TrainingInput:
    spans = left_out([specimens.quarantine(start=start, end=end)], 0, 100) if end else ()
    return TrainingInput(**{"environment": "prod", "since": 50, "until": 100, "left_out": spans, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "least", "told"),
    [
        (_given(), 0, ""),
        (_given(labelled=5), 5, ""),
        (_given(labelled=4), 5, "4 new rows have a label, and least_rows of [retrain] asks for 5."),
        (_given(60, 70, labelled=4, withheld=2), 5, "4 new rows have a label, 2 more are quarantined, and"),
        (_given(60, 70), 0, ""),
        (_given(60, 70, withheld=2), 0, "All of the 2 new rows with a label are quarantined."),
        (_given(40, 100), 0, "All of the time that is new is quarantined."),
        (_given(10, 50), 0, ""),
    ],
)
def test_what_remains_may_be_too_little(what: TrainingInput, least: int, told: str) -> None:
    assert lack(what, least).startswith(told)
    assert bool(lack(what, least)) is bool(told)
