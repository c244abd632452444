"""Encoding of single rows that come together: each through plain Python, which is faster than arrays up to some hundred rows.

A row is a tuple of values in the order of the contract.
"""

import math
from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np

from lamplighter.serving.compiled.encoder import LookUp, Matrix, refused, scaled
from lamplighter.serving.compiled.plan import Plan

Row = tuple[Any, ...]


class RowEncoder:
    """Writes rows into one matrix; the same float64 operations in the same order as `Encoder`."""

    def __init__(self, plan: Plan, names: Sequence[str]) -> None:
        place = {name: index for index, name in enumerate(names)}
        self._width = len(plan.template)
        self._template = array("d", [math.nan if value is None else value for value in plan.template])
        self._plain, self._single, self._others = [], [], []
        for number in plan.numbers:
            null = math.nan if number.null is None else number.null
            at = place[number.column], number.position, null
            if number.zero_is_missing or len(number.stages) > 1:
                self._others.append((place[number.column], number))
            elif number.stages:
                stage = number.stages[0]
                self._single.append((*at, stage.shift, stage.divisor, stage.factor, stage.offset))
            else:
                self._plain.append(at)
        tables = [LookUp(table) for table in plan.tables]
        self._tables = [(place[table.column], table.known, table.null, table.other, table.column) for table in tables]

    def matrix(self, rows: Sequence[Row]) -> Matrix:
        """The rows, one a line; raises `Failed` for a value that the model refuses."""
        encoded = array("d")
        for row in rows:
            encoded.extend(self._vector(row))
        return np.frombuffer(encoded, dtype=np.float64).reshape(len(rows), self._width)

    def _vector(self, row: Row) -> "array[float]":
        vector = self._template[:]
        for index, position, null in self._plain:
            value = row[index]
            vector[position] = null if value is None else value
        for index, position, null, shift, divisor, factor, offset in self._single:
            value = row[index]
            vector[position] = null if value is None else (value - shift) / divisor * factor + offset
        for index, number in self._others:
            vector[number.position] = scaled(number, row[index])
        for index, known, null_cells, other, column in self._tables:
            value = row[index]
            cells = null_cells if value is None else known.get(value, other)
            if cells is None:
                raise refused(column)
            for position, cell in cells:
                vector[position] = cell
        return vector
