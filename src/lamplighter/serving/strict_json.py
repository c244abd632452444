"""JSON as the standard has it and no wider: strict UTF-8, bounded nesting, finite numbers, no key twice in an object."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from lamplighter.serving.pieces import PIECE, decoded
from lamplighter.serving.problems import Refusal

Value = TypeVar("Value")

#: Levels of arrays and objects that a body may have.
DEEPEST = 64
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_AS_SQUARE = bytes.maketrans(b"{}", b"[]")
#: Bytes that are looked at in one call: other threads come to their turn between two.
_SLICE = 64 * 1024
_CONTAINERS = frozenset((dict, list))

_MALFORMED = Refusal("malformed-json", "Send JSON in UTF-8 without a byte-order mark; NaN and Infinity are not JSON.")
_TOO_DEEP = Refusal("too-deep", f"Nest arrays and objects at most {DEEPEST} levels deep.")
_REPEATED = Refusal("duplicate-key", "Name each key of an object once.")
_HALF_PAIR = Refusal("invalid-string", "A text holds half of a surrogate pair. Send whole characters.")


def decode(body: bytes) -> Any:
    """The value of the body, or a `Refusal`."""
    refusal = form_refusal(body)
    if refusal is not None:
        return refusal
    try:
        value = decoded(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _HALF_PAIR if _is_json_but_for_surrogates(body) else _MALFORMED
    except RecursionError:
        return _TOO_DEEP
    return _REPEATED if _colons(body) != _keys(value) else value


def decode_as(
    body: bytes,
    decoder: msgspec.json.Decoder[Value],
    shaped: Callable[[Any], Value],
    keys: Callable[[Value], int],
    what: str,
) -> Value | Refusal:
    """The body in the shape of the decoder, or a `Refusal`.

    `shaped` gives a value of plain objects that shape, where the body is long; it may raise a `MsgspecError`, `KeyError` or
    `TypeError`, and the decoder is asked. `keys` tells how many keys the shape has kept; only when the number of colons differs
    is the slow way taken, which knows whether a key was repeated.
    """
    refusal = form_refusal(body)
    if refusal is not None:
        return refusal
    try:
        value = _in_pieces(body, shaped) or decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        plain = decode(body)
        return plain if isinstance(plain, Refusal) else Refusal("schema-violation", f"The body is not {what}: {error}.")
    if body.count(b":") != keys(value):
        plain = decode(body)
        if isinstance(plain, Refusal):
            return plain
    return value


def _in_pieces(body: bytes, shaped: Callable[[Any], Value]) -> Value | None:
    if len(body) > PIECE:
        with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError, TypeError):
            return shaped(decoded(body))
    return None


def form_refusal(body: bytes) -> Refusal | None:
    """What is wrong with the bytes before any parsing."""
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError:
            return _MALFORMED
    if body.count(b"[") + body.count(b"{") > DEEPEST and _deeper(_outside_strings(body)):
        return _TOO_DEEP
    return None


def _outside_strings(body: bytes) -> Iterator[bytes]:
    """What stands outside of strings, a slice of the body at a time."""
    is_inside, rest = False, b""
    for start in range(0, len(body), _SLICE):
        part = rest + body[start : start + _SLICE]
        rest = b""
        if b"\\" in part:
            # What the last of an odd number of them escapes stands in the next slice.
            if (len(part) - len(part.rstrip(b"\\"))) % 2:
                part, rest = part[:-1], b"\\"
            part = _ESCAPE.sub(b"", part)
        pieces = part.split(b'"')
        yield b"".join(pieces[is_inside::2])
        is_inside ^= len(pieces) % 2 == 0


def _deeper(outside: Iterable[bytes]) -> bool:
    """Whether brackets nest deeper than `DEEPEST`: every round takes away the innermost level."""
    brackets = b"".join([part.translate(_AS_SQUARE, _NOT_BRACKETS) for part in outside])
    for _ in range(DEEPEST):
        shorter = brackets.replace(b"[]", b"")
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    return b"[]" in brackets or brackets.count(b"[") > DEEPEST


def _colons(body: bytes) -> int:
    return sum(part.count(b":") for part in _outside_strings(body))


def _keys(value: Any) -> int:
    parts, own = (value.values(), len(value)) if isinstance(value, dict) else (value, 0)
    if not isinstance(value, dict | list) or _CONTAINERS.isdisjoint(map(type, parts)):
        return own
    return own + sum(_keys(part) for part in parts if isinstance(part, dict | list))


def _is_json_but_for_surrogates(body: bytes) -> bool:
    if not _SURROGATE.search(body):
        return False
    try:
        json.loads(body, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(_: str) -> float:
    raise ValueError


def _finite(text: str) -> float:
    value = float(text)
    return value if value - value == 0.0 else _refuse(text)
