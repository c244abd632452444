"""Columns as the table a model was trained on.

The type of a column follows from the contract alone, never from the values at hand, so a row gets the same types alone as in a
batch: numbers are float64, whole numbers int64 (float64 if they may be empty), truth values bool (float64 if they may be
empty), texts are objects with not-a-number where a row is empty.
"""

import importlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.contract import Column, Contract, Kind

#: Categories of the text columns that a model takes as pandas categories, by column.
Categories = Mapping[str, Sequence[str]]


def typed(contract: Contract, columns: Mapping[str, Sequence[Any]], categories: Categories | None = None) -> Any:
    """The columns as a frame in the order of the contract."""
    # Imported where a table is made: a model of arrays has an environment without it.
    pandas = importlib.import_module("pandas")
    known = categories or {}
    return pandas.DataFrame(
        {column.name: _series(pandas, column, columns[column.name], known) for column in contract.inputs}, copy=False
    )


def _series(pandas: Any, column: Column, values: Sequence[Any], categories: Categories) -> Any:
    if column.name in categories:
        return pandas.Categorical(values, categories=list(categories[column.name]))
    if column.kind is Kind.TEXT:
        return pandas.Series(objects(values), dtype=object)
    return typed_array(column, values)


def typed_array(column: Column, values: Sequence[Any]) -> NDArray[Any]:
    """A numeric column in the type that its contract says."""
    if column.nullable or column.kind is Kind.NUMBER:
        return np.array(values, dtype=np.float64)
    return np.array(values, dtype=np.int64 if column.kind is Kind.INTEGER else np.bool_)


def objects(values: Sequence[Any]) -> NDArray[Any]:
    """Values as objects, with not-a-number for nothing."""
    array = np.empty(len(values), dtype=object)
    array[:] = [math.nan if value is None else value for value in values]
    return array


def matrix(contract: Contract, columns: Mapping[str, Sequence[Any]]) -> NDArray[Any]:
    """The columns as one array, rows by inputs: float64, or objects if there are texts."""
    if any(column.kind is Kind.TEXT for column in contract.inputs):
        return np.column_stack([objects(columns[column.name]) for column in contract.inputs])
    return np.column_stack([np.array(columns[column.name], dtype=np.float64) for column in contract.inputs])
