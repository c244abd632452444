"""The runtime of compiled models: a plan and, for trees, one ONNX graph; no package of the model is needed."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import MsgspecError

from lamplighter.domain.contract import Contract
from lamplighter.domain.version import Manifest
from lamplighter.serving.artifacts import verified
from lamplighter.serving.compiled.model import BodyScorer, CompiledModel
from lamplighter.serving.compiled.plan import Linear, Plan, read
from lamplighter.serving.compiled.rows import Row
from lamplighter.serving.runtimes.base import MOST_AT_ONCE, NOTHING, Surroundings, Unloadable

#: From this many rows on, the work leaves the thread of the event loop, so that others are answered meanwhile.
MANY_ROWS = 512
#: Rows that are scored in one piece at least, and values at most where those are more. Other threads come to their turn
#: between two pieces.
_LEAST, _PIECE = 64, 32_768


class Compiled:
    """A loaded compiled version."""

    def __init__(self, model: CompiledModel, bodies: BodyScorer | None = None) -> None:
        self._model = model
        #: Scores requests in JSON as they came; nothing where it has to be done by rows.
        self.score_bodies = bodies
        #: Who walks the trees: native, onnxruntime, or nobody for a linear plan.
        self.walker = model.walker

    async def score(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        """One finite score a row, in order. The columns fit the contract. Raises `Failed`."""
        if rows < MANY_ROWS:
            return self._model.score(columns, rows)
        return await asyncio.to_thread(self._in_pieces, columns, rows)

    def _in_pieces(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        step = max(_LEAST, _PIECE // max(1, len(columns)))
        scores: list[float] = []
        for start in range(0, rows, step):
            piece = {name: values[start : start + step] for name, values in columns.items()}
            scores += self._model.score(piece, min(step, rows - start))
        return scores

    def score_now(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        """The same without an event loop, on the calling thread. Raises `Failed`."""
        return self._model.score(columns, rows)

    def score_rows(self, rows: Sequence[Row]) -> list[float]:
        """One finite score for each row, given as values in the order of the contract: the same bits as `score`.

        This is the entry for single rows of many requests. They are encoded one after another into one block and walked by one
        call, on the calling thread. Raises `Failed`, for all of them if one is refused.
        """
        return self._model.score_rows(rows)

    async def close(self) -> None:
        """Nothing is held beside memory."""


async def load(manifest: Manifest, artifacts: Path, _: Surroundings = NOTHING) -> Compiled:
    """Load the plan and the trees of a version; raises `Unloadable`."""
    try:
        plan = read(verified(artifacts, manifest.artifact("plan")))
        known = {column.name for column in manifest.contract.inputs}
        if not {number.column for number in plan.numbers} | {table.column for table in plan.tables} <= known:
            raise ValueError("the plan reads a column that is not in the contract")
        trees = b"" if isinstance(plan.estimator, Linear) else verified(artifacts, manifest.artifact("model"))
        # Opening the trees of a large model takes time in which nobody would be answered.
        return await asyncio.to_thread(_opened, plan, trees, manifest.contract)
    except (KeyError, ValueError, MsgspecError) as error:
        raise Unloadable(f"The compiled form cannot be read ({error}). Register the version again.") from error


def _opened(plan: Plan, trees: bytes, contract: Contract) -> Compiled:
    model = CompiledModel(plan, trees, [column.name for column in contract.inputs])
    return Compiled(model, model.bodies(contract, MOST_AT_ONCE))
