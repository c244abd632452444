"""What the form that serves does with rows that are not as they were: measured where the version is made.

Each check changes one thing in rows of the sample and asks the loaded version again.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, problems_of
from lamplighter.domain.robustness import Check, Measured, Robustness, Stressed, checks_of
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.intervals import mean_interval
from lamplighter.monitoring.turning import most_turned, share, turned
from lamplighter.packaging.reference import UNSEEN
from lamplighter.serving.runtimes.base import Failed, Runtime

Rows = Mapping[str, Sequence[Any]]
#: Rows of the sample at most and, where there are so many, at least.
_MOST_ROWS, _LEAST_ROWS = 1_000, 250
#: Values that are scored in all, by which the rows of a wide table become fewer.
_VALUES = 1_000_000
#: Rows in the smaller batches.
_PIECE = 97
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


@dataclass(frozen=True)
class Asked:
    """A loaded version, with how its scores are read."""

    runtime: Runtime
    contract: Contract
    threshold: float
    rows: Rows
    scores: FloatArray

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.scores)

    @property
    def decides(self) -> bool:
        """Whether a score is a decision."""
        return self.contract.output.meaning is Meaning.PROBABILITY

    @property
    def unit(self) -> float:
        """What a shift is measured in."""
        return 1.0 if self.decides else float(np.std(self.scores)) or 1.0

    async def score(self, rows: Rows) -> FloatArray:
        """One score a row; raises `Failed`."""
        return np.array(await self.runtime.score(rows, len(next(iter(rows.values())))), dtype=np.float64)


async def asked(runtime: Runtime, contract: Contract, threshold: float, sample: Rows, probes: int = 0) -> Asked:
    """The version with the rows on which it is tried: fewer where many probes are asked. Raises `Failed`."""
    fitting = _VALUES // (max(1, len(contract.inputs)) * (probes or 2 * len(checks_of(contract))))
    most = min(_MOST_ROWS, max(_LEAST_ROWS, fitting))
    step = -(-len(next(iter(sample.values()))) // most)
    rows = {column.name: sample[column.name][::step] for column in contract.inputs}
    count = len(next(iter(rows.values())))
    scores = np.array(await runtime.score(rows, count), dtype=np.float64)
    return Asked(runtime, contract, threshold, rows, scores)


async def robustness(model: Asked) -> Robustness:
    """What every check of the contract has shown."""
    stressed = [await _order(model)]
    for check, name in checks_of(model.contract):
        if check is not Check.ORDER:
            stressed.append(await _stressed(model, check, model.contract.column(name)))
    return Robustness(rows=model.count, unit=model.unit, stressed=tuple(stressed))


async def _stressed(model: Asked, check: Check, column: Column) -> Stressed:
    before, after = _changed(check, column, model.count)
    if problems_of(model.contract, {**{name: values[:1] for name, values in model.rows.items()}, column.name: after[:1]}):
        return Stressed(check=check, input=column.name, refused=True)
    try:
        was = model.scores if before is None else await model.score({**model.rows, column.name: before})
        now = await model.score({**model.rows, column.name: after})
    except Failed as failed:
        return Stressed(check=check, input=column.name, failed=failed.why)
    return compared(model, Stressed(check=check, input=column.name), was, now)


def _changed(check: Check, column: Column, count: int) -> tuple[list[Any] | None, list[Any]]:
    """What an input holds before, if that is not what the rows hold, and after."""
    if check is Check.MISSING:
        return None, [None] * count
    if check is Check.CATEGORY:
        return None, [UNSEEN] * count
    assert column.low is not None
    assert column.high is not None
    span = (column.high - column.low) or 1.0
    edges = [_lawful(column, value) for value in (column.low, column.high)]
    beyond = [_lawful(column, value) for value in (column.low - span, column.high + span)]
    return [edges[row % 2] for row in range(count)], [beyond[row % 2] for row in range(count)]


def _lawful(column: Column, value: float) -> float | int:
    if column.kind is Kind.INTEGER:
        return min(max(int(value), _LOWEST), _HIGHEST)
    return float(np.clip(value, -1e300, 1e300))


async def _order(model: Asked) -> Stressed:
    order = list(range(model.count))
    random.Random(0).shuffle(order)  # noqa: S311  not for secrets
    now = np.empty(model.count)
    try:
        for places in _pieces(order):
            now[places] = await model.score({name: [values[row] for row in places] for name, values in model.rows.items()})
    except Failed as failed:
        return Stressed(check=Check.ORDER, failed=failed.why)
    return compared(model, Stressed(check=Check.ORDER), model.scores, now)


def _pieces(order: Sequence[int]) -> Iterator[Sequence[int]]:
    """One half of the rows at once, the other in small batches."""
    half = len(order) // 2
    yield from (order[:half],) if half else ()
    yield from (order[start : start + _PIECE] for start in range(half, len(order), _PIECE))


def compared(model: Asked, found: Stressed, was: FloatArray, now: FloatArray) -> Stressed:
    """The same with its figures."""
    moved = np.abs(now - was) / model.unit
    low, high = np.minimum(was, now), np.maximum(was, now)
    return Stressed(
        check=found.check,
        input=found.input,
        flips=share(turned(low, high, model.threshold), model.count) if model.decides else None,
        turned=most_turned(low, high) if model.decides else (),
        shift=_mean(moved),
        largest=float(np.max(moved)),
    )


def _mean(moved: FloatArray) -> Measured:
    value = float(np.mean(moved))
    # One row says nothing of others, and JSON holds no infinity.
    low, high = mean_interval(moved) if moved.size > 1 else (0.0, 1e300)
    return Measured(value=value, low=max(0.0, low), high=high, n=int(moved.size))
