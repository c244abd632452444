"""The typed reader accepts only what codec and contract accept without a remark, and gives the same values."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output, Unknown, problems_of
from lamplighter.serving.codecs import mlflow, plain, v1
from lamplighter.serving.codecs.base import Codec
from lamplighter.serving.codecs.typed import reader, values
from lamplighter.serving.message import Request
from lamplighter.serving.problems import Refusal

CONTRACT = Contract(
    inputs=(
        Column(name="delay", kind=Kind.NUMBER, nullable=True),
        Column(name="a:b", kind=Kind.INTEGER),
        Column(name="carrier", kind=Kind.TEXT, nullable=True, categories=("AA",)),
        Column(name="late", kind=Kind.BOOLEAN, nullable=True),
    ),
    output=Output(name="y", meaning=Meaning.NUMBER),
)
CODECS: list[tuple[Codec, str]] = [(mlflow, "dataframe_records"), (mlflow, "instances"), (v1, "instances"), (plain, "rows")]
NUMBERS = st.one_of(st.floats(allow_nan=True), st.integers(-(2**70), 2**70), st.none(), st.booleans(), st.just("1"))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "delay": NUMBERS,
    "a:b": st.one_of(st.integers(-(2**65), 2**65), st.floats(allow_nan=False), st.booleans(), st.none()),
    "carrier": st.one_of(st.text(max_size=4), st.none(), st.just("a:b"), st.just("\x00"), st.just("\ud800"), st.integers()),
    "late": st.one_of(st.booleans(), st.none(), st.integers(0, 1)),
}
ROW = st.fixed_dictionaries(VALUES)
LAWFUL = {"delay": 1.5, "a:b": 3, "carrier": "AA", "late": True}


def both(codec: Codec, body: bytes) -> tuple[Any, Any]:
    """What the reader says, and what codec and contract say: rows as tuples, or nothing."""
    read = reader(CONTRACT, codec.ROWS)
    assert read is not None
    rows = read(body)
    given = None if rows is None else values(rows)
    request = Request(b"POST", "/m/x/invocations", {b"content-type": b"application/json"}, body)
    question = codec.read(request, CONTRACT)
    if isinstance(question, Refusal) or problems_of(CONTRACT, question.columns):
        return given, None
    names = [column.name for column in CONTRACT.inputs]
    return given, list(zip(*(question.columns[name] for name in names), strict=True))


@pytest.mark.parametrize(("codec", "key"), CODECS)
@given(rows=st.lists(ROW, max_size=3), ascii_only=st.booleans(), cut=st.one_of(st.none(), st.integers(0, 200)))
def test_it_never_accepts_more(codec: Codec, key: str, rows: list[Any], ascii_only: bool, cut: int | None) -> None:
    body = json.dumps({key: rows}, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")[:cut]
    mine, theirs = both(codec, body)
    assert mine is None or mine == theirs


@given(rows=st.lists(st.fixed_dictionaries({**VALUES, "more": st.none()}), min_size=1, max_size=2))
@example(rows=[{}])
@example(rows=[{"delay": 1.0}])
def test_missing_and_further_columns_are_left_to_the_contract(rows: list[Any]) -> None:
    assert both(plain, json.dumps({"rows": rows}).encode())[0] is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"rows":[{"delay":1,"delay":2,"a:b":3,"carrier":"x","late":true}]}',
        b'{"rows":[{"delay":1e400,"a:b":3,"carrier":"x","late":true}]}',
        b'{"rows":[{"delay":NaN,"a:b":3,"carrier":"x","late":true}]}',
        b'{"rows":[{"delay":1,"a:b":3.0,"carrier":"x","late":true}]}',
        b'{"rows":[{"delay":1,"a:b":3,"carrier":"\xed\xa0\x80","late":true}]}',
        b'{"rows":[{"delay":1,"a:b":3,"carrier":"\xff","late":true}]}',
        b'\xef\xbb\xbf{"rows":[{"delay":1,"a:b":3,"carrier":"x","late":true}]}',
        b'{"rows":[{"delay":1,"a:b":3,"carrier":"x","late":true}],"rows":[]}',
        b'{"rows":[{"delay":1,"a:b":3,"carrier":"x","late":true}]} {}',
        b'{"rows":[]}',
        b'{"rows":null}',
        b"{}",
        b"",
    ],
)
def test_what_is_refused_elsewhere_is_not_accepted_here(body: bytes) -> None:
    assert both(plain, body) == (None, None)


def test_what_is_usual_is_accepted() -> None:
    body = json.dumps({"rows": [LAWFUL, {**LAWFUL, "delay": None, "carrier": "Z\u00fcrich", "late": None}]}, ensure_ascii=False)
    mine, theirs = both(plain, body.encode())
    assert mine == theirs == [(1.5, 3, "AA", True), (None, 3, "Z\u00fcrich", None)]


def test_a_contract_that_refuses_categories_is_left_to_the_contract() -> None:
    column = Column(name="carrier", kind=Kind.TEXT, categories=("AA",), unknown=Unknown.REFUSE)
    assert reader(Contract(inputs=(column,), output=CONTRACT.output), ("rows",)) is None
