"""Tables of values as `spreading.c` looks them up: open addressing, hashed with FNV-1a over the bytes of a text or a double."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from lamplighter.domain.contract import Kind
from lamplighter.serving.compiled.sheet import Asked

#: `known` and `lookup` of `cells.h`.
_KNOWN = np.dtype([(name, np.uint64) for name in ("start", "length", "answer", "is_used")])
_LOOKUP = np.dtype(
    [("place", np.uint64), ("slots", np.uintp), ("mask", np.uint64), ("bytes", np.uintp)]
    + [(name, np.uint64) for name in ("empty", "other", "refuses_empty", "refuses_other")]
)
_UNUSED = 0, 0, 0, 0
_BASIS, _PRIME, _ALL = 0xCBF29CE484222325, 0x100000001B3, 0xFFFFFFFFFFFFFFFF
#: Whole numbers up to this one are all doubles; larger ones would be told apart only by other means.
_LARGEST = 2**53


class KnownValues:
    """All tables of a model. The library reads them where they lie, so they have to live as long as this."""

    def __init__(self, asked: Sequence[Asked], kinds: Mapping[str, Kind]) -> None:
        """`kinds` are those of all columns, in their order."""
        columns = list(kinds)
        self._parts = [_slots(dict(_encoded(one, kinds[one.column]))) for one in asked]
        told = [
            (
                columns.index(one.column),
                slots.ctypes.data,
                slots.size - 1,
                content.ctypes.data,
                one.empty or 0,
                one.other or 0,
                one.empty is None,
                one.other is None,
            )
            for one, (slots, content) in zip(asked, self._parts, strict=True)
        ]
        self.tables = np.array(told, dtype=_LOOKUP)


def can_look_up(asked: Asked, kind: Kind) -> bool:
    """Whether the values of a column of this kind are told apart by their bytes."""
    return kind is Kind.TEXT or all(isinstance(key, str) or abs(key) <= _LARGEST for key in asked.known)


def _encoded(asked: Asked, kind: Kind) -> Iterator[tuple[bytes, int]]:
    """The bytes of each value that a column of this kind can hold; equal numbers have equal bytes."""
    for key, answer in asked.known.items():
        if isinstance(key, str) == (kind is Kind.TEXT):
            yield key.encode() if isinstance(key, str) else struct.pack("=d", key + 0.0), answer


def _slots(known: Mapping[bytes, int]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """At most half of the slots are used, so that a value that is not known soon meets an empty one."""
    size = 2
    while size < 2 * len(known):
        size *= 2
    slots, content = [_UNUSED] * size, bytearray(b"\0")
    for value, answer in known.items():
        slot = hash_of(value) % size
        while slots[slot] is not _UNUSED:
            slot = (slot + 1) % size
        slots[slot] = len(content), len(value), answer, 1
        content += value
    return np.array(slots, dtype=_KNOWN), np.frombuffer(bytes(content), dtype=np.uint8)


def hash_of(value: bytes) -> int:
    """FNV-1a with 64 bits, as `spreading.c` has it."""
    found = _BASIS
    for byte in value:
        found = (found ^ byte) * _PRIME & _ALL
    return found
