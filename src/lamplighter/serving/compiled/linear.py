"""A weighted sum, folded into one look-up or one product for each column."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lamplighter.serving.compiled.encoder import LookUp, Matrix, scaled, scaled_column
from lamplighter.serving.compiled.plan import Linear, Number, Plan, Table


class FoldedTable:
    """What each value of a column adds to the sum."""

    def __init__(self, table: Table, template: tuple[float, ...], weights: tuple[float, ...]) -> None:
        look_up = LookUp(table)
        self.column = table.column
        self._look_up = look_up
        self._added: dict[Any, float] = {}
        self._template, self._weights = template, weights
        for key in (*table.keys, None):
            if key is not None or look_up.null is not None:
                self._added[key] = self._sum(look_up.cells(key))
        self._other = None if look_up.other is None else self._sum(look_up.other)

    def _sum(self, cells: tuple[tuple[int, float], ...]) -> float:
        return math.fsum((value - self._template[place]) * self._weights[place] for place, value in cells)

    def added(self, value: Any) -> float:
        """The share of one value; raises `Failed` for a value the model refuses."""
        found = self._added.get(value, self._other if value is not None else None)
        if found is None:
            self._look_up.cells(value)
            raise AssertionError("a value without a share has no cells")
        return found


class LinearModel:
    """The sum of a plan with a linear estimator; the same additions in the same order for a row and for a batch."""

    def __init__(self, plan: Plan, estimator: Linear) -> None:
        template = tuple(math.nan if value is None else value for value in plan.template)
        placed = zip(template, estimator.weights, strict=True)
        own = {number.position for number in plan.numbers}
        fixed = (value * weight for place, (value, weight) in enumerate(placed) if place not in own)
        self._start = math.fsum([estimator.bias, *fixed])
        self._numbers: list[tuple[Number, float]] = [(number, estimator.weights[number.position]) for number in plan.numbers]
        self._tables = [FoldedTable(table, template, estimator.weights) for table in plan.tables]

    def row(self, columns: Mapping[str, Sequence[Any]]) -> list[float]:
        """The sum of the first row."""
        total = self._start
        for number, weight in self._numbers:
            total += weight * scaled(number, columns[number.column][0])
        for table in self._tables:
            total += table.added(columns[table.column][0])
        return [total]

    def rows(self, columns: Mapping[str, Sequence[Any]], count: int) -> list[float]:
        """The sum of every row."""
        total: Matrix = np.full(count, self._start)
        with np.errstate(over="ignore", invalid="ignore"):
            for number, weight in self._numbers:
                total = total + weight * scaled_column(number, columns[number.column])
        for table in self._tables:
            total = total + np.array([table.added(value) for value in columns[table.column]])
        answers: list[float] = total.tolist()
        return answers
