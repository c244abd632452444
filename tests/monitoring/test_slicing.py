"""Which slice a value lies in."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.monitoring.profile import Profile, reference_profile
from lamplighter.monitoring.slicing import Slicer, slicer

HOUR = Column(name="hour", kind=Kind.INTEGER)
DELAY = Column(name="delay", kind=Kind.NUMBER)
ORIGIN = Column(name="origin", kind=Kind.TEXT, categories=("EWR", "JFK"))
NAME = Column(name="name", kind=Kind.TEXT)
NIGHT = Column(name="night", kind=Kind.BOOLEAN)


def profile() -> Profile:
    """A day of hours, each as often as another, and delays from 0 to 10."""
    contract = Contract(inputs=(HOUR, DELAY), output=Output(name="late", meaning=Meaning.PROBABILITY))
    return reference_profile(contract, {"hour": list(range(24)) * 50, "delay": np.linspace(0.0, 10.0, 1200).tolist()})


def made(column: Column, *wanted: str) -> Slicer:
    found = slicer(column, profile(), frozenset(wanted))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("column", "values", "names"),
    [
        (ORIGIN, ["EWR", "XXX", None, "JFK"], ["EWR", "(unseen)", "(missing)", "JFK"]),
        (NIGHT, [True, None, False], ["true", "(missing)", "false"]),
        (DELAY, [None, math.nan], ["(missing)", "(missing)"]),
    ],
)
def test_categories(column: Column, values: list[Any], names: list[str]) -> None:
    assert made(column).names(values) == names


def test_numbers_lie_in_tenths_of_the_reference() -> None:
    names = made(DELAY).names(np.linspace(-5.0, 15.0, 2001).tolist())
    assert len(set(names)) == 10
    assert (names[0], names[-1]) == ("under 0.992494", "8.99917 and more")
    shares = [made(DELAY).names(np.linspace(0.0, 10.0, 1200).tolist()).count(name) for name in dict.fromkeys(names)]
    assert max(shares) - min(shares) <= 2


def test_whole_numbers_are_told_by_their_first_and_last() -> None:
    by_hour = dict(zip(range(24), made(HOUR).names(list(range(24))), strict=True))
    for hour, name in by_hour.items():
        first, _, last = name.partition(" to ")
        if last:
            assert int(first) <= hour <= int(last)
        elif name.startswith("under "):
            assert hour < int(name.removeprefix("under "))
        elif name.endswith(" and more"):
            assert hour >= int(name.removesuffix(" and more"))
        else:
            assert hour == int(name)


def test_a_value_that_is_asked_for_is_a_slice_of_its_own() -> None:
    assert made(HOUR, "17").names([17, 18]) == ["17", made(HOUR).names([18])[0]]
    assert made(NAME, "ada").names(["ada", "bob"]) == ["ada", "(unseen)"]


def test_texts_without_categories_are_not_told_apart() -> None:
    assert slicer(NAME, profile()) is None
    assert slicer(Column(name="other", kind=Kind.NUMBER), profile()) is None


@given(st.lists(st.one_of(st.none(), st.integers(-(2**53), 2**53))))
def test_every_number_has_a_name(values: list[int | None]) -> None:
    names = made(HOUR).names(values)
    assert len(names) == len(values)
    assert all(names)
