"""A scored request as it stands in a segment file, and the frames around it.

A segment is a sequence of frames: length of the body (4 bytes), CRC-32 of the body (4 bytes), both little-endian, then the
body in MessagePack. A torn frame at the end of a file is the mark of a crash and is dropped; nothing in front of it is.
Law of change: fields of `Scored` may be appended with a default, never reordered or removed.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import force_setattr

from lamplighter.domain.decoding import message_pack_decoder
from lamplighter.domain.expiry import EXPIRED
from lamplighter.domain.pushed import own_id
from lamplighter.domain.route import Arm
from lamplighter.domain.switch import SWITCHED_OFF

#: How the failure of a request begins that found no place in the line.
FULL = "queue-full"
_HEAD = struct.Struct("<II")
#: A body larger than this is not a frame but damage.
LARGEST_BODY = 256 * 1024 * 1024


class Scored(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One request, scored by one version."""

    #: Id of the request; the id of row i is `prediction_id(request, i)`, unless `ids` holds others.
    request: str
    model: str
    number: int
    digest: str
    arm: Arm
    #: Who asked.
    consumer: str
    #: When it was answered, microseconds since the epoch, UTC.
    at: int
    #: When it happened in the caller's world; the same as `at` unless the caller says otherwise. Decides the window.
    event_at: int
    #: Time the version took, microseconds; -1 if nobody knows.
    duration: int
    #: Inputs by column, each with one value a row. Empty for an arm that shares the rows of the answering arm,
    #: and for a request outside the sample.
    columns: Mapping[str, Sequence[Any]]
    #: One score a row; empty if the version failed.
    scores: Sequence[float]
    #: Why the version failed; empty if it did not.
    failure: str = ""
    #: Number of rows.
    rows: int = 0
    #: Columns that are not in `columns` as they came: replaced by hashes, or left out.
    redacted: tuple[str, ...] = ()
    #: Ids of the rows where whoever brought them has chosen these; empty where they follow from the request.
    ids: tuple[str, ...] = ()
    #: Inputs of a request with one row, each a plain value. Only in the bytes: a record in memory has `columns`.
    row: Mapping[str, Any] = {}
    #: Id of the caller's trace (W3C Trace Context), 32 hexadecimal digits; empty if there was none.
    trace: str = ""

    def __post_init__(self) -> None:
        if self.row:
            force_setattr(self, "columns", {name: [value] for name, value in self.row.items()})
            force_setattr(self, "row", {})

    def row_id(self, row: int) -> str:
        """The id under which a row is kept."""
        return own_id(self.model, self.ids[row]) if self.ids else prediction_id(self.request, row)

    @property
    def height(self) -> int:
        """Rows that were asked, at least one: a version that failed scored none."""
        return len(self.scores) or max(self.rows, 1)

    @property
    def broke(self) -> bool:
        """Whether the version failed. One whose time is over, or that was switched off, did not: nothing that follows on
        failures may follow on this."""
        return bool(self.failure) and not self.failure.startswith((f"{EXPIRED}:", f"{SWITCHED_OFF}:"))

    @property
    def found_no_room(self) -> bool:
        """Whether it was refused because too many requests waited for the version; that counts as a failure too."""
        return self.failure.startswith(f"{FULL}:")


_encoder = msgspec.msgpack.Encoder()
_decoder = message_pack_decoder(Scored)


def prediction_id(request: str, row: int) -> str:
    """The id that a label names: request and row."""
    return f"{request}.{row}"


def frame(record: Scored) -> bytes:
    """The bytes of one record in a segment."""
    body = _encoder.encode(record)
    return _HEAD.pack(len(body), zlib.crc32(body)) + body


def frame_in_pieces(record: Scored) -> bytes:
    """The same bytes, made a column at a time, so that other threads of the process get their turn between two."""
    parts = [_list_head(len(record.__struct_fields__))]
    for name in record.__struct_fields__:
        value = getattr(record, name)
        parts += _encoded_columns(value) if name == "columns" else [_encoder.encode(value)]
    length, checksum = 0, 0
    for part in parts:
        length, checksum = length + len(part), zlib.crc32(part, checksum)
    return b"".join((_HEAD.pack(length, checksum), *parts))


def _encoded_columns(columns: Mapping[str, Sequence[Any]]) -> Iterator[bytes]:
    """A map of the names and values, as the encoder writes it."""
    count = len(columns)
    yield (
        bytes((0x80 | count,))
        if count < 16
        else b"\xde" + count.to_bytes(2)
        if count < 1 << 16
        else b"\xdf" + count.to_bytes(4)
    )
    for name, values in columns.items():
        yield _encoder.encode(name)
        yield _encoder.encode(values)


def _list_head(count: int) -> bytes:
    return bytes((0x90 | count,)) if count < 16 else b"\xdc" + count.to_bytes(2)


def frames_of(records: Iterable[Sequence[Any]]) -> bytes:
    """The bytes of many, each given as the values of the fields of a `Scored` in their order; cheaper.

    `row` may be a struct with the inputs as its fields.
    """
    parts: list[bytes] = []
    for values in records:
        body = _encoder.encode(values)
        parts += _HEAD.pack(len(body), zlib.crc32(body)), body
    return b"".join(parts)


def frames(content: bytes, start: int = 0) -> Iterator[tuple[Scored, int]]:
    """Each whole record from `start` on, with the offset behind it. Stops before a torn or damaged frame."""
    view = memoryview(content)
    while start + _HEAD.size <= len(view):
        length, checksum = _HEAD.unpack_from(view, start)
        end = start + _HEAD.size + length
        # No body is empty: a crash may leave zeros behind the last frame, and their checksum would fit.
        if not 0 < length <= LARGEST_BODY or end > len(view):
            return
        body = view[start + _HEAD.size : end]
        if zlib.crc32(body) != checksum:
            return
        yield _decoder.decode(body), end
        start = end
