"""Raw little-endian tensors of the Open Inference Protocol's binary extension.

A BYTES element is a 4-byte length and that many bytes of UTF-8. A number tensor cannot hold null, so NaN stands for it.
"""

import struct
import sys
from array import array
from collections.abc import Mapping
from typing import Any

#: Datatype, type code of `array`, size of an element.
_CODES: Mapping[str, tuple[str, int]] = {
    "FP64": ("d", 8),
    "FP32": ("f", 4),
    "INT64": ("q", 8),
    "INT32": ("i", 4),
    "INT16": ("h", 2),
    "INT8": ("b", 1),
    "UINT64": ("Q", 8),
    "UINT32": ("I", 4),
    "UINT16": ("H", 2),
    "UINT8": ("B", 1),
}
_LENGTH = struct.Struct("<I")


def unpack(datatype: str, content: bytes) -> list[Any] | None:
    """The elements of a tensor; nothing if the bytes are not a tensor of that datatype."""
    if datatype == "BYTES":
        return _texts(content)
    if datatype == "BOOL":
        return [bool(byte) for byte in content] if not content.translate(None, b"\x00\x01") else None
    code, size = _CODES.get(datatype, ("", 0))
    if not code or len(content) % size:
        return None
    values = array(code, content)
    if sys.byteorder == "big":
        values.byteswap()
    if code in "df":
        return [value if value == value else None for value in values]
    return values.tolist()


def _texts(content: bytes) -> list[Any] | None:
    values: list[Any] = []
    place = 0
    while place < len(content):
        if place + _LENGTH.size > len(content):
            return None
        end = place + _LENGTH.size + _LENGTH.unpack_from(content, place)[0]
        if end > len(content):
            return None
        try:
            values.append(content[place + _LENGTH.size : end].decode())
        except UnicodeDecodeError:
            return None
        place = end
    return values


def pack(scores: list[float]) -> bytes:
    """Scores as an FP64 tensor."""
    return struct.pack(f"<{len(scores)}d", *scores)
