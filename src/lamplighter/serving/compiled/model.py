"""A plan with its trees, ready to score."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.serving.compiled.encoder import Encoder
from lamplighter.serving.compiled.linear import LinearModel
from lamplighter.serving.compiled.link import LINKS
from lamplighter.serving.compiled.plan import Linear, Plan, Trees
from lamplighter.serving.compiled.trees import Ensemble
from lamplighter.serving.runtimes.base import Failed


class TreeModel:
    """The sum of a plan with trees."""

    def __init__(self, plan: Plan, estimator: Trees, content: bytes) -> None:
        self._encoder = Encoder(plan)
        self._ensemble = Ensemble(content, len(plan.template))
        self._base, self._divisor = estimator.base, estimator.divisor

    def row(self, columns: Mapping[str, Sequence[Any]]) -> list[float]:
        """The sum of the first row."""
        return self._scaled(self._ensemble.sums(self._encoder.row(columns)))

    def rows(self, columns: Mapping[str, Sequence[Any]], count: int) -> list[float]:
        """The sum of every row."""
        return self._scaled(self._ensemble.sums(self._encoder.rows(columns, count)))

    def _scaled(self, sums: list[float]) -> list[float]:
        return [self._base + value / self._divisor for value in sums]


class CompiledModel:
    """Scores columns that fit the contract; the calling thread does all the work."""

    def __init__(self, plan: Plan, trees: bytes) -> None:
        """`trees` are the bytes of the artifact `model`, empty for a linear plan; raises `ValueError` for unlawful bytes."""
        estimator = plan.estimator
        self._sums = LinearModel(plan, estimator) if isinstance(estimator, Linear) else TreeModel(plan, estimator, trees)
        self._link, self._steepness = LINKS[plan.link], plan.steepness

    def score(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        """One finite score a row, in order. Raises `Failed`."""
        if not rows:
            return []
        sums = self._sums.row(columns) if rows == 1 else self._sums.rows(columns, rows)
        scores = [self._link(self._steepness * value) for value in sums]
        if not all(map(math.isfinite, scores)):
            raise Failed("model-output-invalid", "The model answered with something that is not a finite number.")
        return scores
