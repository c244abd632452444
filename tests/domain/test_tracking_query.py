"""The grammar by which clients of MLflow search."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.domain.errors import Invalid
from lamplighter.domain.tracking.query import Comparison, Grammar, Of, Order, Term, parse_filter, parse_order

GRAMMAR = Grammar(attributes={"status": False, "start_time": True}, kinds=(Of.METRIC, Of.PARAM, Of.TAG))


def one(of: Of, key: str, operator: str, value: str | float) -> Comparison:
    return Comparison(term=Term(of=of, key=key), operator=operator, value=value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("  ", []),
        ("status='FINISHED'", [one(Of.ATTRIBUTE, "status", "=", "FINISHED")]),
        ("attributes.start_time >= 1700000000000", [one(Of.ATTRIBUTE, "start_time", ">=", 1.7e12)]),
        ("metrics.val-auc<=-1e-3", [one(Of.METRIC, "val-auc", "<=", -0.001)]),
        ("metric.x = .5", [one(Of.METRIC, "x", "=", 0.5)]),
        ("params.`max depth` != '3'", [one(Of.PARAM, "max depth", "!=", "3")]),
        ('params."max depth" != "3"', [one(Of.PARAM, "max depth", "!=", "3")]),
        ("tags.mlflow.source.name like 'it''s%'", [one(Of.TAG, "mlflow.source.name", "LIKE", "it's%")]),
        (r"tag.a iLike 'a\'b'", [one(Of.TAG, "a", "ILIKE", "a'b")]),
        (
            "params.a/b = 'x AND y' and metrics.`a.b` > 1 AND tags.c d = 'e'",
            [one(Of.PARAM, "a/b", "=", "x AND y"), one(Of.METRIC, "a.b", ">", 1.0), one(Of.TAG, "c d", "=", "e")],
        ),
    ],
)
def test_conditions(text: str, found: list[Comparison]) -> None:
    assert list(parse_filter(text, GRAMMAR)) == found


@pytest.mark.parametrize(
    "text",
    [
        "metrics.auc IN (1, 2)",
        "nothing = 'a'",
        "traces.x = 'a'",
        "metrics.a = 'b'",
        "metrics.a = nan",
        "status > 'a'",
        "status = 1",
        "status = a",
        "status = 'a' OR status = 'b'",
        "status =",
        "status",
        "'a' = status",
        "metrics.a > 1 metrics.b > 2",
        "(status = 'a')",
        "status = 'a' AND",
        "status = 'a",
        "tags.x IS NULL",
        " AND ".join(["status = 'a'"] * 51),
        "status = '" + "a" * 10_001 + "'",
    ],
)
def test_what_is_not_offered_is_refused_and_not_passed_over(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_filter(text, GRAMMAR)
    assert refused.value.code == "E1803"


def test_orders() -> None:
    assert parse_order(["metrics.val auc DESC", "start_time", "params.`x y` asc"], GRAMMAR) == (
        Order(term=Term(of=Of.METRIC, key="val auc"), ascending=False),
        Order(term=Term(of=Of.ATTRIBUTE, key="start_time")),
        Order(term=Term(of=Of.PARAM, key="x y")),
    )
    for text in ("", "metrics.a ASC DESC", "'a'", "x", "metrics.a = 1"):
        with pytest.raises(Invalid):
            parse_order([text], GRAMMAR)


@given(st.text() | st.text(alphabet="ab.'\"`=<> ANDLIKE1-\\%"))
def test_every_text_is_understood_or_refused(text: str) -> None:
    try:
        found = parse_filter(text, GRAMMAR)
    except Invalid:
        return
    assert all(comparison.term.of in Of for comparison in found)


@pytest.mark.parametrize("text", ["a.", "a b ", "'", "a.a ", "1", "'\\", "a. ", "tags.a ", "a.x ", '"'])
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    with pytest.raises(Invalid):
        parse_filter((text * 10_000)[:9_999] + "!", GRAMMAR)
    # Where words are tried again and again, these took minutes.
    assert time.process_time() - began < 2.0
