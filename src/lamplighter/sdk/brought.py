"""Tables that people bring, of any size and several forms: read a bite at a time, by column, as plain values."""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import msgspec

from lamplighter.domain.contract import Kind
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.sdk import table_stream

#: Columns by name, each with one value a row; nothing where a row is empty.
Bite = Mapping[str, Sequence[Any]]
_JSON = frozenset({".jsonl", ".json", ".ndjson"})
_TRUTHS = {"true": True, "false": False, "1": True, "0": False}


def bites(source: Path | None, rows: int, start: int = 0) -> Iterator[Bite]:
    """Bites of at most so many rows, without the first `start` rows; no source is JSON lines from stdin.

    Files are `.parquet`, `.arrow`, `.csv` with a head, or `.jsonl` with an object a line. Raises `NotFound` and `Invalid`.
    """
    if source is None:
        yield from _of_rows(_lines(sys.stdin), rows, start)
    elif source.suffix in table_stream.FORMS and source.suffix != ".csv":
        yield from _of_table(source, rows, start)
    else:
        yield from _of_text(source, rows, start)


def _of_table(source: Path, rows: int, start: int) -> Iterator[Bite]:
    passed = 0
    for batch in table_stream.batches(source, rows):
        skipped = min(batch.num_rows, max(0, start - passed))
        passed += batch.num_rows
        if skipped < batch.num_rows:
            yield table_stream.columns(batch.slice(skipped, batch.num_rows - skipped))


def _of_text(source: Path, rows: int, start: int) -> Iterator[Bite]:
    if source.suffix != ".csv" and source.suffix not in _JSON:
        raise unfit(f"{source.name} ends with {source.suffix or 'nothing'}", "Write a .parquet, .arrow, .csv or .jsonl file.")
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            found: Iterable[Mapping[str, Any]] = csv.DictReader(file, strict=True) if source.suffix == ".csv" else _lines(file)
            yield from _of_rows(found, rows, start)
    except OSError as error:
        raise NotFound(
            "The table cannot be read.", why=f"{error.strerror}.", fix="Name a file that exists, or - for stdin.", code="E1268"
        ) from None
    except (UnicodeDecodeError, csv.Error):
        raise unfit("it is not text in UTF-8, or no table", "Write it again.") from None


def _lines(file: TextIO) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(file, start=1):
        if line.strip():
            try:
                row = from_json(line, dict[str, Any])
            except (msgspec.DecodeError, RecursionError):
                raise unfit(f"line {number} is not a JSON object", "Write one object a line.") from None
            inputs = row.pop("inputs", {})
            yield {**row, **inputs} if isinstance(inputs, dict) else row


def _of_rows(found: Iterable[Mapping[str, Any]], rows: int, start: int) -> Iterator[Bite]:
    rest = islice(found, start, None)
    while bite := list(islice(rest, rows)):
        names = dict.fromkeys(name for row in bite for name in row if name is not None)
        yield {name: [row.get(name) for row in bite] for name in names}


def column(bite: Bite, name: str) -> Sequence[Any]:
    """One column of a bite; raises `Invalid` where there is none."""
    if name not in bite:
        raise unfit(f"there is no column {name}", "Name the columns of the table; see --help.")
    return bite[name]


def moments(values: Sequence[Any]) -> list[int]:
    """Times as microseconds since the epoch: they come as these, as timestamps, or as ISO 8601; without a zone they are UTC."""
    return [_moment(value) for value in values]


def _moment(value: Any) -> int:
    if type(value) is int:
        return value
    try:
        if isinstance(value, str) and value.lstrip("-").isdecimal():
            return int(value)
        when = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return round((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1_000_000)
    except (TypeError, ValueError, OverflowError):
        raise unfit("a time is none", "Write microseconds since the epoch, or 2026-03-01T14:30:00Z.") from None


def values_of(kind: Kind, values: Sequence[Any]) -> list[Any]:
    """Values as a column of a contract holds them, as far as their form is a matter of the file: CSV has texts only, whole
    numbers with gaps come as fractions, and times become texts of ISO 8601. Whatever else does not fit is left as it is, and
    refused by the contract."""
    read = _READERS[kind]
    return [None if value is None or value == "" or value != value else read(value) for value in values]


def _number(value: Any) -> Any:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    try:
        return int(value) if isinstance(value, str) else value
    except ValueError:
        return value


def written(value: Any) -> Any:
    """A time as the text of ISO 8601 that a contract takes; everything else as it is."""
    return value.isoformat() if isinstance(value, date) else value


_READERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.NUMBER: _number,
    Kind.INTEGER: _whole,
    Kind.BOOLEAN: lambda value: _TRUTHS.get(value.lower(), value) if isinstance(value, str) else value,
    Kind.TEXT: written,
}


def unfit(why: str, fix: str) -> Invalid:
    """The refusal of a table."""
    return Invalid("The table does not fit.", why=f"In short: {why}.", fix=fix, code="E1269")
