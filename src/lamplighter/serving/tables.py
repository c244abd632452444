"""Rows written as records, as a matrix or as columns, brought to columns of one length."""

from typing import Any

from lamplighter.domain.contract import MOST_PROBLEMS, Problem
from lamplighter.serving.problems import Refusal

#: Rows that are turned in one call; between two, other threads come to their turn.
_TOGETHER = 128

Columns = dict[str, list[Any]]


def from_records(records: Any) -> Columns | Refusal:
    """One object a row, each with the same keys. A key that the first row has and another lacks is named."""
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        return Refusal("schema-violation", "Send a list of objects, one for each row.")
    names = list(records[0]) if records else []
    wanted = set(names)
    if all(record.keys() == wanted for record in records):
        return {name: [record[name] for record in records] for name in names}
    uneven = [row for row, record in enumerate(records) if record.keys() != wanted]
    problems = tuple(Problem(f"/rows/{row}", "missing", "the columns of row 0", "other columns") for row in uneven)
    return Refusal(
        "schema-violation", "Give every row the same columns; write null for what is empty.", problems[:MOST_PROBLEMS]
    )


def from_matrix(rows: Any, names: list[str]) -> Columns | Refusal:
    """One list a row, in the order of the names."""
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return Refusal("schema-violation", f"Send a list of rows with {len(names)} values each, in the order of the columns.")
    columns: list[list[Any]] = [[] for _ in names] if rows else []
    for start in range(0, len(rows), _TOGETHER):
        for column, values in zip(columns, zip(*rows[start : start + _TOGETHER], strict=True), strict=True):
            column.extend(values)
    return dict(zip(names, columns, strict=True)) if rows else {}


def from_columns(columns: Any) -> Columns | Refusal:
    """One list a column, all of one length. A column of one-element lists is a column of their elements."""
    if not isinstance(columns, dict) or not all(isinstance(values, list) for values in columns.values()):
        return Refusal("schema-violation", "Send an object with a list of values for each column.")
    flat = {name: _flat(values) for name, values in columns.items()}
    if len({len(values) for values in flat.values()}) > 1:
        return Refusal("schema-violation", "Give every column the same number of values.")
    return flat


def _flat(values: list[Any]) -> list[Any]:
    if values and all(type(value) is list and len(value) == 1 for value in values):
        return [value[0] for value in values]
    return values
