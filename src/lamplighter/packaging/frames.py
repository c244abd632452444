"""Tables of every common kind as plain columns: `dict[str, list]` of Python numbers, texts, truth values and None.

pandas, polars and pyarrow are asked only when the object comes from them; nothing of theirs is imported for any other.
"""

import importlib
import importlib.util
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from lamplighter.domain.errors import Invalid

#: Columns by name, each with one value a row; None where a row has no value.
Columns = dict[str, list[Any]]
_PLAIN = (bool, int, str)
_MISSING_TYPES = ("NAType", "NaTType")


def columns(table: Any, names: Sequence[str] | None = None) -> Columns:
    """The table as columns.

    `table` is a pandas, polars or pyarrow table, anything with `__arrow_c_stream__`, a structured or two-dimensional NumPy
    array (`names` are its columns, by default x0, x1, ...), a list of mappings, or a mapping of sequences. Not-a-number,
    not-a-time and NA become None. Raises `Invalid` for anything else, for values that are neither numbers, texts nor truth
    values, for repeated names and for columns of different lengths.
    """
    found = dict(_checked_names(_reader(table, names)(table)))
    lengths = {len(values) for values in found.values()}
    if len(lengths) != 1 or lengths == {0}:
        raise _invalid("The sample has no rows, or columns of different lengths.", "Hand over a table with at least one row.")
    return found


def _reader(table: Any, names: Sequence[str] | None) -> Callable[[Any], Iterable[tuple[Any, list[Any]]]]:
    root = type(table).__module__.split(".")[0]
    if root == "pandas" and hasattr(table, "columns"):
        return _of_pandas
    if root == "polars" and hasattr(table, "to_dict"):
        return lambda frame: _of_mapping(frame.to_dict(as_series=False))
    if root == "pyarrow" and hasattr(table, "to_pydict"):
        return lambda arrow: _of_mapping(arrow.to_pydict())
    if isinstance(table, np.ndarray):
        return lambda array: _of_array(array, names)
    if isinstance(table, Mapping):
        return _of_mapping
    if isinstance(table, (list, tuple)) and table and all(isinstance(row, Mapping) for row in table):
        return _of_rows
    if hasattr(table, "__arrow_c_stream__"):
        return _of_stream
    raise _invalid(
        f"A sample cannot be read from an object of the type {type(table).__name__}.",
        "Hand over a pandas, polars or pyarrow table, a NumPy array with names, a list of mappings or a mapping of lists.",
    )


def _checked_names(pairs: Iterable[tuple[Any, list[Any]]]) -> Iterable[tuple[str, list[Any]]]:
    seen: set[str] = set()
    for name, values in pairs:
        if not isinstance(name, str) or not name or name in seen:
            raise _invalid(
                "A column of the sample has no name of its own.", "Give every column one name, a text that no other column has."
            )
        seen.add(name)
        yield name, values


def _of_pandas(frame: Any) -> Iterable[tuple[Any, list[Any]]]:
    for position, name in enumerate(frame.columns):
        series = frame.iloc[:, position]
        if getattr(series.dtype, "kind", "O") in "fiub" and isinstance(series.dtype, np.dtype):
            yield name, [None if value != value else value for value in series.tolist()]
        else:
            yield name, _plain_values(series.astype(object).where(series.notna(), None).tolist(), name)


def _of_mapping(table: Mapping[Any, Iterable[Any]]) -> Iterable[tuple[Any, list[Any]]]:
    for name, values in table.items():
        if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
            raise _invalid("A column of the sample is not a sequence.", "Give every column a list with one value for each row.")
        yield name, _plain_values(values, name)


def _of_rows(rows: Sequence[Mapping[Any, Any]]) -> Iterable[tuple[Any, list[Any]]]:
    names = dict.fromkeys(name for row in rows for name in row)
    for name in names:
        yield name, _plain_values([row.get(name) for row in rows], name)


def _of_array(array: Any, names: Sequence[str] | None) -> Iterable[tuple[Any, list[Any]]]:
    if array.dtype.names is not None and array.ndim == 1:
        for name in array.dtype.names:
            yield name, _plain_values(array[name].tolist(), name)
        return
    if array.ndim != 2:
        raise _invalid("The array is neither structured nor two-dimensional.", "Hand over rows by columns.")
    known = list(names) if names is not None else [f"x{position}" for position in range(array.shape[1])]
    if len(known) != array.shape[1]:
        raise _invalid("The array has another number of columns than names.", "Give one name for each column.")
    for position, name in enumerate(known):
        yield name, _plain_values(array[:, position].tolist(), name)


def _of_stream(table: Any) -> Iterable[tuple[Any, list[Any]]]:
    if importlib.util.find_spec("pyarrow") is None:
        raise _invalid("An Arrow stream can only be read with pyarrow.", "Install pyarrow, or hand over a pandas table.")
    return _of_mapping(importlib.import_module("pyarrow").table(table).to_pydict())


def _plain_values(values: Iterable[Any], name: Any) -> list[Any]:
    return [value if type(value) in _PLAIN else _plain(value, name) for value in values]


def _plain(value: Any, name: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    if value is None or type(value).__name__ in _MISSING_TYPES:
        return None
    if isinstance(value, Decimal):
        return _plain(float(value), name)
    for kind in _PLAIN:
        if isinstance(value, kind):
            return kind(value)
    raise _invalid(
        f"The column {name!r} holds values of the type {type(value).__name__}.",
        "Turn it into numbers, texts or truth values before the model sees it, for example a time into hours.",
    )


def _invalid(what: str, fix: str) -> Invalid:
    return Invalid(what, why="A contract is made of named columns of numbers, texts and truth values.", fix=fix, code="E1150")
