"""The two things a plan makes of values: numbers that are scaled, and look-ups in tables."""

import math
from array import array
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lamplighter.serving.compiled.plan import Cell, Number, Stage, Table
from lamplighter.serving.runtimes.base import Failed

Matrix = NDArray[np.float64]
#: Encoded rows, one after another.
Numbers: TypeAlias = "array[float] | Matrix"
Cells = tuple[tuple[int, float], ...]


def filled(cells: tuple[Cell, ...] | None) -> Cells | None:
    """Cells as floats, with not-a-number where the plan has null."""
    return None if cells is None else tuple((place, math.nan if value is None else value) for place, value in cells)


def refused(column: str) -> Failed:
    """The answer for a value that the model was made to refuse."""
    return Failed("model-failed", f"The model refuses a value of the column {column!r} that it has not seen in training.")


class LookUp:
    """A table of the plan, ready to be asked."""

    def __init__(self, table: Table) -> None:
        self.column = table.column
        self.known: dict[Any, Cells] = {key: filled(cells) or () for key, cells in zip(table.keys, table.cells, strict=True)}
        self.null, self.other = filled(table.null), filled(table.other)

    def cells(self, value: Any) -> Cells:
        """The places this value fills; raises `Failed` for a value the model refuses."""
        found = self.null if value is None else self.known.get(value, self.other)
        if found is None:
            raise refused(self.column)
        return found


def _null(number: Number) -> float:
    return math.nan if number.null is None else number.null


def scaled(number: Number, value: float | None) -> float:
    """The number of the plan for one value of its column."""
    if value is None:
        result = _null(number)
    else:
        result = float(value)
        for stage in number.stages:
            result = (result - stage.shift) / stage.divisor * stage.factor + stage.offset
    return math.nan if number.zero_is_missing and result == 0.0 else result


def scaled_column(number: Number, values: Sequence[Any]) -> Matrix:
    """The numbers of the plan for every value of its column."""
    column = np.array(values, dtype=np.float64)
    missing = np.isnan(column)
    with np.errstate(over="ignore", invalid="ignore"):
        for stage in number.stages:
            column = _through(stage, column)
    column[missing] = _null(number)
    if number.zero_is_missing:
        column[column == 0.0] = math.nan
    return column


def _through(stage: Stage, column: Matrix) -> Matrix:
    return (column - stage.shift) / stage.divisor * stage.factor + stage.offset
