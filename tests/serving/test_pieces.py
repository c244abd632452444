"""Long JSON is decoded in pieces to the value that one call gives, and refused where that refuses."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.serving.test_strict_json import VALUES

from lamplighter.serving.pieces import PIECE, decoded
from lamplighter.serving.problems import Refusal
from lamplighter.serving.strict_json import decode


def outcome(text: bytes, piece: int) -> Any:
    try:
        return decoded(text, piece)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return "refused"


@given(VALUES, st.integers(1, 40), st.sampled_from([None, 1]))
def test_the_value_is_the_same(value: object, piece: int, indent: int | None) -> None:
    assert decoded(json.dumps(value, indent=indent).encode(), piece) == value


@given(VALUES, st.integers(1, 40), st.integers(0, 200), st.binary(max_size=3))
def test_what_one_call_refuses_is_refused(value: object, piece: int, place: int, damage: bytes) -> None:
    text = json.dumps(value).encode()
    damaged = text[:place] + damage + text[place + 1 :]
    assert outcome(damaged, piece) == outcome(damaged, len(damaged))


@pytest.mark.parametrize("before", range(PIECE // 2 - 4, PIECE // 2 + 5))
def test_what_stands_in_texts_is_told_from_what_does_not_wherever_they_are_cut(before: int) -> None:
    text = "a" * before + '\\\\"[{:'
    assert decode(json.dumps([{text: [text]}] * 3).encode()) == [{text: [text]}] * 3
    repeated = decode(b'[%b, {"a": 1, "a": 2}]' % json.dumps(text).encode())
    assert isinstance(repeated, Refusal)
    assert repeated.slug == "duplicate-key"
