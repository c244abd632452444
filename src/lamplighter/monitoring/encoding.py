"""Records with arrays as compact bytes.

Each array becomes its type, shape and little-endian bytes; counts take the narrowest type that holds them. The whole is
MessagePack, compressed with zlib behind a header line that names the format.
"""

import zlib
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.decoding import lay_out
from lamplighter.monitoring.refusals import TooManyBytes, UnreadableBytes

Value = TypeVar("Value")

#: Types and what they hold, the narrowest first.
_NARROW = tuple((kind, np.iinfo(kind).min, np.iinfo(kind).max) for kind in ("<u1", "<i2", "<u2", "<i4", "<u4"))
_ALLOWED = frozenset((*(kind for kind, _, _ in _NARROW), "<i8", "<f8"))


def body(value: Any) -> bytes:
    """MessagePack; mappings keep their order."""
    return msgspec.msgpack.encode(value, enc_hook=_from_array)


def packed(header: bytes, value: Any, level: int = 6) -> bytes:
    """Header line and compressed body; `level` is that of zlib, from 1 for what is written often to 9."""
    return header + zlib.compress(body(value), level)


def read(plain: bytes, kind: type[Value]) -> Value:
    """The value of a body; raises `msgspec.DecodeError`."""
    return msgspec.msgpack.decode(plain, type=lay_out(kind), dec_hook=_to_array)


def unpacked(header: bytes, content: bytes, kind: type[Value], what: str) -> Value:
    """The value behind the header in bytes that the platform wrote itself; raises `UnreadableBytes` naming `what`."""
    if not content.startswith(header):
        raise UnreadableBytes(what)
    try:
        return read(zlib.decompress(content[len(header) :]), kind)
    except (zlib.error, msgspec.DecodeError):
        raise UnreadableBytes(what) from None


def unpacked_within(header: bytes, content: bytes, kind: type[Value], what: str, most: int) -> Value:
    """The same of bytes that anybody may have written; raises `TooManyBytes` too, and unpacks no more than `most` of them."""
    if not content.startswith(header):
        raise UnreadableBytes(what)
    # A few bytes can say that they are very many.
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(content[len(header) :], most)
        if not inflater.eof and len(plain) == most:
            raise TooManyBytes(what, most)
        if not inflater.eof:
            raise UnreadableBytes(what)
        return read(plain, kind)
    except (zlib.error, msgspec.DecodeError):
        raise UnreadableBytes(what) from None


def _from_array(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        raise NotImplementedError(f"{type(value).__name__} has no byte form")
    kind = _narrowest(value) if value.dtype.kind in "iu" else "<f8"
    return kind, value.shape, value.astype(kind).tobytes()


def _narrowest(value: NDArray[Any]) -> str:
    low, high = (int(value.min()), int(value.max())) if value.size else (0, 0)
    return next((kind for kind, least, most in _NARROW if least <= low and high <= most), "<i8")


def _to_array(_: type, value: Any) -> Any:
    kind, shape, content = value
    if kind not in _ALLOWED:
        raise ValueError("unknown type of array")
    wide = np.float64 if kind == "<f8" else np.int64
    return np.frombuffer(content, dtype=kind).reshape(shape).astype(wide)
