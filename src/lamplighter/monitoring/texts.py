"""A text column as columnar files hold it: bytes, and where each text stands in them."""

import ctypes
from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.record import Record


class Layout(IntEnum):
    """How the places of texts are written, in the words of the Arrow columnar format."""

    #: Offsets of 32 bits into one run of bytes (`utf8`).
    SHORT_OFFSETS = 0
    #: Offsets of 64 bits into one run of bytes (`large_utf8`).
    LONG_OFFSETS = 1
    #: Views of 16 bytes, into several runs (`utf8_view`).
    VIEWS = 2


#: Bytes of an offset or view.
SIZES = {Layout.SHORT_OFFSETS: 4, Layout.LONG_OFFSETS: 8, Layout.VIEWS: 16}


class Texts(Record, frozen=True, eq=False):
    """One text a row, or nothing. All addresses are of memory that the giver keeps while this is used."""

    layout: Layout
    #: Address of the offsets or views of the first row.
    index: int
    #: Address of the addresses of the runs of bytes.
    contents: int
    #: Address of a bit a row, least first; 0 where every row has a text.
    valid: int
    #: Bits in front of the first row.
    skipped: int
    rows: int

    def __len__(self) -> int:
        return self.rows

    def part(self, first: int, last: int) -> "Texts":
        """The rows from the first to before the last."""
        index = self.index + first * SIZES[self.layout]
        return msgspec.structs.replace(self, index=index, skipped=self.skipped + first, rows=last - first)

    def tolist(self) -> list[str | None]:
        """The texts as Python's; bytes that are no UTF-8 are replaced."""
        return [None if text is None else text.decode("utf-8", "replace") for text in self.encoded()]

    def encoded(self) -> list[bytes | None]:
        """The texts in UTF-8."""
        if not self.rows:
            return []
        found = self._viewed() if self.layout is Layout.VIEWS else self._between_offsets()
        if self.valid:
            there = self.there().tolist()
            found = [text if is_there else None for text, is_there in zip(found, there, strict=True)]
        return found

    def there(self) -> NDArray[np.bool_]:
        """Whether each row has a text."""
        if not self.valid:
            return np.ones(self.rows, dtype=np.bool_)
        bits = np.frombuffer(ctypes.string_at(self.valid, (self.skipped + self.rows + 7) // 8), dtype=np.uint8)
        return np.unpackbits(bits, count=self.skipped + self.rows, bitorder="little")[self.skipped :].view(np.bool_)

    def _between_offsets(self) -> list[bytes | None]:
        kind = np.dtype(np.int32 if self.layout is Layout.SHORT_OFFSETS else np.int64)
        content = ctypes.string_at(self.index, (self.rows + 1) * kind.itemsize)
        offsets = np.frombuffer(content, dtype=kind).tolist()
        run, first = self._run(0), offsets[0]
        content = ctypes.string_at(run + first, offsets[-1] - first) if run else b""
        return [content[start - first : end - first] for start, end in pairwise(offsets)]

    def _viewed(self) -> list[bytes | None]:
        content = ctypes.string_at(self.index, self.rows * 16)
        views = np.frombuffer(content, dtype=np.int32).reshape(-1, 4).tolist()
        return [
            content[row * 16 + 4 : row * 16 + 4 + length] if length <= 12 else ctypes.string_at(self._run(run) + offset, length)
            for row, (length, _, run, offset) in enumerate(views)
        ]

    def _run(self, number: int) -> int:
        return ctypes.c_void_p.from_address(self.contents + number * ctypes.sizeof(ctypes.c_void_p)).value or 0


def characters(texts: Sequence[object]) -> list[float]:
    """Characters of each text; not a number for what is no text."""
    return [float(len(text)) if isinstance(text, str) else float("nan") for text in texts]
