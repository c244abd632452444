"""Whether a served form of a model answers as the model itself does, measured with the very code that serves."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lamplighter.domain.contract import Contract, Meaning
from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Record
from lamplighter.packaging import reference
from lamplighter.packaging.reference import Edges, Rows
from lamplighter.serving.compiled.model import BodyScorer
from lamplighter.serving.runtimes.base import Failed, Runtime
from lamplighter.serving.worker.scorers import Scorer

#: Rows tried at least.
ROWS = 10_000
#: Rows around split points tried as well.
EDGE_ROWS = 2_000
#: Rows also tried one by one.
SINGLE_ROWS = 1_000
#: Rows in each body of JSON that is tried.
_BODY_ROWS = 20
#: Largest lawful difference of a probability; of a number, relative to its size, or to the largest on the sample's own rows
#: if that is larger.
TOLERANCE = 1e-6


_KINDS = ("whole", "mixed", "extreme")


class Parity(Record, frozen=True):
    """What a comparison found. Truth is the model itself on the whole block of typed rows."""

    runtime: str
    #: Rows compared in batches.
    rows: int
    #: Rows of them of each kind: whole rows of the sample, mixed, extreme, and on the edge of a split.
    rows_by_kind: Mapping[str, int]
    #: Rows of them compared one by one as well.
    single_rows: int
    #: Rows that the model itself refuses, so that there is no truth.
    refused_rows: int
    #: Largest difference from the truth.
    largest_difference: float
    #: Largest difference between a row alone, or in a body, and in its batch.
    largest_spread: float
    #: Rows on the other side of the threshold.
    changed_decisions: int
    tolerance: float
    passed: bool
    #: One sentence.
    why: str
    #: Rows of them compared as bodies in JSON as well; none where the runtime does not score these as they come.
    body_rows: int = 0


class _Tally:
    def __init__(self, contract: Contract, threshold: float) -> None:
        self._relative = contract.output.meaning is Meaning.NUMBER
        self._threshold = threshold
        self.rows_by_kind: dict[str, int] = {}
        self.rows = self.single_rows = self.body_rows = self.refused_rows = self.changed = 0
        self.largest = self.spread = self._size = 0.0

    def difference(self, truth: float, score: float) -> float:
        distance = abs(truth - score)
        return distance / max(self._size, abs(truth)) if self._relative else distance

    def compare(self, kind: str, truth: Sequence[float], scores: Sequence[float]) -> None:
        self._size = self._size or max(map(abs, truth)) or 1.0
        self.rows += len(truth)
        self.rows_by_kind[kind] = len(truth)
        for wanted, got in zip(truth, scores, strict=True):
            self._one(wanted, got)

    def alone(self, truth: float, batched: float, score: float) -> None:
        self.single_rows += 1
        self._one(truth, score)
        self.spread = max(self.spread, self.difference(batched, score))

    def in_body(self, truth: float, batched: float, score: float) -> None:
        self.body_rows += 1
        self._one(truth, score)
        self.spread = max(self.spread, self.difference(batched, score))

    def _one(self, truth: float, score: float) -> None:
        self.largest = max(self.largest, self.difference(truth, score))
        if not self._relative and (truth >= self._threshold) != (score >= self._threshold):
            self.changed += 1

    def result(self, name: str, tolerance: float, failure: str) -> Parity:
        passed = not failure and self.rows > 0 and self.largest <= tolerance and self.changed == 0
        measured = f"At most {self.largest:.2g} away from the model and {self.changed} changed decisions on {self.rows} rows."
        return Parity(
            runtime=name,
            rows=self.rows,
            rows_by_kind=self.rows_by_kind,
            single_rows=self.single_rows,
            refused_rows=self.refused_rows,
            largest_difference=self.largest,
            largest_spread=self.spread,
            changed_decisions=self.changed,
            tolerance=tolerance,
            passed=passed,
            why=failure or measured,
            body_rows=self.body_rows,
        )


async def parity(
    truth: Scorer,
    runtime: Runtime,
    contract: Contract,
    sample: Mapping[str, Sequence[Any]],
    *,
    name: str,
    threshold: float = 0.5,
    tolerance: float = TOLERANCE,
    rows: int = ROWS,
    single_rows: int = SINGLE_ROWS,
    seed: int = 0,
    edges: Edges | None = None,
) -> Parity:
    """Compare a loaded runtime (of this name) with the truth on reference rows made from the sample, in batches and one by one.

    `edges` are values around split points, which get rows of their own.
    It passes if no difference is above the tolerance and no decision changes. A block of rows that the model itself refuses is
    left out and counted; if that leaves no rows, or the runtime fails where the model does not, it does not pass.
    """
    tally = _Tally(contract, threshold)
    parts = dict(zip(_KINDS, reference.blocks(contract, sample, rows, seed), strict=True))
    if edges:
        parts["edge"] = reference.edge_rows(contract, sample, edges, EDGE_ROWS, seed)
    for kind, part in parts.items():
        count = len(next(iter(part.values())))
        try:
            wanted = truth(part, count)
        except Invalid:
            # No row that is refused, but a model that cannot be served.
            raise
        except Exception:  # whatever a model raises: it refuses these rows, so there is nothing to compare
            tally.refused_rows += count
            continue
        try:
            await _compare(tally, runtime, (kind, part), wanted, single_rows // len(parts))
        except Failed as failed:
            return tally.result(name, tolerance, f"The served form failed where the model answers ({failed.code}).")
    return tally.result(name, tolerance, "" if tally.rows else "The model itself refuses all reference rows.")


async def _compare(tally: _Tally, runtime: Runtime, block: tuple[str, Rows], wanted: Sequence[float], single_rows: int) -> None:
    kind, part = block
    batched = await runtime.score(part, len(wanted))
    tally.compare(kind, wanted, batched)
    scorer: BodyScorer | None = getattr(runtime, "score_bodies", None)
    if scorer is not None:
        _compare_bodies(tally, scorer, part, wanted, batched)
    step = max(1, len(wanted) // max(1, single_rows))
    for row in range(0, len(wanted), step):
        (alone,) = await runtime.score({name: [values[row]] for name, values in part.items()}, 1)
        tally.alone(wanted[row], batched[row], alone)


def _compare_bodies(tally: _Tally, scorer: BodyScorer, part: Rows, wanted: Sequence[float], batched: Sequence[float]) -> None:
    for start in range(0, len(wanted), _BODY_ROWS):
        columns = [values[start : start + _BODY_ROWS] for values in part.values()]
        rows = [dict(zip(part, row, strict=True)) for row in zip(*columns, strict=True)]
        done = scorer.score(b"rows", [msgspec.json.encode({"rows": rows})])
        # Nothing is scored where a row is left to the readers in Python.
        for row, score in enumerate(done.scores if done is not None else (), start):
            tally.in_body(wanted[row], batched[row], score)
