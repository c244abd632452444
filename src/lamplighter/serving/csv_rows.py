"""CSV: a header line with the names of the columns, then a line for each row. An empty field is null."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from typing import Any

from lamplighter.domain.contract import Contract, Kind
from lamplighter.serving.codecs.base import MOST_ROWS
from lamplighter.serving.problems import Refusal
from lamplighter.serving.tables import Columns

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,20}", re.ASCII)
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

#: Lines that are read at most, those that are empty with them.
_MOST_LINES = 3 * MOST_ROWS

_MALFORMED = Refusal("malformed-table", "Send CSV in UTF-8 without a byte-order mark: a line of names, then one line a row.")
_UNEVEN = Refusal("schema-violation", "Each line of the CSV has as many fields as the line of names.")
_REPEATED = Refusal("schema-violation", "The names in the first line of the CSV differ.")


def from_csv(body: bytes, contract: Contract) -> Columns | Refusal:
    """The columns, each read as its kind in the contract. What cannot be read so stays a text, for the contract to refuse."""
    rows = _rows(body)
    if isinstance(rows, Refusal):
        return rows
    names, *lines = rows
    if len(set(names)) != len(names):
        return _REPEATED
    if any(len(line) != len(names) for line in lines):
        return _UNEVEN
    kinds = {column.name: column.kind for column in contract.inputs}
    columns = zip(*lines, strict=True) if lines else ((),) * len(names)
    return {
        name: [_value(field, _READERS[kinds[name]]) for field in fields] if name in kinds else list(fields)
        for name, fields in zip(names, columns, strict=True)
    }


def _rows(body: bytes) -> list[list[str]] | Refusal:
    """The line of names and one line more than a request may have, at most."""
    try:
        if body.decode().startswith("\ufeff"):
            return _MALFORMED
        rows: list[list[str]] = []
        for number, line in enumerate(csv.reader(_lines(body), strict=True)):
            if line:
                rows.append(line)
            if number > _MOST_LINES:
                return _MALFORMED
            if len(rows) > MOST_ROWS + 1:
                break
    except (UnicodeDecodeError, csv.Error):
        return _MALFORMED
    return rows or _MALFORMED


def _lines(body: bytes) -> io.TextIOWrapper:
    """As they come: a text of them all takes four times the bytes and a long call."""
    return io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline="")


def _value(field: str, read: Callable[[str], Any]) -> Any:
    return None if not field else read(field)


def _number(field: str) -> Any:
    return float(field) if _NUMBER.fullmatch(field) else field


def _whole(field: str) -> Any:
    return int(field) if _WHOLE.fullmatch(field) else field


_READERS: Mapping[Kind, Callable[[str], Any]] = {
    Kind.NUMBER: _number,
    Kind.INTEGER: _whole,
    Kind.TEXT: str,
    Kind.BOOLEAN: lambda field: _TRUTH.get(field, field),
}
