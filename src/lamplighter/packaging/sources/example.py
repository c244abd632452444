"""The rows that an MLflow directory was saved with, as a sample: an example of its input, in the kinds of its signature."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lamplighter.domain.contract import Kind
from lamplighter.domain.errors import Invalid
from lamplighter.packaging import frames
from lamplighter.packaging.frames import Columns
from lamplighter.packaging.sources.mlmodel import Directory
from lamplighter.packaging.sources.signature import KINDS

_FILE = "input_example.json"
_LARGEST = 32 << 20


def example(told: Directory) -> Columns | None:
    """The rows by column; nothing where there are none, or they are no table of named columns or of numbers."""
    file = told.folder / _FILE
    if not file.is_file() or file.is_symlink() or file.stat().st_size > _LARGEST:
        return None
    try:
        return typed(told, frames.columns(_table(json.loads(file.read_bytes()))))
    except (ValueError, TypeError, RecursionError, Invalid):
        return None


def typed(told: Directory, columns: Columns) -> Columns:
    """The same columns, where JSON has lost whether a number is whole."""
    known = kinds(told)
    return {name: _as(known.get(name), values) for name, values in columns.items()}


def kinds(told: Directory) -> Mapping[str, Kind]:
    """What the signature says of named columns, as far as it says something that a contract knows."""
    try:
        specs = json.loads(str(told.signature.get("inputs") or "[]"))
    except (ValueError, RecursionError):
        return {}
    named = [spec for spec in specs if isinstance(spec, dict)] if isinstance(specs, list) else []
    return {str(spec.get("name")): KINDS[str(spec.get("type"))] for spec in named if str(spec.get("type")) in KINDS}


def _table(found: Any) -> Any:
    """What MLflow writes: a frame split into columns and rows, an array, rows as objects, or columns as lists."""
    if isinstance(found, dict) and "data" in found:
        rows = found["data"]
        names = found.get("columns") or [f"x{place}" for place in range(len(rows[0]))]
        return dict(zip(map(_name, names), map(list, zip(*rows, strict=True)), strict=True))
    if isinstance(found, dict) and "inputs" in found:
        found = found["inputs"]
    if isinstance(found, dict):
        return found if all(isinstance(values, list) for values in found.values()) else [found]
    if isinstance(found, list) and found and isinstance(found[0], dict):
        return found
    array = np.asarray(found, dtype=np.float64)
    return array.reshape(1, -1) if array.ndim == 1 else array


def _name(name: Any) -> str:
    return name if isinstance(name, str) else f"x{name}"


def _as(kind: Kind | None, values: Sequence[Any]) -> list[Any]:
    if kind is Kind.NUMBER:
        return [float(value) if type(value) is int else value for value in values]
    if kind is Kind.INTEGER:
        return [int(value) if type(value) is float and value.is_integer() else value for value in values]
    return list(values)
