"""Scored requests as Parquet files: one row for each scored row, with the inputs in columns of their own.

Law of change: columns may be added; a reader fills those that are missing. Inputs are in columns `input.NAME`, everything else
is about the request and the same in each of its rows, except `row` and `score`.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
from arro3.io import read_parquet, write_parquet

from lamplighter.domain.contract import Contract, Kind
from lamplighter.domain.decoding import from_json
from lamplighter.domain.prediction import Scored
from lamplighter.domain.route import Arm
from lamplighter.domain.rows import Window

#: What stands in front of the name of an input.
INPUT = "input."
_TYPES: Mapping[Kind, DataType] = {
    Kind.NUMBER: DataType.float64(),
    Kind.INTEGER: DataType.int64(),
    Kind.TEXT: DataType.utf8(),
    Kind.BOOLEAN: DataType.bool(),
}
_TIME = DataType.timestamp("us", tz="UTC")
#: Columns about the request, by the field of `Scored` they come from.
_ABOUT: Mapping[str, DataType] = {
    "request": DataType.utf8(),
    "number": DataType.int64(),
    "digest": DataType.utf8(),
    "arm": DataType.utf8(),
    "consumer": DataType.utf8(),
    "at": _TIME,
    "event_at": _TIME,
    "duration": DataType.int64(),
    "failure": DataType.utf8(),
    "rows": DataType.int64(),
    "trace": DataType.utf8(),
}
_ARMS: Mapping[str, Arm] = {arm.value: arm for arm in Arm}
#: Values of the rows of a block, by column.
_Columns = dict[str, list[Any]]
#: Place of the record in its file, so that a request that came twice under one id is two requests.
_PLACE = "record"


def write(path: Path, contract: Contract, records: Sequence[Scored]) -> None:
    """Put a file in place as a whole, forced to the disk. The records are of one version of the contract and one redaction;
    one whose inputs were not kept has empty columns, and one that failed has one row without a score."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    write_parquet(_batch(contract, records), temporary, compression="zstd(3)", created_by="lamplighter")
    _force(temporary)
    temporary.replace(path)
    _force(path.parent)


def read(path: Path, model: str, window: Window | None = None) -> Iterator[Scored]:
    """The records of a file as serving recorded them, in their order, or those of a window; scores keep every bit. Whole
    numbers in a number column come back as floating-point numbers. Raises `FileNotFoundError`."""
    found = batches(path, 8192)
    return _records(model, (_columns(_within(batch, window) if window else batch) for batch in found))


def _within(batch: RecordBatch, window: Window) -> RecordBatch:
    """The rows of a window. All rows of a record have its times, so that it is there as a whole or not at all."""
    times = batch.column(window.clock.value).cast(DataType.int64()).to_numpy()
    return batch.take(Array(np.flatnonzero((times >= window.start) & (times < window.end))))


def batches(path: Path, rows: int) -> RecordBatchReader:
    """The rows of a file as they stand in it, so many at once; raises `FileNotFoundError`."""
    return read_parquet(path, batch_size=rows)


def redacted_in(path: Path) -> tuple[str, ...]:
    """The inputs of a file that do not hold their values as they came."""
    first = next(iter(batches(path, 1)))
    return from_json(first.column("redacted")[0].as_py(), tuple[str, ...])


def _force(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _batch(contract: Contract, records: Sequence[Scored]) -> RecordBatch:
    heights = [one.height for one in records]

    def each(values: Iterable[Any]) -> list[Any]:
        return [value for value, height in zip(values, heights, strict=True) for _ in range(height)]

    columns: dict[str, tuple[list[Any], DataType]] = {
        name: (each(getattr(one, name) for one in records), kind) for name, kind in _ABOUT.items()
    }
    columns[_PLACE] = each(range(len(records))), DataType.int64()
    columns["id"] = [name for one in records for name in one.ids or _nothing(one)], DataType.utf8()
    columns["row"] = [row for height in heights for row in range(height)], DataType.int64()
    columns["score"] = [score for one in records for score in one.scores or _nothing(one)], DataType.float64()
    columns["kept"] = each(bool(one.columns) for one in records), DataType.bool()
    columns["redacted"] = each(msgspec.json.encode(one.redacted).decode() for one in records), DataType.utf8()
    hidden = {name for one in records for name in one.redacted}
    for column in contract.inputs:
        values = [value for one in records for value in one.columns.get(column.name) or _nothing(one)]
        columns[INPUT + column.name] = values, DataType.utf8() if column.name in hidden else _TYPES[column.kind]
    fields = [Field(name, kind, nullable=True) for name, (_, kind) in columns.items()]
    return RecordBatch.from_arrays([_array(*one) for one in columns.values()], schema=Schema(fields))


def _nothing(record: Scored) -> list[Any]:
    return [None] * record.height


def _array(values: Sequence[Any], kind: DataType) -> Array:
    if kind == _TIME:
        return Array(values, type=DataType.int64()).cast(_TIME)
    if kind == DataType.float64():
        return Array([None if value is None else float(value) for value in values], type=kind)
    return Array(values, type=kind)


def _columns(batch: RecordBatch) -> _Columns:
    columns = ((batch.schema.field(place).name, batch.column(place)) for place in range(batch.num_columns))
    return {name: list((one.cast(DataType.int64()) if one.type == _TIME else one).to_pylist()) for name, one in columns}


def _records(model: str, blocks: Iterable[_Columns]) -> Iterator[Scored]:
    """The records of blocks of rows; the last one of a block may go on in the next."""
    held: _Columns = {}
    for block in blocks:
        whole = {name: held[name] + values for name, values in block.items()} if held else block
        places = whole[_PLACE]
        starts = [row for row, place in enumerate(places) if row == 0 or place != places[row - 1]]
        inputs = [name for name in whole if name.startswith(INPUT)]
        for start, end in pairwise(starts):
            yield _record(model, whole, inputs, start, end)
        held = {name: values[starts[-1] :] for name, values in whole.items()} if starts else {}
    if held:
        yield _record(model, held, [name for name in held if name.startswith(INPUT)], 0, len(held[_PLACE]))


def _record(model: str, block: _Columns, inputs: Sequence[str], start: int, end: int) -> Scored:
    redacted = _names_in(block["redacted"][start])
    columns = {name.removeprefix(INPUT): block[name][start:end] for name in inputs} if block["kept"][start] else {}
    # A column that was left out has nothing in it; a hashed one has a hash wherever it is not null.
    columns = {name: values for name, values in columns.items() if name not in redacted or any(values)} if redacted else columns
    # Files of earlier releases have no trace and no ids.
    about = {name: block[name][start] for name in _ABOUT if name != "arm" and name in block}
    ids = block["id"][start:end] if "id" in block and block["id"][start] is not None else ()
    scores = [score for score in block["score"][start:end] if score is not None]
    arm = _ARMS[block["arm"][start]]
    return Scored(model=model, arm=arm, columns=columns, scores=scores, redacted=redacted, ids=tuple(ids), **about)


@lru_cache
def _names_in(text: str) -> tuple[str, ...]:
    return from_json(text, tuple[str, ...])
