"""The quick look says yes only where the slow one finds nothing wrong."""

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output, Unknown, problems_of
from lamplighter.serving.fitting import Fit

CONTRACT = Contract(
    inputs=(
        Column(name="number", kind=Kind.NUMBER, nullable=True),
        Column(name="whole", kind=Kind.INTEGER),
        Column(name="text", kind=Kind.TEXT, nullable=True),
        Column(name="flag", kind=Kind.BOOLEAN),
    ),
    output=Output(name="late", meaning=Meaning.NUMBER),
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.floats(),
    st.text(max_size=3),
    st.sampled_from(["\x00", "\ud800", math.nan, -0.0, 2**63, []]),
)
NAMES = [column.name for column in CONTRACT.inputs]


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, st.lists(VALUES, min_size=1, max_size=2))))
def test_a_yes_means_that_nothing_is_wrong(columns: dict[str, list[Any]]) -> None:
    assert not Fit(CONTRACT).holds(columns) or problems_of(CONTRACT, columns) == ()


@given(st.dictionaries(st.sampled_from([*NAMES, "more"]), st.just([True])))
def test_columns_that_are_absent_or_too_many_are_no_yes(columns: dict[str, list[Any]]) -> None:
    assert not Fit(CONTRACT).holds(columns)


def test_usual_rows_are_a_yes() -> None:
    rows: dict[str, list[Any]] = {
        "number": [1.5, None, 7],
        "whole": [1, -3, 2**63 - 1],
        "text": ["a", None, ""],
        "flag": [True, False, True],
    }
    assert Fit(CONTRACT).holds(rows)
    assert problems_of(CONTRACT, rows) == ()


def test_a_contract_that_refuses_unknown_categories_is_looked_at_the_slow_way() -> None:
    column = Column(name="carrier", kind=Kind.TEXT, categories=("AA",), unknown=Unknown.REFUSE)
    assert not Fit(Contract(inputs=(column,), output=CONTRACT.output)).holds({"carrier": ["AA"]})
