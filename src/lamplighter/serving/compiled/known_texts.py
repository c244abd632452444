"""Tables of texts as `spreading.c` looks them up: open addressing, hashed with FNV-1a."""

from collections.abc import Sequence

import numpy as np

from lamplighter.serving.compiled.sheet import Asked

#: `known` and `texts` of `spreading.c`.
_KNOWN = np.dtype([(name, np.uint64) for name in ("start", "length", "answer", "is_used")])
TEXTS = np.dtype(
    [("place", np.uint64), ("slots", np.uintp), ("mask", np.uint64), ("bytes", np.uintp)]
    + [(name, np.uint64) for name in ("empty", "other", "refuses_empty", "refuses_other")]
)
_UNUSED = 0, 0, 0, 0
_BASIS, _PRIME, _ALL = 0xCBF29CE484222325, 0x100000001B3, 0xFFFFFFFFFFFFFFFF


class KnownTexts:
    """All tables of a model. The library reads them where they lie, so they have to live as long as this."""

    def __init__(self, asked: Sequence[Asked], columns: Sequence[str]) -> None:
        self._parts = [_slots(one) for one in asked]
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
        self.tables = np.array(told, dtype=TEXTS)


def _slots(asked: Asked) -> tuple[np.ndarray, np.ndarray]:
    """At most half of the slots are used, so that a text that is not known soon meets an empty one."""
    size = 2
    while size < 2 * len(asked.known):
        size *= 2
    slots, content = [_UNUSED] * size, bytearray(b"\0")
    for text, answer in asked.known.items():
        encoded = text.encode()
        slot = hash_of(encoded) % size
        while slots[slot] is not _UNUSED:
            slot = (slot + 1) % size
        slots[slot] = len(content), len(encoded), answer, 1
        content += encoded
    return np.array(slots, dtype=_KNOWN), np.frombuffer(bytes(content), dtype=np.uint8)


def hash_of(text: bytes) -> int:
    """FNV-1a with 64 bits, as `spreading.c` has it."""
    found = _BASIS
    for byte in text:
        found = (found ^ byte) * _PRIME & _ALL
    return found
