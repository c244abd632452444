"""A weighted sum, folded into one look-up or one product for each column."""

import math
import struct
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lamplighter.serving.compiled import native
from lamplighter.serving.compiled.block import Block, is_usual, span
from lamplighter.serving.compiled.encoder import Cells, LookUp, Matrix, refused, scaled, scaled_column
from lamplighter.serving.compiled.plan import Linear, Number, Plan, Table
from lamplighter.serving.compiled.rows import FEW, Row
from lamplighter.serving.compiled.sheet import Asked, Sheet
from lamplighter.serving.compiled.weighing import Weighing


class FoldedTable:
    """What each value of a column adds to the sum."""

    def __init__(self, table: Table, template: tuple[float, ...], weights: tuple[float, ...]) -> None:
        self.column = table.column
        self._look_up = LookUp(table)
        self._template, self._weights = template, weights
        #: The share of each known value.
        self.known: dict[Any, float] = {key: self._share(self._look_up.cells(key)) for key in table.keys}
        if self._look_up.null is not None:
            self.known[None] = self._share(self._look_up.null)
        other = self._look_up.other
        self._other = None if other is None else self._share(other)

    def _share(self, cells: Cells) -> float:
        return math.fsum((value - self._template[place]) * self._weights[place] for place, value in cells)

    @property
    def asked(self) -> Asked:
        """The bits of the share of each value."""
        known = {value: _bits(share) for value, share in self.known.items() if value is not None}
        empty, other = self.known.get(None), self._other
        return Asked(self.column, known, None if empty is None else _bits(empty), None if other is None else _bits(other))

    def unknown(self, value: Any) -> float:
        """The share of a value that is not in `known`; raises `Failed` if the model refuses it."""
        if value is None or self._other is None:
            raise refused(self.column)
        return self._other


class FoldedNumber:
    """A numeric column with its weight, as plain fields for the row that comes alone."""

    def __init__(self, number: Number, weight: float) -> None:
        self.number, self.weight = number, weight
        self.null = weight * scaled(number, None)
        self.stages = [(stage.shift, stage.divisor, stage.factor, stage.offset) for stage in number.stages]


class LinearModel:
    """The sum of a plan with a linear estimator; the same additions in the same order for a row and for a batch."""

    def __init__(self, plan: Plan, estimator: Linear, names: Sequence[str]) -> None:
        """`names` are the columns in the order of a row."""
        template = tuple(math.nan if value is None else value for value in plan.template)
        own = {number.position for number in plan.numbers}
        placed = enumerate(zip(template, estimator.weights, strict=True))
        self._start = math.fsum([estimator.bias, *(value * weight for place, (value, weight) in placed if place not in own)])
        numbers = [FoldedNumber(number, estimator.weights[number.position]) for number in plan.numbers]
        tables = [FoldedTable(table, template, estimator.weights) for table in plan.tables]
        place = {name: index for index, name in enumerate(names)}
        self._names, self._numbers = tuple(names), tuple(number.column for number in plan.numbers)
        self._row = [(place[one.number.column], one.weight, one.null, one.stages) for one in numbers]
        self._look_ups = [(place[table.column], table.known, table) for table in tables]
        self._terms = 1 + len(numbers) + len(tables)
        usual = [term for term, one in enumerate(numbers, 1) if is_usual(one.number)]
        self._block_terms = span(usual)
        self._block_weights = np.array([numbers[term - 1].weight for term in usual])
        self._block = Block([numbers[term - 1].number for term in usual], place) if usual else None
        self._others = [
            (term, place[one.number.column], one) for term, one in enumerate(numbers, 1) if not is_usual(one.number)
        ]
        self._weighing: Weighing | None = None
        if native.is_built() and self._block is not None and not self._others:
            self._weighing = Weighing(self._start, self._block.numbers, self._block_weights, len(tables))

    @property
    def sheet(self) -> Sheet | None:
        """What it is asked with at best; nothing where our own library does not add up."""
        if self._weighing is None:
            return None
        return Sheet(
            self._numbers, tuple(table.asked for _, _, table in self._look_ups), self._weighing.model, (self._weighing,)
        )

    def of_rows(self, rows: Sequence[Row]) -> list[float]:
        """The sum of each row, given as values in the order of the names."""
        if len(rows) < FEW:
            return [self._sum(row) for row in rows]
        return self._sums(list(zip(*rows, strict=True)), len(rows))

    def _sum(self, row: Row) -> float:
        total = self._start
        for index, weight, null, stages in self._row:
            value = row[index]
            if value is None:
                total += null
                continue
            value = float(value)
            for shift, divisor, factor, offset in stages:
                value = (value - shift) / divisor * factor + offset
            total += weight * value
        for index, known, table in self._look_ups:
            value = row[index]
            share = known.get(value)
            total += table.unknown(value) if share is None else share
        return total

    def rows(self, columns: Mapping[str, Sequence[Any]], count: int) -> list[float]:
        """The sum of every row."""
        return self._sums([columns[name] for name in self._names], count)

    def _sums(self, columns: Sequence[Sequence[Any]], count: int) -> list[float]:
        if self._weighing is None or self._block is None:
            return self._by_arrays(columns, count)
        shares = array("d")
        for index, known, table in self._look_ups:
            shares.extend(_shares(table, known, columns[index]))
        return self._weighing.sums(self._block.values(columns), shares, count)

    def _by_arrays(self, columns: Sequence[Sequence[Any]], count: int) -> list[float]:
        """One line of terms a row; they are added from left to right, as `_sum` does."""
        terms: Matrix = np.empty((count, self._terms))
        terms[:, 0] = self._start
        with np.errstate(over="ignore", invalid="ignore"):
            if self._block is not None:
                terms[:, self._block_terms] = self._block.scaled(columns) * self._block_weights
            for term, index, folded in self._others:
                terms[:, term] = folded.weight * scaled_column(folded.number, columns[index])
            for term, (index, known, table) in enumerate(self._look_ups, 1 + len(self._row)):
                terms[:, term] = _shares(table, known, columns[index])
            # Not a sum: that adds in pairs.
            answers: list[float] = np.add.accumulate(terms, axis=1)[:, -1].tolist()
        return answers


def _bits(share: float) -> int:
    return int.from_bytes(struct.pack("<d", share), "little")


def _shares(table: FoldedTable, known: Mapping[Any, float], values: Sequence[Any]) -> list[float]:
    """What each value adds; raises `Failed` for one that the model refuses."""
    shares = list(map(known.get, values))
    if None not in shares:
        return shares  # type: ignore[return-value]  # it was looked through
    return [table.unknown(value) if share is None else share for value, share in zip(values, shares, strict=True)]
