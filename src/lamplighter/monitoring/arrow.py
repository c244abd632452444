"""Columns of a stream of record batches, read where they lie.

Whatever has `__arrow_c_stream__` is such a stream: a Parquet file that arro3 reads, a frame of polars, a table of pyarrow or
a result of DuckDB. Structures and formats are those of the Arrow C data and C stream interface,
https://arrow.apache.org/docs/format/CDataInterface.html. The next batch is fetched without Python's lock.
"""

import ctypes
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lamplighter.monitoring.arrays import Coded, Masked, Values, bits_at
from lamplighter.monitoring.refusals import UnreadableColumn, UnreadableStream
from lamplighter.monitoring.texts import SIZES, Layout, Texts

_pointer, _whole, _text = ctypes.c_void_p, ctypes.c_int64, ctypes.c_char_p


class Streamable(Protocol):
    """Something that gives record batches."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """A PyCapsule with a stream."""


class _Schema(ctypes.Structure):
    format: bytes | None
    name: bytes | None
    n_children: int
    children: Any
    dictionary: Any
    release: Any


class _Array(ctypes.Structure):
    length: int
    null_count: int
    offset: int
    buffers: Any
    children: Any
    dictionary: Any
    release: Any


_Schema._fields_ = [
    ("format", _text),
    ("name", _text),
    ("metadata", _pointer),
    ("flags", _whole),
    ("n_children", _whole),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.POINTER(_Schema)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Schema))),
    ("private_data", _pointer),
]
_Array._fields_ = [
    ("length", _whole),
    ("null_count", _whole),
    ("offset", _whole),
    ("n_buffers", _whole),
    ("n_children", _whole),
    ("buffers", ctypes.POINTER(_pointer)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.POINTER(_Array)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))),
    ("private_data", _pointer),
]


class _Stream(ctypes.Structure):
    get_schema: Any
    get_next: Any
    _fields_ = [
        ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, _pointer, ctypes.POINTER(_Schema))),
        ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, _pointer, ctypes.POINTER(_Array))),
        ("get_last_error", ctypes.CFUNCTYPE(_text, _pointer)),
        ("release", _pointer),
        ("private_data", _pointer),
    ]


_capsule = ctypes.pythonapi.PyCapsule_GetPointer
_capsule.restype, _capsule.argtypes = _pointer, [ctypes.py_object, _text]

#: Numbers by the letter of their format.
_NUMBERS: Mapping[str, str] = dict(
    zip("cCsSiIlLefg", ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"), strict=True)
)
_LAYOUTS: Mapping[str, Layout] = {"u": Layout.SHORT_OFFSETS, "U": Layout.LONG_OFFSETS, "vu": Layout.VIEWS}
#: Microseconds of a unit of a timestamp: a factor, or a divisor for what is finer.
_TIMES: Mapping[str, tuple[int, int]] = {"s": (1_000_000, 1), "m": (1000, 1), "u": (1, 1), "n": (1, 1000)}

_READABLE = "a number, a time, a text or a truth value"


class Batch:
    """Some rows. What it hands out lies in its memory: nothing of it may be used once it is closed."""

    def __init__(self, formats: Mapping[str, "_Format"], array: _Array) -> None:
        self._formats, self._array = formats, array
        self.rows = int(array.length)

    def close(self) -> None:
        """Give the memory back."""
        if self._array.release:
            self._array.release(ctypes.byref(self._array))

    def column(self, name: str) -> Values:
        """Numbers as floats, times as microseconds since the epoch, texts as they lie."""
        place, kind = self._formats[name].place, self._formats[name]
        return kind.read(name, self._array.children[place].contents, int(self._array.offset), self.rows)


class _Format:
    """How one column is laid out."""

    def __init__(self, place: int, schema: _Schema) -> None:
        self.place, self.letters = place, (schema.format or b"").decode()
        self.dictionary = _Format(0, schema.dictionary.contents) if schema.dictionary else None

    def read(self, name: str, array: _Array, skipped: int, rows: int) -> Values:
        start = int(array.offset) + skipped
        if self.dictionary is not None:
            return self._coded(name, array, start, rows)
        if self.letters in _LAYOUTS:
            return _texts(array, _LAYOUTS[self.letters], start, rows)
        if self.letters == "b":
            bits = bits_at(array.buffers[1], start, rows).astype(np.float64) if rows else np.empty(0)
            return _with_gaps(bits, array, start)
        if self.letters == "n":
            return np.full(rows, np.nan)
        return self._numbers(name, array, start, rows)

    def _coded(self, name: str, array: _Array, start: int, rows: int) -> Coded:
        assert self.dictionary is not None
        inner = array.dictionary.contents
        texts = self.dictionary.read(name, inner, 0, int(inner.length))
        if not isinstance(texts, Texts):
            raise UnreadableColumn(name, _READABLE)
        categories = texts.tolist()
        codes = _plain(array, self._type(name), start, rows).astype(np.int64)
        there = np.array([text is not None for text in categories] + [False])
        codes[~_valid(array, start, rows) | ~there[codes]] = -1
        return Coded(codes=codes, categories=[text or "" for text in categories])

    def _numbers(self, name: str, array: _Array, start: int, rows: int) -> NDArray[Any] | Masked:
        values = _plain(array, self._type(name), start, rows)
        if self.letters.startswith("ts"):
            factor, divisor = _TIMES[self.letters[2]]
            values = values * factor // divisor
            return values if array.null_count == 0 else _with_gaps(values.astype(np.float64), array, start)
        return _with_gaps(values.astype(np.float64, copy=False), array, start)

    def _type(self, name: str) -> str:
        if self.letters.startswith("ts"):
            return "i8"
        if self.letters not in _NUMBERS:
            raise UnreadableColumn(name, _READABLE)
        return _NUMBERS[self.letters]


def _view(address: int | None, kind: str, count: int) -> NDArray[Any]:
    if not count or not address:
        return np.zeros(count, dtype=kind)
    size = count * np.dtype(kind).itemsize
    return np.frombuffer(memoryview((ctypes.c_char * size).from_address(address)), dtype=kind)


def _plain(array: _Array, kind: str, start: int, rows: int) -> NDArray[Any]:
    return _view(array.buffers[1], kind, start + rows)[start:]


def _valid(array: _Array, start: int, rows: int) -> NDArray[np.bool_]:
    if array.null_count == 0 or not array.buffers[0]:
        return np.ones(rows, dtype=np.bool_)
    return bits_at(array.buffers[0], start, rows)


def _with_gaps(numbers: NDArray[np.float64], array: _Array, start: int) -> NDArray[np.float64] | Masked:
    if array.null_count == 0 or not array.buffers[0]:
        return numbers
    return Masked(numbers=numbers, valid=array.buffers[0], skipped=start)


def _texts(array: _Array, layout: Layout, start: int, rows: int) -> Texts:
    # Behind the views stands, before the sizes of the runs in the last buffer, one buffer for each run.
    return Texts(
        layout=layout,
        index=(array.buffers[1] or 0) + start * SIZES[layout],
        contents=ctypes.addressof(array.buffers.contents) + 2 * ctypes.sizeof(_pointer),
        valid=(array.buffers[0] or 0) if array.null_count else 0,
        skipped=start,
        rows=rows,
    )


class Stream:
    """The batches of a stream, one after another."""

    def __init__(self, source: Streamable) -> None:
        """Raises `UnreadableStream` if the source gives no record batches."""
        if not hasattr(source, "__arrow_c_stream__"):
            raise UnreadableStream
        self._capsule = source.__arrow_c_stream__()
        self._address = _capsule(self._capsule, b"arrow_array_stream")
        self._stream = _Stream.from_address(self._address)
        schema = _Schema()
        if self._stream.get_schema(self._address, ctypes.byref(schema)):
            raise UnreadableStream
        try:
            self._formats = _formats(schema)
        finally:
            schema.release(ctypes.byref(schema))

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, in their order."""
        return tuple(self._formats)

    def next(self) -> Batch | None:
        """The next rows, or nothing at the end; one thread at a time. Raises `UnreadableStream` for broken content."""
        array = _Array()
        if self._stream.get_next(self._address, ctypes.byref(array)):
            raise UnreadableStream
        return Batch(self._formats, array) if array.release else None


def _formats(schema: _Schema) -> dict[str, _Format]:
    if schema.format != b"+s":
        raise UnreadableStream
    children = [schema.children[place].contents for place in range(schema.n_children)]
    return {child.name.decode(): _Format(place, child) for place, child in enumerate(children)}
