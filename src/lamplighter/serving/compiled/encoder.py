"""From columns to encoded vectors.

One row goes through plain Python, many rows through NumPy; both do the same float64 operations in the same order.
"""

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lamplighter.serving.compiled.plan import Cell, Number, Plan, Stage, Table
from lamplighter.serving.runtimes.base import Failed

Matrix = NDArray[np.float64]
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


class Encoder:
    """Turns columns into vectors of `len(plan.template)` numbers."""

    def __init__(self, plan: Plan) -> None:
        self._template = array("d", [math.nan if value is None else value for value in plan.template])
        self._plain = [(n.column, n.position, _null(n)) for n in plan.numbers if not n.stages and not n.zero_is_missing]
        self._staged = [number for number in plan.numbers if number.stages or number.zero_is_missing]
        self._numbers = plan.numbers
        self._tables = [LookUp(table) for table in plan.tables]
        self._look_ups = [(table.column, table.known, table.null, table.other) for table in self._tables]

    def row(self, columns: Mapping[str, Sequence[Any]]) -> Matrix:
        """The first row of the columns as a matrix of one row."""
        vector = self._template[:]
        for name, position, null in self._plain:
            value = columns[name][0]
            vector[position] = null if value is None else value
        for number in self._staged:
            vector[number.position] = scaled(number, columns[number.column][0])
        for name, known, null_cells, other in self._look_ups:
            value = columns[name][0]
            cells = null_cells if value is None else known.get(value, other)
            if cells is None:
                raise refused(name)
            for position, cell in cells:
                vector[position] = cell
        return np.frombuffer(vector, dtype=np.float64).reshape(1, -1)

    def rows(self, columns: Mapping[str, Sequence[Any]], count: int) -> Matrix:
        """All rows of the columns, one a line."""
        matrix = np.tile(np.frombuffer(self._template, dtype=np.float64), (count, 1))
        for number in self._numbers:
            matrix[:, number.position] = scaled_column(number, columns[number.column])
        for table in self._tables:
            fill(matrix, table, columns[table.column])
        return matrix


def fill(matrix: Matrix, table: LookUp, values: Sequence[Any]) -> None:
    """Write the cells of every row's value into the matrix, in place."""
    codes: dict[Any, int] = {}
    indices = np.array([codes.setdefault(value, len(codes)) for value in values], dtype=np.intp)
    answers = [table.cells(value) for value in codes]
    places = sorted({place for cells in answers for place, _ in cells})
    if places:
        slot = {place: number for number, place in enumerate(places)}
        block = np.tile(matrix[:1, places], (len(answers), 1))
        for number, cells in enumerate(answers):
            for place, value in cells:
                block[number, slot[place]] = value
        matrix[:, places] = block[indices]


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
