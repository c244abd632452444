"""Rows in JSON, read by our own library for a model of numbers and tables: no value becomes an object of Python.

It takes what the contract takes without a remark, and leaves every other request to the readers that can say what is wrong.
"""

import ctypes
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.contract import Contract, Kind
from lamplighter.serving.compiled.known_values import KnownValues, can_look_up
from lamplighter.serving.compiled.leaf_sets import TOGETHER
from lamplighter.serving.compiled.native import LIBRARY, SHORT
from lamplighter.serving.compiled.powers import powers_of_ten
from lamplighter.serving.compiled.sheet import Sheet

#: `cell` and `column` of `cells.h`.
_CELL = 16
_COLUMN = np.dtype(
    [(name, np.uintp) for name in ("quoted", "packed")]
    + [(name, np.uint16) for name in ("quoted_length", "packed_length", "kind", "is_nullable")]
)
_KINDS = {Kind.NUMBER: 2, Kind.INTEGER: 3, Kind.BOOLEAN: 4, Kind.TEXT: 5}
_ADDRESSES_AND_SIZES = (
    "columns count powers places numbers tables asked most room cells values answers record"
    " scales template width lines encoded nodes trees forest left weights"
)
#: How large the buffers for rows grow; requests that find no room in them are left to others.
_MOST_BYTES = 1 << 20
#: Characters of a name.
_LONGEST = 1000
#: What a value or a head takes at most in a record beside its text, in bytes.
_ROOM = 9


class Read(NamedTuple):
    """Requests that were read."""

    #: How many rows each has; 0 where it is left to others.
    rows: list[int]
    #: What each holds, a map of MessagePack: of values for one row, of arrays for more. Good until the next ones are read.
    records: list[memoryview]
    #: What the model adds up to for each row.
    sums: list[float]


class JsonRows:
    """The reader of one version. Its buffers are those of one thread."""

    def __init__(self, contract: Contract, sheet: Sheet, most: int) -> None:
        """`most` is how many rows a request may have."""
        names = [column.name for column in contract.inputs]
        lying = [(_bytes(f'"{name}"'.encode()), _bytes(msgspec.msgpack.encode(name))) for name in names]
        told = [
            (quoted.ctypes.data, packed.ctypes.data, quoted.size, packed.size, _KINDS[column.kind], column.nullable)
            for column, (quoted, packed) in zip(contract.inputs, lying, strict=True)
        ]
        columns, powers = np.array(told, dtype=_COLUMN), powers_of_ten()
        places = np.array([names.index(name) for name in sheet.numbers], dtype=np.uint64)
        known = KnownValues(sheet.tables, {column.name: column.kind for column in contract.inputs})
        # The library reads them where they lie, so they have to live as long as this.
        self._left = np.empty(TOGETHER * int(sheet.model.get("trees", 0)), dtype=np.uint64)
        self._parts: tuple[Any, ...] = lying, columns, places, known, powers, sheet.parts
        self._how = _Sheet(
            columns=columns.ctypes.data,
            count=columns.size,
            powers=powers.ctypes.data,
            places=places.ctypes.data,
            numbers=places.size,
            tables=known.tables.ctypes.data,
            asked=known.tables.size,
            most=most,
            left=self._left.ctypes.data,
            **sheet.model,
        )
        self._at, self._trees, self._columns = ctypes.addressof(self._how), max(1, self._how.trees), columns.size
        self._short, self._long = _function(ctypes.PyDLL), _function(ctypes.CDLL)
        self._heads = sum(packed.size for _, packed in lying) + _ROOM * (len(names) + 1)
        how = self._how
        self._most_room = max(most, _MOST_BYTES // (_CELL * how.count + 8 * (how.numbers + how.asked + how.width)))
        self._make_room(16)
        self._make_record_room(4096)

    def _make_room(self, rows: int) -> None:
        """Buffers for so many rows."""
        how = self._how
        self._cells = np.empty(rows * how.count * _CELL, dtype=np.uint8)
        self._values, self._answers, self._encoded = (np.empty(rows * each) for each in (how.numbers, how.asked, how.width))
        how.cells, how.values, how.answers, how.encoded = (
            part.ctypes.data for part in (self._cells, self._values, self._answers, self._encoded)
        )
        self._room = how.room = rows

    def _make_record_room(self, size: int) -> None:
        """A buffer for records of so many bytes."""
        record = np.empty(size, dtype=np.uint8)
        self._record, self._how.record = record.data, record.ctypes.data

    def read(self, name: bytes, bodies: Sequence[bytes]) -> Read | None:
        """The rows that stand as objects under this name in each of the bodies; nothing if the model refuses one of them."""
        text, count = b"".join(bodies), len(bodies)
        ends, rows = array("Q", accumulate(map(len, bodies))), array("I", bytes(4 * count))
        # A row begins with a brace, so that no more are found than there is room for; more of them stand in texts.
        room = min(text.count(b"{"), self._most_room)
        if room > self._room:
            self._make_room(min(2 * room, self._most_room))
        size = len(text) + count * self._heads + room * self._columns * _ROOM
        if size > len(self._record):
            self._make_record_room(2 * size)
        sums = array("d", bytes(8 * room))
        score = self._short if room * self._trees <= SHORT else self._long
        ends_at, rows_at, sums_at = ends.buffer_info()[0], rows.buffer_info()[0], sums.buffer_info()[0]
        found = score(self._at, name, len(name), text, ends_at, count, rows_at, sums_at)
        return None if found < 0 else Read(rows.tolist(), _cut(self._record, ends), sums[:found].tolist())


def _bytes(content: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(content, dtype=np.uint8)


def _cut(view: memoryview, ends: Iterable[int]) -> list[memoryview]:
    """The parts of it."""
    start, parts = 0, []
    for end in ends:
        parts.append(view[start:end])
        start = end
    return parts


def can_read(contract: Contract, sheet: Sheet) -> bool:
    """Whether the contract wants nothing but kinds of values, and the model wants numbers where they are."""
    kinds = {column.name: column.kind for column in contract.inputs}
    if any(kinds[name] is Kind.TEXT for name in sheet.numbers):
        return False
    is_plain = bool(kinds) and not any(column.is_listed or _is_escaped(column.name) for column in contract.inputs)
    return is_plain and all(can_look_up(one, kinds[one.column]) for one in sheet.tables)


def _is_escaped(name: str) -> bool:
    """Whether the name stands in JSON otherwise than between quotation marks, or is longer than the library counts."""
    return len(name) > _LONGEST or msgspec.json.encode(name) != f'"{name}"'.encode()


class _Sheet(ctypes.Structure):
    """`sheet` of `cells.h`."""

    _fields_ = (
        *((name, ctypes.c_uint64) for name in _ADDRESSES_AND_SIZES.split()),
        ("start", ctypes.c_double),
    )


def _function(open_library: "Callable[[str], ctypes.CDLL]") -> "ctypes._NamedFuncPointer":
    score, pointer, size, text = open_library(str(LIBRARY)).score_json, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p
    score.argtypes, score.restype = [pointer, text, size, text, pointer, size, pointer, pointer], ctypes.c_int64
    return score
