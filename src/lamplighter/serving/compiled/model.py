"""A plan with its trees, ready to score."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from lamplighter.domain.contract import Contract
from lamplighter.serving.compiled.json_rows import JsonRows, can_read
from lamplighter.serving.compiled.linear import LinearModel
from lamplighter.serving.compiled.link import LINKS
from lamplighter.serving.compiled.native import Native
from lamplighter.serving.compiled.plan import Linear, Plan, Trees
from lamplighter.serving.compiled.rows import FEW, Row, RowEncoder
from lamplighter.serving.compiled.sheet import Sheet
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

    @property
    def sheet(self) -> Sheet | None:
        """What our own library encodes and walks; nothing where it does not do both."""
        encoded = self._encoder.sheet
        if encoded is None or not isinstance(self._walker, Native):
            return None
        return encoded._replace(model={**encoded.model, **self._walker.model}, parts=(*encoded.parts, self._walker))

    def of_rows(self, rows: Sequence[Row]) -> list[float]:
        """The sum of each row, given as values in the order of the names."""
        return self.scaled(self._walker.sums(self._encoder.encoded(rows), len(rows)))

    def rows(self, columns: Mapping[str, Sequence[Any]], count: int) -> list[float]:
        """The sum of every row."""
        return self.scaled(self._walker.sums(self._encoder.of_columns([columns[name] for name in self._names], count), count))

    def scaled(self, sums: list[float]) -> list[float]:
        """What the sums over leaves come to."""
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

    def bodies(self, contract: Contract, most: int) -> "BodyScorer | None":
        """What scores requests as they came, each with `most` rows at most; nothing where the model or its contract asks for
        more than our own library reads."""
        sums = self._sums
        sheet = sums.sheet
        if sheet is None or not can_read(contract, sheet):
            return None
        scaled = sums.scaled if isinstance(sums, TreeModel) else list
        return BodyScorer(JsonRows(contract, sheet, most), lambda found: self._linked(scaled(found)))

    def _linked(self, sums: list[float]) -> list[float]:
        link, steepness = self._link, self._steepness
        scores = [link(steepness * value) for value in sums]
        if not all(map(math.isfinite, scores)):
            raise Failed("model-output-invalid", "The model answered with something that is not a finite number.")
        return scores


class ScoredBodies(NamedTuple):
    """Requests that were scored as they came."""

    #: One after another.
    scores: list[float]
    #: How many rows each has; 0 where it is left to others.
    rows: list[int]
    #: What each holds, as the log has it; good until the next ones are scored.
    records: list[memoryview]


class BodyScorer:
    """Scores bodies in JSON; the same bits as their rows have."""

    def __init__(self, reader: JsonRows, scores: Callable[[list[float]], list[float]]) -> None:
        """`scores` makes scores of sums."""
        self._reader, self._scores = reader, scores

    def then(self, step: Callable[[list[float]], list[float]]) -> "BodyScorer":
        """The same scorer, whose scores take one more step."""
        return BodyScorer(self._reader, lambda sums: step(self._scores(sums)))

    def score(self, name: bytes, bodies: Sequence[bytes]) -> ScoredBodies | None:
        """The scores of the rows under this name, on the calling thread; nothing if the model refuses one. Raises `Failed`."""
        read = self._reader.read(name, bodies)
        return None if read is None else ScoredBodies(self._scores(read.sums), read.rows, read.records)


def _columns(plan: Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys([number.column for number in plan.numbers] + [table.column for table in plan.tables]))
