"""Reading Protocol Buffers without a schema: just enough to look into an ONNX file before a runtime opens it.

Source of the encoding: the Protocol Buffers documentation, "Encoding".
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
#: A number has at most this many bytes.
_LONGEST = 10


def fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and content of each field, in the order of the bytes; raises `ValueError` for bytes that are no message."""
    position = 0
    while position < len(content):
        number, value, position = field(content, position)
        yield number, value


def field(content: bytes, position: int) -> tuple[int, int | bytes, int]:
    """Number and content of the field that starts at a position, and where it ends; raises `ValueError`."""
    key, position = _varint(content, position)
    kind = key & 7
    if kind == _VARINT:
        value, position = _varint(content, position)
        return key >> 3, value, position
    if kind == _BYTES:
        length, position = _varint(content, position)
    elif kind in (_FIXED32, _FIXED64):
        length = 4 if kind == _FIXED32 else 8
    else:
        raise ValueError("a field has an unknown wire type")
    return key >> 3, _part(content, position, length), position + length


def _part(content: bytes, position: int, length: int) -> bytes:
    if position + length > len(content):
        raise ValueError("a field is longer than its message")
    return content[position : position + length]


def _varint(content: bytes, position: int) -> tuple[int, int]:
    value = 0
    for count, byte in enumerate(content[position : position + _LONGEST]):
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value, position + count + 1
    raise ValueError("a number has no end")


def repeated(content: bytes) -> tuple[Integers, Integers]:
    """Field numbers and values of bytes that hold nothing but numbers; raises `ValueError` for any other field.

    A list of numbers takes a field for each, so this reads them all at once.
    """
    numbers = packed(content)
    keys, values = numbers[0::2], numbers[1::2]
    if keys.size != values.size or (keys & 7 != _VARINT).any():
        raise ValueError("a field is no number")
    return keys >> 3, values


def packed(content: bytes) -> Integers:
    """The numbers of a packed repeated field; raises `ValueError` for a negative or unfinished number."""
    octets = np.frombuffer(content, dtype=np.uint8)
    if not octets.size:
        return np.empty(0, dtype=np.int64)
    last = octets < 0x80
    if not last[-1]:
        raise ValueError("a number has no end")
    starts = np.concatenate(([0], np.flatnonzero(last)[:-1] + 1))
    lengths = np.diff(np.append(starts, octets.size))
    if lengths.max() >= _LONGEST:
        raise ValueError("a number is negative or too large")
    shift = 7 * (np.arange(octets.size) - np.repeat(starts, lengths))
    parts = (octets & 0x7F).astype(np.int64) << shift
    return np.add.reduceat(parts, starts)
