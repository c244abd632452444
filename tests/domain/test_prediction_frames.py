"""Segments: what was written is read back, and a crash or damage costs what lies behind it and nothing before."""

import struct
import zlib
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.domain.prediction import Scored, frame, frame_in_pieces, frames, frames_of, prediction_id
from lamplighter.domain.route import Arm

CELLS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=5)
RECORDS = st.builds(
    Scored,
    request=st.text(max_size=8),
    model=st.just("churn"),
    number=st.integers(1, 9),
    digest=st.just("ab" * 32),
    arm=st.sampled_from(Arm),
    consumer=st.text(max_size=5),
    at=st.integers(0, 2**53),
    event_at=st.integers(0, 2**53),
    duration=st.integers(0, 10**9),
    columns=st.dictionaries(st.text(max_size=4), st.lists(CELLS, max_size=3), max_size=2),
    scores=st.lists(st.floats(allow_nan=False), max_size=3),
    failure=st.text(max_size=5),
    rows=st.integers(0, 9),
    trace=st.sampled_from(("", "4bf92f3577b34da6a3ce929d0e0e4736")),
)
SEGMENTS = st.lists(RECORDS, min_size=1, max_size=4)


def written(records: list[Scored]) -> tuple[bytes, list[int]]:
    """A segment, and the offset behind each record."""
    parts = [frame(record) for record in records]
    ends = [sum(map(len, parts[: place + 1])) for place in range(len(parts))]
    return b"".join(parts), ends


def read(content: bytes, start: int = 0) -> list[Scored]:
    return [record for record, _ in frames(content, start)]


@given(records=SEGMENTS)
def test_a_segment_is_read_as_it_was_written(records: list[Scored]) -> None:
    content, ends = written(records)
    assert list(frames(content)) == list(zip(records, ends, strict=True))
    for place, end in enumerate(ends):
        assert read(content, end) == records[place + 1 :]


@given(record=RECORDS)
def test_a_frame_made_in_pieces_has_the_same_bytes(record: Scored) -> None:
    assert frame_in_pieces(record) == frame(record)


def test_a_frame_of_many_columns_made_in_pieces_has_the_same_bytes() -> None:
    for count in (15, 16, 1 << 16):
        columns = {f"c{place}": [place] for place in range(count)}
        record = Scored(
            request="r",
            model="m",
            number=1,
            digest="d",
            arm=Arm.CHAMPION,
            consumer="c",
            at=1,
            event_at=1,
            duration=1,
            columns=columns,
            scores=[0.5],
        )
        assert frame_in_pieces(record) == frame(record)


@given(records=SEGMENTS, data=st.data())
def test_a_torn_tail_is_dropped_and_nothing_before_it(records: list[Scored], data: st.DataObject) -> None:
    content, ends = written(records)
    cut = data.draw(st.integers(0, len(content)))
    assert read(content[:cut]) == [record for record, end in zip(records, ends, strict=True) if end <= cut]


@given(records=SEGMENTS, data=st.data())
@settings(max_examples=200)
def test_a_flipped_bit_is_found_and_nothing_before_it_is_lost(records: list[Scored], data: st.DataObject) -> None:
    content, ends = written(records)
    place, bit = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 7))
    flipped = bytearray(content)
    flipped[place] ^= 1 << bit
    assert read(bytes(flipped)) == [record for record, end in zip(records, ends, strict=True) if end <= place]


@given(records=SEGMENTS, tail=st.binary(max_size=40) | st.integers(1, 40).map(bytes))
def test_whatever_a_crash_left_behind_the_last_record_is_no_record(records: list[Scored], tail: bytes) -> None:
    """A file system may fill the tail of a file with zeros when the power fails."""
    content, ends = written(records)
    assert list(frames(content + tail)) == list(zip(records, ends, strict=True))


def test_a_length_that_cannot_be_is_damage() -> None:
    assert read(struct.pack("<II", 2**32 - 1, 0) + b"x" * 100) == []


def test_a_record_of_a_newer_release_has_more_fields() -> None:
    record = Scored(
        request="q", model="churn", number=1, digest="d", arm=Arm.CHAMPION, consumer="ops", at=1, event_at=1, duration=1,
        columns={"x": [1.5]}, scores=[0.5], rows=1,
    )  # fmt: skip
    fields: list[Any] = msgspec.to_builtins(record)
    body = msgspec.msgpack.encode([*fields, "something new"])
    assert read(struct.pack("<II", len(body), zlib.crc32(body)) + body) == [record]
    older = msgspec.msgpack.encode(fields[:-5])
    assert read(struct.pack("<II", len(older), zlib.crc32(older)) + older) == [msgspec.structs.replace(record, rows=0)]


@given(record=RECORDS, row=st.dictionaries(st.text(max_size=4), CELLS, min_size=1, max_size=3))
def test_a_row_that_comes_alone_is_read_as_columns(record: Scored, row: dict[str, Any]) -> None:
    fields = {name: getattr(record, name) for name in Scored.__struct_fields__}
    content = frames_of([tuple({**fields, "columns": {}, "row": row}.values())])
    columns = {name: [value] for name, value in row.items()}
    assert read(content) == [msgspec.structs.replace(record, columns=columns)]
    assert frame(read(content)[0]) == frame(msgspec.structs.replace(record, columns=columns))


def test_a_label_names_request_and_row() -> None:
    assert prediction_id("q-1", 3) == "q-1.3"


@given(records=SEGMENTS)
def test_values_in_order_give_the_same_bytes(records: list[Scored]) -> None:
    values = [tuple(getattr(record, name) for name in Scored.__struct_fields__) for record in records]
    assert frames_of(values) == b"".join(map(frame, records))
