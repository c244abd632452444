"""Encoding of rows that come together: a few through plain Python, more through arrays, column by column.

A row is a tuple of values in the order of the contract.
"""

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from lamplighter.serving.compiled.block import Block, is_usual, span
from lamplighter.serving.compiled.encoder import LookUp, Matrix, Numbers, refused, scaled, scaled_column
from lamplighter.serving.compiled.plan import Plan, Table

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
    """The same for many rows: each number as one array, each table as one look-up of lines made beforehand."""

    def __init__(self, plan: Plan, place: Mapping[str, int]) -> None:
        self._template = np.array([math.nan if value is None else value for value in plan.template])
        usual = [number for number in plan.numbers if is_usual(number)]
        self._usual = Block(usual, place) if usual else None
        self._positions = span([number.position for number in usual])
        self._others = [(place[number.column], number) for number in plan.numbers if number not in usual]
        self._tables = [(place[table.column], _Lines(table, self._template)) for table in plan.tables]

    def matrix(self, columns: Sequence[Sequence[Any]], rows: int) -> Matrix:
        """The rows, one a line."""
        matrix = np.empty((rows, self._template.size))
        matrix[:] = self._template
        if self._usual is not None:
            matrix[:, self._positions] = self._usual.scaled(columns)
        for index, number in self._others:
            matrix[:, number.position] = scaled_column(number, columns[index])
        for index, lines in self._tables:
            lines.write(matrix, columns[index])
        return matrix


class _Lines:
    """What each value of a table puts into its places, a line for each value."""

    def __init__(self, table: Table, template: Matrix) -> None:
        self._look_up = look_up = LookUp(table)
        answers = [*look_up.known.values(), look_up.null, look_up.other]
        self._places = sorted({place for cells in answers for place, _ in cells or ()})
        self._span = span(self._places)
        slot = {place: number for number, place in enumerate(self._places)}
        self._lines = np.tile(template[self._places], (len(answers), 1))
        for line, cells in enumerate(answers):
            for place, value in cells or ():
                self._lines[line, slot[place]] = value
        self._line: dict[Any, int] = {value: line for line, value in enumerate(look_up.known)}
        # A value that the model refuses has no line.
        self._line[None] = -1 if look_up.null is None else len(answers) - 2
        self._other = -1 if look_up.other is None else len(answers) - 1

    def write(self, matrix: Matrix, values: Sequence[Any]) -> None:
        """Fill the places of every row; raises `Failed` for a value that the model refuses."""
        known = list(map(self._line.get, values))
        lines = [self._other if line is None else line for line in known] if None in known else cast("list[int]", known)
        if -1 in lines:
            raise refused(self._look_up.column)
        if self._places:
            matrix[:, self._span] = self._lines.take(lines, axis=0)
