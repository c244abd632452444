"""A plan with its trees, ready to score."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.serving.compiled.linear import LinearModel
from lamplighter.serving.compiled.link import LINKS
from lamplighter.serving.compiled.plan import Linear, Plan, Trees
from lamplighter.serving.compiled.rows import FEW, Row, RowEncoder
from lamplighter.serving.compiled.trees import Walker, opened
from lamplighter.serving.runtimes.base import Failed


class TreeModel:
    """The sum of a plan with trees."""

    def __init__(self, plan: Plan, estimator: Trees, content: bytes, names: Sequence[str]) -> None:
        self._encoder, self._names = RowEncoder(plan, names), tuple(names)
        self._walker: Walker = opened(content, len(plan.template))
        #: Who walks the trees.
        self.walker = self._walker.name
        self._base, self._divisor = estimator.base, estimator.divisor

    def of_rows(self, rows: Sequence[Row]) -> list[float]:
        """The sum of each row, given as values in the order of the names."""
        return self._scaled(self._walker.sums(self._encoder.encoded(rows), len(rows)))

    def rows(self, columns: Mapping[str, Sequence[Any]], count: int) -> list[float]:
        """The sum of every row."""
        return self._scaled(self._walker.sums(self._encoder.of_columns([columns[name] for name in self._names], count), count))

    def _scaled(self, sums: list[float]) -> list[float]:
        return [self._base + value / self._divisor for value in sums]


class CompiledModel:
    """Scores columns that fit the contract; the calling thread does all the work."""

    def __init__(self, plan: Plan, trees: bytes, names: Sequence[str] = ()) -> None:
        """`trees` are the bytes of the artifact `model`, empty for a linear plan; `names` are the columns in the order of a
        row, those of the plan if left out. Raises `ValueError` for unlawful bytes."""
        estimator, order = plan.estimator, tuple(names) or _columns(plan)
        self._sums: LinearModel | TreeModel = (
            LinearModel(plan, estimator, order) if isinstance(estimator, Linear) else TreeModel(plan, estimator, trees, order)
        )
        self._names = order
        #: Who walks the trees: `native`, `onnxruntime`, or nobody for a linear plan.
        self.walker = "" if isinstance(self._sums, LinearModel) else self._sums.walker
        self._link, self._steepness = LINKS[plan.link], plan.steepness

    def score(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        """One finite score a row, in order. Raises `Failed`."""
        if not rows:
            return []
        if rows < FEW:
            return self.score_rows(list(zip(*[columns[name] for name in self._names], strict=True)))
        return self._linked(self._sums.rows(columns, rows))

    def score_rows(self, rows: Sequence[Row]) -> list[float]:
        """The same bits for rows as tuples in the order of the names, such as those of many requests that came together.

        Plain Python writes them into one block of numbers and one call walks them all; fast for some hundred rows. Raises
        `Failed`.
        """
        return self._linked(self._sums.of_rows(rows))

    def _linked(self, sums: list[float]) -> list[float]:
        link, steepness = self._link, self._steepness
        scores = [link(steepness * value) for value in sums]
        if not all(map(math.isfinite, scores)):
            raise Failed("model-output-invalid", "The model answered with something that is not a finite number.")
        return scores


def _columns(plan: Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys([number.column for number in plan.numbers] + [table.column for table in plan.tables]))
