"""Scored requests as Parquet files: one row for each scored row, with the inputs in columns of their own.

Law of change: columns may be added; a reader fills those that are missing. Inputs are in columns `input.NAME`, everything else
is about the request and the same in each of its rows, except `row` and `score`.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
from arro3.io import read_parquet, write_parquet

from lamplighter.domain.contract import Contract, Kind
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
}
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
    batches = iter(read_parquet(path, batch_size=8192))
    rows = (row for batch in batches for row in _rows(_within(batch, window) if window else batch))
    return (_record(model, list(group)) for _, group in groupby(rows, key=lambda row: row[_PLACE]))


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
    return msgspec.json.decode(first.column("redacted")[0].as_py(), type=tuple[str, ...])


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


def _rows(batch: RecordBatch) -> Iterator[dict[str, Any]]:
    names = [batch.schema.field(place).name for place in range(batch.num_columns)]
    columns = [batch.column(place) for place in range(batch.num_columns)]
    values = [(one.cast(DataType.int64()) if one.type == _TIME else one).to_pylist() for one in columns]
    return (dict(zip(names, row, strict=True)) for row in zip(*values, strict=True))


def _record(model: str, rows: Sequence[Mapping[str, Any]]) -> Scored:
    first = rows[0]
    redacted = msgspec.json.decode(first["redacted"], type=tuple[str, ...])
    inputs = [name for name in first if name.startswith(INPUT)] if first["kept"] else []
    columns = {name.removeprefix(INPUT): [row[name] for row in rows] for name in inputs}
    # A column that was left out has nothing in it; a hashed one has a hash wherever it is not null.
    columns = {name: values for name, values in columns.items() if name not in redacted or any(values)}
    about = {name: first[name] for name in _ABOUT if name != "arm"}
    scores = [row["score"] for row in rows if row["score"] is not None]
    ids = tuple(row["id"] for row in rows) if first.get("id") is not None else ()
    return Scored(model=model, arm=Arm(first["arm"]), columns=columns, scores=scores, redacted=redacted, ids=ids, **about)
