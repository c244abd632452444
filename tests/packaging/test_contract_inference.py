"""A contract shows what the sample shows."""

import math
from typing import Any

import pytest

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.domain.errors import Invalid
from lamplighter.packaging.contract import MOST_CATEGORIES, infer

OUTPUT = Output(name="prediction", meaning=Meaning.NUMBER)


def test_the_whole_contract() -> None:
    sample: dict[str, list[Any]] = {"n": [1, 2.5, None], "i": [3, 1, 2], "t": ["b", "a", "b"], "b": [True, False, True]}
    assert infer(sample, OUTPUT, nullable=["i"]) == Contract(
        inputs=(
            Column(name="n", kind=Kind.NUMBER, nullable=True, low=1.0, high=2.5),
            Column(name="i", kind=Kind.INTEGER, nullable=True, low=1.0, high=3.0),
            Column(name="t", kind=Kind.TEXT, categories=("a", "b")),
            Column(name="b", kind=Kind.BOOLEAN),
        ),
        output=OUTPUT,
    )


def test_a_text_with_many_values_has_no_categories() -> None:
    few = [str(value) for value in range(MOST_CATEGORIES)]
    assert infer({"t": few}, OUTPUT).inputs[0].categories == tuple(sorted(few))
    assert infer({"t": [*few, "more"]}, OUTPUT).inputs[0].categories is None


def test_timestamps_have_no_categories() -> None:
    days = [f"2026-03-{day:02}T08:30:00Z" for day in range(1, 29)]
    assert infer({"at": [*days, None]}, OUTPUT).inputs[0] == Column(name="at", kind=Kind.TEXT, nullable=True)
    assert infer({"at": [*days, "unknown"]}, OUTPUT).inputs[0].categories == (*days, "unknown")


@pytest.mark.parametrize("values", [[None, None], ["a", 1], [True, 1.0], [1.0, math.inf], [1.0, "a"]], ids=str)
def test_a_column_without_a_clear_kind_is_refused(values: list[object]) -> None:
    with pytest.raises(Invalid, match="not clear"):
        infer({"column": values}, OUTPUT)


def test_an_unknown_nullable_column_is_refused() -> None:
    with pytest.raises(Invalid, match="no column 'typo'"):
        infer({"a": [1]}, OUTPUT, nullable=["typo"])
