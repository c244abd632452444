"""The inventory as a file for a spreadsheet or a program. Which columns there are is data: `inventory.toml`, or a copy of it.

Law of change: columns may be added to the file that ships; none is renamed or given another meaning.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from lamplighter.domain.choices import misfit
from lamplighter.domain.decoding import from_toml
from lamplighter.domain.errors import Invalid
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.listed import Listed
from lamplighter.domain.names import unknown
from lamplighter.domain.record import Settings
from lamplighter.sdk.spreadsheet import cell

#: The file that ships.
COLUMNS = Path(__file__).with_name("inventory.toml")
#: What stands beside every inventory.
NOTE = "Help, not advice: facts on record. It does not say that anybody complies with any rules."


class Form(StrEnum):
    """How an inventory is written."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class Column(Settings, frozen=True):
    """One column."""

    name: str
    #: The field of `Listed` that stands in it; empty leaves it empty.
    value: str = ""
    says: str = ""
    #: Beside which topic of SR 26-2 / OCC Bulletin 2026-13 it may help.
    us: str = ""
    #: Beside which place of Regulation (EU) 2024/1689 it may help.
    eu: str = ""


class Columns(Settings, frozen=True):
    """The whole file."""

    column: tuple[Column, ...]


def read_columns(text: str) -> tuple[Column, ...]:
    """The columns of a file like `inventory.toml`; raises `Invalid`, and `NotFound` for a fact that there is not."""
    try:
        columns = from_toml(text, Columns).column
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        why, fix = misfit(Columns, error)
        raise _unlawful(why, fix) from None
    names = [column.name for column in columns]
    if not names or "" in names or len(set(names)) != len(names):
        raise _unlawful("There is no column, one has no name, or two have the same.", "Give each column a name of its own.")
    for column in columns:
        if column.value and column.value not in Listed.__struct_fields__:
            raise unknown("fact of the inventory (column.value)", column.value, Listed.__struct_fields__)
    return columns


def _unlawful(why: str, fix: str) -> Invalid:
    return Invalid("The file of columns is not valid.", why=why, fix=fix, code="E1593")


def content(listed: Sequence[Listed], columns: Sequence[Column], form: Form) -> bytes:
    """The bytes of the file. Instants are texts of RFC 3339; a column without a value is there and empty."""
    return _WRITTEN[form]([_values(one, columns) for one in listed], [column.name for column in columns])


def _values(one: Listed, columns: Sequence[Column]) -> list[Any]:
    return [_plain(getattr(one, column.value)) if column.value else "" for column in columns]


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    # A truth value is an int to Python.
    return value if type(value) is not int else rfc3339(value) if value else ""


def _csv(rows: Sequence[Sequence[Any]], names: Sequence[str]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(map(cell, names))
    writer.writerows([cell(_text(value)) for value in row] for row in rows)
    # Spreadsheets take a file without this mark for one of another alphabet.
    return file.getvalue().encode("utf-8-sig")


def _json(rows: Sequence[Sequence[Any]], names: Sequence[str]) -> bytes:
    models = [dict(zip(names, row, strict=True)) for row in rows]
    return msgspec.json.format(msgspec.json.encode({"note": NOTE, "models": models}), indent=2) + b"\n"


def _parquet(rows: Sequence[Sequence[Any]], names: Sequence[str]) -> bytes:
    from arro3.core import Array, DataType, Table
    from arro3.io import write_parquet

    file, texts = io.BytesIO(), DataType.utf8()
    columns = [Array([_text(row[place]) for row in rows], texts) for place in range(len(names))]
    write_parquet(Table.from_arrays(columns, names=names), file, compression="zstd(3)", created_by="lamplighter")
    return file.getvalue()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(value) if isinstance(value, tuple) else str(value)


_Writer = Callable[[Sequence[Sequence[Any]], Sequence[str]], bytes]
_WRITTEN: Mapping[Form, _Writer] = {Form.CSV: _csv, Form.JSON: _json, Form.PARQUET: _parquet}
