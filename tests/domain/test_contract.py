"""What a request may hold, and what another contract does to those who call."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.domain.contract import (
    MOST_PROBLEMS,
    Column,
    Contract,
    Difference,
    Kind,
    Meaning,
    Output,
    Problem,
    Unknown,
    differences,
    problems_of,
)

OUTPUT = Output(name="late", meaning=Meaning.PROBABILITY, classes=("0", "1"))


def contract(*inputs: Column, output: Output = OUTPUT) -> Contract:
    return Contract(inputs=inputs, output=output)


NUMBER = Column(name="x", kind=Kind.NUMBER)
INTEGER = Column(name="x", kind=Kind.INTEGER)
BOOLEAN = Column(name="x", kind=Kind.BOOLEAN)
TEXT = Column(name="x", kind=Kind.TEXT)
LISTED = Column(name="x", kind=Kind.TEXT, categories=("a", "b"), unknown=Unknown.REFUSE)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (NUMBER, 1.5), (NUMBER, -0.0), (NUMBER, 5e-324), (NUMBER, 3), (NUMBER, 2**63 - 1),
        (INTEGER, -(2**63)), (INTEGER, 0), (BOOLEAN, True), (BOOLEAN, False),
        (TEXT, ""), (TEXT, "ä€😀"), (LISTED, "a"), (Column(name="x", kind=Kind.NUMBER, nullable=True), None),
        (Column(name="x", kind=Kind.TEXT, categories=("a",)), "another"),
    ],
)  # fmt: skip
def test_what_fits(column: Column, value: Any) -> None:
    assert problems_of(contract(column), {"x": [value]}) == ()


@pytest.mark.parametrize(
    ("column", "value", "code", "got"),
    [
        (NUMBER, math.nan, "not-finite", "number"), (NUMBER, math.inf, "not-finite", "number"),
        (NUMBER, -math.inf, "not-finite", "number"), (NUMBER, 2**63, "out-of-range", "integer"),
        (NUMBER, True, "type", "boolean"), (NUMBER, "1", "type", "string"), (NUMBER, None, "null", "null"),
        (NUMBER, [1], "type", "array"), (NUMBER, {}, "type", "object"), (NUMBER, 1j, "type", "other"),
        (INTEGER, 1.0, "type", "number"), (INTEGER, False, "type", "boolean"),
        (INTEGER, -(2**63) - 1, "out-of-range", "integer"),
        (BOOLEAN, 1, "type", "integer"), (BOOLEAN, "true", "type", "string"),
        (TEXT, 1, "type", "integer"), (TEXT, "a\x00b", "invalid-string", "string"),
        (TEXT, "\ud800", "invalid-string", "string"),
        (LISTED, "c", "unknown-category", "string"), (LISTED, None, "null", "null"),
    ],
)  # fmt: skip
def test_what_does_not_fit(column: Column, value: Any, code: str, got: str) -> None:
    found = problems_of(contract(column), {"x": [value]})
    assert found == (Problem(pointer="/rows/0/x", code=code, expected=column.kind, got_type=got),)


def test_missing_and_extra_columns_are_named_without_the_names_of_the_caller() -> None:
    found = problems_of(contract(NUMBER, Column(name="y", kind=Kind.TEXT)), {"x": [1.0], "secret": [1], "secrets": [2]})
    assert found == (
        Problem(pointer="/columns/y", code="missing", expected="text", got_type="absent"),
        Problem(pointer="/columns", code="extra", expected="no other column", got_type="column"),
    )


def test_a_request_reports_only_so_many_problems() -> None:
    wide = contract(NUMBER, Column(name="y", kind=Kind.TEXT))
    found = problems_of(wide, {"x": ["bad"] * 15, "y": [0] * 1000})
    assert len(found) == MOST_PROBLEMS
    assert [problem.pointer for problem in found[14:16]] == ["/rows/14/x", "/rows/0/y"]


def test_a_pointer_is_a_json_pointer_whatever_the_column_is_called() -> None:
    odd = contract(Column(name="a/b~c", kind=Kind.NUMBER), Column(name="/", kind=Kind.NUMBER))
    found = problems_of(odd, {"a/b~c": ["x"]})
    assert [problem.pointer for problem in found] == ["/columns/~1", "/rows/0/a~1b~0c"]


def test_a_column_is_found_by_name() -> None:
    assert contract(NUMBER).column("x") is NUMBER
    with pytest.raises(KeyError):
        contract(NUMBER).column("y")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (NUMBER, NUMBER, ()),
        (INTEGER, NUMBER, (Difference(name="x", what="was integer, is number", breaking=False),)),
        (NUMBER, INTEGER, (Difference(name="x", what="was number, is integer", breaking=True),)),
        (
            Column(name="x", kind=Kind.NUMBER, nullable=True),
            NUMBER,
            (Difference(name="x", what="may no longer be empty", breaking=True),),
        ),
        (NUMBER, Column(name="x", kind=Kind.NUMBER, nullable=True), ()),
        (
            Column(name="x", kind=Kind.TEXT, categories=("a", "b")),
            Column(name="x", kind=Kind.TEXT, categories=("a",)),
            (Difference(name="x", what="1 known categories are unknown now", breaking=False),),
        ),
        (
            LISTED,
            Column(name="x", kind=Kind.TEXT, categories=("a",), unknown=Unknown.REFUSE),
            (Difference(name="x", what="1 known categories are unknown now", breaking=True),),
        ),
        (TEXT, LISTED, (Difference(name="x", what="may no longer hold an unknown category", breaking=True),)),
        (LISTED, TEXT, ()),
    ],
)
def test_what_a_caller_notices_of_a_column(old: Column, new: Column, expected: tuple[Difference, ...]) -> None:
    assert differences(contract(old), contract(new)) == expected


def test_what_a_caller_notices_of_the_whole() -> None:
    other = Output(name="late", meaning=Meaning.PROBABILITY, classes=("1", "0"))
    assert differences(contract(NUMBER), contract(Column(name="y", kind=Kind.TEXT), output=other)) == (
        Difference(name="x", what="is no longer taken", breaking=True),
        Difference(name="y", what="is now needed", breaking=True),
        Difference(name="output", what="has another name, meaning or classes", breaking=True),
    )
    swapped = (contract(NUMBER, Column(name="y", kind=Kind.TEXT)), contract(Column(name="y", kind=Kind.TEXT), NUMBER))
    assert differences(*swapped) == (Difference(name="x", what="stands in another place", breaking=True),)
    added = (contract(NUMBER), contract(Column(name="y", kind=Kind.TEXT), NUMBER))
    assert [found.what for found in differences(*added)] == ["is now needed"]


PLAIN = st.builds(Column, name=st.just("x"), kind=st.sampled_from(Kind), nullable=st.booleans())
TEXTS = st.builds(
    Column,
    name=st.just("x"),
    kind=st.just(Kind.TEXT),
    nullable=st.booleans(),
    categories=st.none() | st.sets(st.sampled_from("abc")).map(lambda found: tuple(sorted(found))),
    unknown=st.sampled_from(Unknown),
)
PAIRS = st.tuples(PLAIN, PLAIN) | st.tuples(TEXTS, TEXTS) | st.tuples(PLAIN, TEXTS)
VALUES: list[Any] = [None, True, 0, 2**63 - 1, 1.5, "a", "b", "c", "d"]


def takes(column: Column, value: Any) -> bool:
    return problems_of(contract(column), {"x": [value]}) == ()


@given(pair=PAIRS)
@settings(max_examples=200)
def test_a_difference_breaks_if_and_only_if_a_lawful_request_is_refused_by_it(pair: tuple[Column, Column]) -> None:
    old, new = pair
    broken = [value for value in VALUES if takes(old, value) and not takes(new, value)]
    assert any(found.breaking for found in differences(contract(old), contract(new))) == bool(broken)
