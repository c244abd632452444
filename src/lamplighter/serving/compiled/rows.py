"""Encoding of rows that come together: a few through plain Python, more through arrays, column by column.

A row is a tuple of values in the order of the contract.
"""

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lamplighter.serving.compiled import native
from lamplighter.serving.compiled.block import Block, is_usual, span
from lamplighter.serving.compiled.encoder import LookUp, Matrix, Numbers, refused, scaled, scaled_column
from lamplighter.serving.compiled.filling import Filling
from lamplighter.serving.compiled.line_table import LineTable
from lamplighter.serving.compiled.plan import Plan
from lamplighter.serving.compiled.sheet import Sheet

Row = tuple[Any, ...]
#: Below this many rows plain Python is faster.
FEW = 6


class RowEncoder:
    """Writes rows one after another, with the float64 operations of the plan in their order."""

    def __init__(self, plan: Plan, names: Sequence[str]) -> None:
        place = {name: index for index, name in enumerate(names)}
        self._template = array("d", [math.nan if value is None else value for value in plan.template])
        self._plain, self._divided, self._others = [], [], []
        for number in plan.numbers:
            at = place[number.column], number.position, math.nan if number.null is None else number.null
            if number.zero_is_missing or len(number.stages) > 1 or any(stage.multiplies for stage in number.stages):
                self._others.append((place[number.column], number))
            elif number.stages:
                self._divided.append((*at, number.stages[0].shift, number.stages[0].divisor))
            else:
                self._plain.append(at)
        tables = [LookUp(table) for table in plan.tables]
        self._tables = [
            (place[table.column], {**table.known, None: table.null}.get, table.other, table.column) for table in tables
        ]
        self._columns = _ColumnEncoder(plan, place)

    def encoded(self, rows: Sequence[Row]) -> Numbers:
        """The numbers of all rows; raises `Failed` for a value that the model refuses."""
        if len(rows) >= FEW:
            return self._columns.matrix(list(zip(*rows, strict=True)), len(rows))
        numbers = array("d")
        for row in rows:
            numbers += self._vector(row)
        return numbers

    @property
    def sheet(self) -> Sheet | None:
        """What is filled by our own library; nothing where it does not fill all places."""
        return self._columns.sheet

    def of_columns(self, columns: Sequence[Sequence[Any]], rows: int) -> Matrix:
        """The same for columns in the order of the names."""
        return self._columns.matrix(columns, rows)

    def _vector(self, row: Row) -> "array[float]":
        vector = self._template[:]
        for index, position, null in self._plain:
            value = row[index]
            vector[position] = null if value is None else value
        for index, position, null, shift, divisor in self._divided:
            value = row[index]
            vector[position] = null if value is None else (value - shift) / divisor
        for index, number in self._others:
            vector[number.position] = scaled(number, row[index])
        for index, ask, other, column in self._tables:
            cells = ask(row[index], other)
            if cells is None:
                raise refused(column)
            for position, cell in cells:
                vector[position] = cell
        return vector


class _ColumnEncoder:
    """The same for many rows: each number as one array, each table as one look-up of lines made beforehand.

    Our own library fills all places in one call; without it, or where a number is unusual, arrays do, to the same bits.
    """

    def __init__(self, plan: Plan, place: Mapping[str, int]) -> None:
        self._template = np.array([math.nan if value is None else value for value in plan.template])
        usual = [number for number in plan.numbers if is_usual(number)]
        self._usual, self._numbers = Block(usual, place), tuple(number.column for number in usual)
        self._positions = span([number.position for number in usual])
        self._others = [(place[number.column], number) for number in plan.numbers if number not in usual]
        self._tables = [(place[table.column], LineTable(table, self._template)) for table in plan.tables]
        tables = [table.lines for _, table in self._tables]
        is_filled = native.is_built() and not self._others
        self._filling = Filling(self._template, self._usual.numbers, tables) if is_filled else None

    def matrix(self, columns: Sequence[Sequence[Any]], rows: int) -> Matrix:
        """The rows, one a line."""
        if self._filling is None:
            return self._by_arrays(columns, rows)
        lines = array("q")
        for index, table in self._tables:
            lines.extend(table.line_of(columns[index]))
        return self._filling.matrix(self._usual.values(columns), lines, rows)

    @property
    def sheet(self) -> Sheet | None:
        """What our own library fills."""
        if self._filling is None:
            return None
        return Sheet(self._numbers, tuple(table.asked for _, table in self._tables), self._filling.model, (self._filling,))

    def _by_arrays(self, columns: Sequence[Sequence[Any]], rows: int) -> Matrix:
        matrix = np.empty((rows, self._template.size))
        matrix[:] = self._template
        if self._usual.numbers.size:
            matrix[:, self._positions] = self._usual.scaled(columns)
        for index, number in self._others:
            matrix[:, number.position] = scaled_column(number, columns[index])
        for index, table in self._tables:
            table.write(matrix, columns[index])
        return matrix
