"""What counts as JSON, compared with the standard library where it is strict enough."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.serving.problems import Refusal
from lamplighter.serving.strict_json import DEEPEST, decode

MALFORMED: dict[str, bytes] = {
    "NaN": b'{"a": NaN}',
    "Infinity": b"[Infinity]",
    "minus Infinity": b"[-Infinity]",
    "a number that overflows": b"[1e400]",
    "an integer of 5,000 digits": b"[" + b"9" * 5000 + b"]",
    "invalid UTF-8": b'["\xff"]',
    "overlong UTF-8": b'["\xc0\xaf"]',
    "a surrogate in UTF-8": b'["\xed\xa0\x80"]',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "byte-order mark": b"\xef\xbb\xbf[1]",
    "nothing": b"",
    "two values": b"[1] [2]",
    "trailing comma": b"[1,]",
    "single quotes": b"['a']",
    "control character": b'["a\x01"]',
    "comment": b"[1] // one",
    "unfinished": b'{"a": [1, 2',
    "half a pair and an overflow": b'["\\ud800", 1e999]',
    "half a pair and NaN": b'["\\ud800", NaN]',
    "unfinished and long": b"[1]," * 200,
}


@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_not_json_is_malformed(case: str) -> None:
    refusal = decode(MALFORMED[case])
    assert isinstance(refusal, Refusal)
    assert (refusal.slug, refusal.status) == ("malformed-json", 400)


@pytest.mark.parametrize(
    "body", [b'{"a": 1, "a": 1}', b'{"a": {"b:": 1, "b:": 2}}', b'[{"a": 1}, {"a": 1, "\\u0061": 2}]', b'{"x": "a:b", "x": 1}']
)
def test_a_repeated_key_is_refused(body: bytes) -> None:
    refusal = decode(body)
    assert isinstance(refusal, Refusal)
    assert refusal.slug == "duplicate-key"


def nested(depth: int, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    return opening * depth + b"1" + closing * depth


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b'["]",', b"]"), (b'["\\"[",', b"]")])
def test_nesting_is_counted_exactly(opening: bytes, closing: bytes) -> None:
    assert not isinstance(decode(nested(DEEPEST, opening, closing)), Refusal)
    refusal = decode(nested(DEEPEST + 1, opening, closing))
    assert isinstance(refusal, Refusal)
    assert (refusal.slug, refusal.status) == ("too-deep", 400)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, nested(100_000)])
def test_a_bomb_is_refused_before_it_is_parsed(body: bytes) -> None:
    refusal = decode(body)
    assert isinstance(refusal, Refusal)
    assert refusal.slug == "too-deep"


def test_many_shallow_brackets_are_no_bomb() -> None:
    assert decode(b"[" + b"[]," * 10_000 + b"{}]") == [[] for _ in range(10_000)] + [{}]


def test_half_a_surrogate_pair_is_an_invalid_string() -> None:
    for body in (b'["\\ud800"]', b'["a\\udc00b"]', b'{"\\ud83d": 1}'):
        refusal = decode(body)
        assert isinstance(refusal, Refusal)
        assert (refusal.slug, refusal.status) == ("invalid-string", 422)
    assert decode(b'["\\ud83d\\ude00"]') == ["\U0001f600"]


TEXTS = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from([":", '"', "\\", '\\"', "[{", "\\u0061:"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=30,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_whatever_the_standard_library_writes_is_read_back(value: object, ascii_only: bool, indent: int | None) -> None:
    assert decode(json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()) == value


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode(errors="surrogatepass")))
def test_no_bytes_raise(body: bytes) -> None:
    value = decode(body)
    if not isinstance(value, Refusal):
        assert json.loads(body) == value
