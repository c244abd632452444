"""Conditions: what people write, what is true of a value, and what cannot be asked."""

from typing import Any

import pytest

from lamplighter.domain.condition import Condition, conditions_in
from lamplighter.domain.contract import Column, Kind
from lamplighter.domain.errors import Invalid


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("  ", []),
        ("origin=EWR", [("origin", "=", "EWR")]),
        ("origin == EWR", [("origin", "=", "EWR")]),
        ("origin = 'EWR', delay >= 20", [("origin", "=", "EWR"), ("delay", ">=", "20")]),
        ("hour=17 and more, origin != \"JFK\"", [("hour", "=", "17 and more"), ("origin", "!=", "JFK")]),
        ("city=Paris, France, hour<8", [("city", "=", "Paris, France"), ("hour", "<", "8")]),
        ("size='a = b'", [("size", "=", "a = b")]),
    ],
)  # fmt: skip
def test_what_people_write(text: str, parts: list[tuple[str, str, str]]) -> None:
    assert [(one.column, one.operator, one.value) for one in conditions_in(text)] == parts


@pytest.mark.parametrize("text", ["origin", "= EWR", "origin =", "EWR, origin = EWR", "a=" + "b" * 500])
def test_what_cannot_be_read(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        conditions_in(text)
    assert refusal.value.code == "E1248"
    assert "EWR, o" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "value", "part", "holds"),
    [
        ("a = 17", 17.0, "17 to 20", True),
        ("a = 17 to 20", 18, "17 to 20", True),
        ("a != 17 to 20", 18, "17 to 20", False),
        ("a = EWR", "EWR", "EWR", True),
        ("a = EWR", "ewr", "ewr", False),
        ("a = (missing)", None, "(missing)", True),
        ("a = x", None, "(missing)", False),
        ("a = TRUE", True, "true", True),
        ("a = 1", True, "true", False),
        ("a > 3", 4, "", True),
        ("a > 3", 3, "", False),
        ("a >= 3", 3, "", True),
        ("a < -1.5", -2.0, "", True),
        ("a <= 1e3", 1000, "", True),
        ("a < 3", None, "(missing)", False),
        ("a > 3", None, "(missing)", False),
    ],
)
def test_what_is_true_of_a_value(text: str, value: Any, part: str, holds: bool) -> None:
    (condition,) = conditions_in(text)
    assert condition.test()(value, part) is holds


@pytest.mark.parametrize(("kind", "value"), [(Kind.TEXT, "3"), (Kind.BOOLEAN, "3"), (Kind.NUMBER, "three")])
def test_only_numbers_have_an_order(kind: Kind, value: str) -> None:
    with pytest.raises(Invalid):
        Condition("a", "<", value).check(Column(name="a", kind=kind))
    Condition("a", "=", value).check(Column(name="a", kind=kind))
    Condition("a", "<", "3").check(Column(name="a", kind=Kind.INTEGER))
