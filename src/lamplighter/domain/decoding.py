"""Typed reading of JSON, TOML, MessagePack and plain values; the one place where a type is shown to msgspec.

msgspec lays a struct out when it is first decoded into, and publishes the layout before it is filled in. A second thread that
comes in that moment follows a null pointer, and the process ends with SIGSEGV. So types are laid out here, one at a time.
"""

import threading
from typing import Any, TypeVar

import msgspec

Value = TypeVar("Value")

_laying_out = threading.RLock()
_laid_out: set[Any] = set()


def from_json(content: bytes | str, kind: type[Value], *, strict: bool = True) -> Value:
    """Decode JSON into `kind`; raises `msgspec.ValidationError` for content of another shape."""
    return msgspec.json.decode(content, type=lay_out(kind), strict=strict)


def from_toml(content: bytes | str, kind: type[Value]) -> Value:
    """Decode TOML into `kind`; raises `msgspec.ValidationError` for content of another shape."""
    return msgspec.toml.decode(content, type=lay_out(kind), strict=True)


def from_plain(value: Any, kind: type[Value], *, strict: bool = True) -> Value:
    """Convert plain dictionaries, lists and values into `kind`; raises `msgspec.ValidationError` for another shape.

    `strict=False` also takes texts for numbers, as they come from environment variables and addresses.
    """
    return msgspec.convert(value, lay_out(kind), strict=strict)


def json_decoder(kind: type[Value]) -> msgspec.json.Decoder[Value]:
    """A decoder of its own, for who decodes again and again."""
    with _laying_out:
        return msgspec.json.Decoder(kind)


def message_pack_decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    """A decoder of its own, for who decodes again and again; `kind` may also be a choice of types."""
    with _laying_out:
        return msgspec.msgpack.Decoder(kind)


def lay_out(kind: type[Value]) -> type[Value]:
    """The type, safe to decode into from any thread."""
    if kind not in _laid_out:
        with _laying_out:
            msgspec.msgpack.Decoder(kind)
            _laid_out.add(kind)
    return kind
