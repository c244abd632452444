"""Rows in JSON that our own library reads are rows that the contract takes, with the same values, scores and records."""

import json
import math
import struct
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output, Unknown, problems_of
from lamplighter.serving.codecs import plain
from lamplighter.serving.codecs.typed import reader, values
from lamplighter.serving.compiled import known_values, native
from lamplighter.serving.compiled.model import BodyScorer, CompiledModel
from lamplighter.serving.compiled.plan import Linear, Number, Plan, Stage, Table
from lamplighter.serving.compiled.powers import FURTHEST, powers_of_ten
from lamplighter.serving.message import Request
from lamplighter.serving.problems import Refusal

pytestmark = pytest.mark.skipif(not native.is_built(), reason="there is no C compiler on this machine")

CONTRACT = Contract(
    inputs=(
        Column(name="delay", kind=Kind.NUMBER, nullable=True),
        Column(name="a:b", kind=Kind.INTEGER),
        Column(name="gr\u00f6\u00dfe", kind=Kind.TEXT, nullable=True, categories=("AA",)),
        Column(name="late", kind=Kind.BOOLEAN, nullable=True),
        Column(name="unused", kind=Kind.TEXT),
    ),
    output=Output(name="y", meaning=Meaning.NUMBER),
)
NAMES = tuple(column.name for column in CONTRACT.inputs)
#: Values that are told apart by what the sum comes to.
PLAN = Plan(
    template=(0.0,) * 8,
    numbers=(
        Number(column="delay", position=0, null=0.5, stages=(Stage(shift=1.0, divisor=3.0),)),
        Number(column="a:b", position=1),
        Number(column="late", position=2, null=7.0),
    ),
    tables=(
        Table(
            column="gr\u00f6\u00dfe",
            keys=("AA", "Z\u00fcrich", ""),
            cells=(((3, 1.0),), ((3, 2.0),), ((3, 3.0),)),
            null=((4, 1.0),),
            other=((4, 2.0),),
        ),
        Table(column="late", keys=(True, "AA"), cells=(((5, 1.0),), ((5, 2.0),)), null=((5, 3.0),), other=((5, 4.0),)),
        Table(column="delay", keys=(0, 1.5), cells=(((6, 2.0),), ((6, 3.0),)), null=((6, 1.0),), other=()),
        Table(
            column="a:b",
            keys=(0, 1.0, 7, -3, 2**53),
            cells=tuple(((7, float(place)),) for place in range(1, 6)),
            null=(),
            other=(),
        ),
    ),
    estimator=Linear(bias=0.25, weights=(1.0, 1000.0, 1e-3, 1e-6, 1e-9, 3.0, 50.0, 700.0)),
)
NUMBERS = st.one_of(st.floats(allow_nan=True), st.integers(-(2**70), 2**70), st.none(), st.booleans(), st.just("1"))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "delay": NUMBERS,
    "a:b": st.one_of(
        st.integers(-(2**65), 2**65),
        st.integers(-9, 9),
        st.sampled_from([2**53, 2**53 + 1]),
        st.floats(allow_nan=False),
        st.booleans(),
        st.none(),
    ),
    "gr\u00f6\u00dfe": st.one_of(
        st.text(max_size=4), st.none(), st.sampled_from(["AA", "Z\u00fcrich", "", "a:b", "{", "\x00", "\ud800", "\U0001f4a1"])
    ),
    "late": st.one_of(st.booleans(), st.none(), st.integers(0, 1)),
    "unused": st.text(max_size=300) | st.sampled_from(["x" * 31, "x" * 32, "x" * 255, "x" * 256, "x" * 70_000]),
}
ROW = st.fixed_dictionaries(VALUES)
LAWFUL = {"delay": 1.5, "a:b": 3, "gr\u00f6\u00dfe": "AA", "late": True, "unused": "x"}


def scorer(plan: Plan = PLAN, contract: Contract = CONTRACT, most: int = 256) -> BodyScorer:
    made = CompiledModel(plan, b"", [column.name for column in contract.inputs]).bodies(contract, most)
    assert made is not None
    return made


OURS = scorer()
MODEL = CompiledModel(PLAN, b"", NAMES)


def columns_of(record: memoryview, rows: int) -> dict[str, Any]:
    found = msgspec.msgpack.decode(record)
    return {name: [value] for name, value in found.items()} if rows == 1 else found


def lawful(body: bytes) -> dict[str, Any] | None:
    """The columns, if codec and contract take them."""
    question = plain.read(Request(b"POST", "/m/x", {b"content-type": b"application/json"}, body), CONTRACT)
    return None if isinstance(question, Refusal) or problems_of(CONTRACT, question.columns) else question.columns


def bits(found: Any) -> list[bytes]:
    return [struct.pack("<d", one) if isinstance(one, float) else repr(one).encode() for one in found]


@settings(max_examples=400)
@given(
    bodies=st.lists(
        st.tuples(st.lists(ROW, max_size=3), st.booleans(), st.none() | st.integers(0, 300), st.sampled_from([None, 1, "\t"])),
        min_size=1,
        max_size=4,
    )
)
@example(bodies=[([LAWFUL], True, None, None), ([LAWFUL] * 3, False, None, 1)])
def test_it_never_accepts_more_and_keeps_every_value(bodies: list[Any]) -> None:
    texts = [
        json.dumps({"rows": rows}, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")[:cut]
        for rows, ascii_only, cut, indent in bodies
    ]
    done = OURS.score(b"rows", texts)
    assert done is not None
    at = 0
    for text, rows, record in zip(texts, done.rows, done.records, strict=True):
        if not rows:
            assert not record
            continue
        columns = lawful(text)
        assert columns is not None
        kept = columns_of(record, rows)
        assert list(kept) == list(NAMES)
        typed = reader(CONTRACT, ("rows",))
        assert typed is not None
        known = typed(text)
        if known is not None:
            assert [bits(kept[name]) for name in NAMES] == [bits(one) for one in zip(*values(known), strict=True)]
        assert {name: kept[name] for name in NAMES} == columns
        scores = MODEL.score({name: columns[name] for name in NAMES}, rows)
        assert bits(done.scores[at : at + rows]) == bits(scores)
        at += rows
    assert at == len(done.scores)


@pytest.mark.parametrize("rows", [1, 2, 15, 16, 17, 256])
def test_what_is_usual_is_accepted(rows: int) -> None:
    given_rows = [
        {**LAWFUL, "delay": None if row % 3 == 2 else row / 7, "gr\u00f6\u00dfe": "Z\u00fcrich"} for row in range(rows)
    ]
    for indent in (None, 2):
        body = json.dumps({"rows": given_rows}, ensure_ascii=False, indent=indent).encode()
        done = OURS.score(b"rows", [body])
        assert done is not None
        assert done.rows == [rows]
        assert columns_of(done.records[0], rows) == lawful(body)


@pytest.mark.parametrize("length", [0, 31, 32, 255, 256, 65_535, 65_536])
def test_texts_of_every_length_are_kept(length: int) -> None:
    row = {**LAWFUL, "unused": "x" * length}
    done = OURS.score(b"rows", [json.dumps({"rows": [row] * rows}, ensure_ascii=False).encode() for rows in (1, 2)])
    assert done is not None
    assert columns_of(done.records[0], 1)["unused"] == [row["unused"]]
    assert columns_of(done.records[1], 2)["unused"] == [row["unused"]] * 2


@pytest.mark.parametrize("number", [-129, -128, -33, -32, -1, 0, 127, 128, 255, 256, 2**63 - 1, 1 - 2**63])
def test_integers_of_every_size_are_kept(number: int) -> None:
    done = OURS.score(b"rows", [json.dumps({"rows": [{**LAWFUL, "a:b": number}]}, ensure_ascii=False).encode()])
    assert done is not None
    assert columns_of(done.records[0], 1)["a:b"] == [number]


@pytest.mark.parametrize(
    "row", [{"delay": -0.0}, {"delay": 1.5}, {"a:b": 1}, {"a:b": 2**53}, {"a:b": 2**53 + 1}, {"late": None}]
)
def test_numbers_are_looked_up_as_python_does(row: dict[str, Any]) -> None:
    rows = [{**LAWFUL, **row}]
    done = OURS.score(b"rows", [json.dumps({"rows": rows}, ensure_ascii=False).encode()])
    assert done is not None
    assert bits(done.scores) == bits(MODEL.score({name: [rows[0][name]] for name in NAMES}, 1))


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775808.5", "9999999999999999999"])
def test_numbers_beyond_64_bits_are_left_to_the_contract(number: str) -> None:
    assert read(number) is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"rows":[{"delay":1,"delay":2,"a:b":3,"late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":1e400,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"x","late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":01,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"x","late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":1.,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"x","late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":-,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"x","late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":1e,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"x","late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":+1,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"x","late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":NaN,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"x","late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":1,"a:b":3.0,"gr\xc3\xb6\xc3\x9fe":"x","late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":1,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"\xed\xa0\x80","late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":1,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"\xff","late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":1,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"\xc0\xaf","late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":1,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"a\nb","late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":1,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"\\n","late":true,"unused":"x"}]}',
        b'{"rows":[{"delay":1,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"x","late":true,"unused":"x"}],"rows":[]}',
        b'{"rows":[{"delay":1,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"x","late":true,"unused":"x"}]} {}',
        b'{"rows":[{"delay":1,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"x","late":true,"unused":"x"},]}',
        b'{"rows":[{"delay":1,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"x","late":true,"unused":"x",}]}',
        b'{"instances":[{"delay":1,"a:b":3,"gr\xc3\xb6\xc3\x9fe":"x","late":true,"unused":"x"}]}',
        b'{"rows":[]}',
        b'{"rows":[{}]}',
        b'{"rows":null}',
        b"{}",
        b"",
    ],
)
def test_whatever_else_comes_is_left_to_others(body: bytes) -> None:
    good = json.dumps({"rows": [LAWFUL]}).replace("\\u00f6", "\u00f6").replace("\\u00df", "\u00df").encode()
    done = OURS.score(b"rows", [good, body, good])
    assert done is not None
    assert done.rows == [1, 0, 1]
    assert len(done.scores) == 2


NUMBER = Contract(inputs=(Column(name="x", kind=Kind.NUMBER),), output=CONTRACT.output)
ONE = scorer(Plan(template=(0.0,), numbers=(Number(column="x", position=0),), tables=(), estimator=Linear(0.0, (1.0,))), NUMBER)


def read(number: str) -> float | None:
    done = ONE.score(b"rows", [b'{"rows":[{"x":%b}]}' % number.encode()])
    assert done is not None
    return msgspec.msgpack.decode(done.records[0])["x"] if done.rows[0] else None


DIGITS = st.text("0123456789", min_size=1, max_size=22)
DECIMALS = st.builds(
    lambda sign, whole, part, exponent: f"{sign}{int(whole)}{part}{exponent}",
    st.sampled_from(["", "-"]),
    DIGITS,
    st.just("") | DIGITS.map(lambda digits: f".{digits}"),
    st.just("") | st.integers(-330, 330).map(lambda exponent: f"e{exponent}"),
)
#: Next to the middle between two doubles.
MIDDLES = st.floats(1e-280, 1e18).map(lambda low: f"{(low + math.nextafter(low, math.inf)) / 2:.18e}")


@settings(max_examples=2000)
@given(DECIMALS | st.floats(-1e18, 1e18).map(repr) | MIDDLES)
@example("9007199254740993")
@example("0.1")
@example("1e-290")
@example("123456789012345678e-20")
def test_a_number_is_the_nearest_double_or_left_to_others(number: str) -> None:
    found = read(number)
    assert found is None or struct.pack("<d", found) == struct.pack("<d", float(number))


def test_usual_numbers_are_not_left_to_others() -> None:
    random = np.random.default_rng(3)
    numbers = [*random.normal(size=2000), *(10 ** random.uniform(-9, 9, 2000)), *range(-20, 20)]
    left = [number for number in numbers if read(repr(float(number))) is None]
    assert len(left) < 20


def test_powers_are_cut_off_and_never_rounded_up() -> None:
    for exponent, (first, two) in zip(range(-FURTHEST, FURTHEST + 1), powers_of_ten().tolist(), strict=True):
        assert first.bit_length() == 64
        assert first * Fraction(2) ** two <= Fraction(10) ** exponent < (first + 1) * Fraction(2) ** two


def test_many_texts_are_told_apart() -> None:
    words = {"".join(letters) for letters in np.random.default_rng(5).choice(list("abcdefgh"), (330, 6))}
    *keys, absent = sorted(words)[:301]
    table = Table(
        column="t", keys=tuple(keys), cells=tuple(((0, float(place)),) for place in range(300)), null=None, other=((0, -1.0),)
    )
    contract = Contract(inputs=(Column(name="t", kind=Kind.TEXT), Column(name="x", kind=Kind.NUMBER)), output=CONTRACT.output)
    plan = Plan(
        template=(0.0, 0.0), numbers=(Number(column="x", position=1),), tables=(table,), estimator=Linear(0.0, (1.0, 0.0))
    )
    ours = scorer(plan, contract)
    bodies = [json.dumps({"rows": [{"t": text, "x": 0}]}).encode() for text in (*keys, absent, "")]
    done = ours.score(b"rows", bodies)
    assert done is not None
    assert done.scores == [*map(float, range(300)), -1.0, -1.0]


def test_a_value_that_the_model_refuses_is_left_to_others() -> None:
    table = Table(column="t", keys=("a",), cells=(((0, 1.0),),), null=None, other=None)
    contract = Contract(
        inputs=(Column(name="t", kind=Kind.TEXT, nullable=True), Column(name="x", kind=Kind.NUMBER)), output=CONTRACT.output
    )
    plan = Plan(
        template=(0.0, 0.0), numbers=(Number(column="x", position=1),), tables=(table,), estimator=Linear(0.0, (1.0, 0.0))
    )
    ours = scorer(plan, contract)
    good, other, empty = (json.dumps({"rows": [{"t": text, "x": 0}]}).encode() for text in ("a", "b", None))
    assert ours.score(b"rows", [good, other]) is None
    assert ours.score(b"rows", [good, empty]) is None
    assert ours.score(b"rows", [good]) is not None


def test_more_rows_than_a_request_may_have_are_left_to_others() -> None:
    ours = scorer(most=3)
    row = json.dumps(LAWFUL, ensure_ascii=False)
    bodies = [f'{{"rows":[{",".join([row] * rows)}]}}'.encode() for rows in (3, 4, 2)]
    done = ours.score(b"rows", bodies)
    assert done is not None
    assert done.rows == [3, 0, 2]


def test_what_finds_no_room_is_left_to_others() -> None:
    row = json.dumps(LAWFUL, ensure_ascii=False)
    body = f'{{"rows":[{",".join([row] * 256)}]}}'.encode()
    done = scorer().score(b"rows", [body] * 60)
    assert done is not None
    assert sum(done.rows) == len(done.scores)
    assert 0 < done.rows.count(0) < 60
    assert done.rows[0] == 256


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb", "x" * 1001])
def test_names_that_json_escapes_or_that_are_very_long_are_left_to_others(name: str) -> None:
    contract = Contract(inputs=(Column(name=name, kind=Kind.NUMBER),), output=CONTRACT.output)
    plan = Plan(template=(0.0,), numbers=(Number(column=name, position=0),), tables=(), estimator=Linear(0.0, (1.0,)))
    assert CompiledModel(plan, b"", [name]).bodies(contract, 256) is None


def test_contracts_and_models_that_ask_for_more_are_left_to_others() -> None:
    listed = Contract(
        inputs=(Column(name="x", kind=Kind.TEXT, categories=("a",), unknown=Unknown.REFUSE), *CONTRACT.inputs),
        output=CONTRACT.output,
    )
    assert CompiledModel(PLAN, b"", [column.name for column in listed.inputs]).bodies(listed, 256) is None
    large = Table(column="a:b", keys=(2**53 + 1,), cells=(((1, 1.0),),), null=(), other=())
    numbers = (Number(column="delay", position=0),)
    plan = Plan(template=(0.0, 0.0), numbers=numbers, tables=(large,), estimator=Linear(0.0, (1.0, 1.0)))
    assert CompiledModel(plan, b"", NAMES).bodies(CONTRACT, 256) is None


def test_hashes_are_those_of_the_library() -> None:
    # FNV-1a of the reference (Fowler, Noll, Vo): "" and "foobar".
    assert known_values.hash_of(b"") == 0xCBF29CE484222325
    assert known_values.hash_of(b"foobar") == 0x85944171F73967E8
