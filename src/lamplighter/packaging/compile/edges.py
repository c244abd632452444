"""Values of the input columns at which some tree turns to the other side, in float64."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from lamplighter.packaging.compile.forest import Floats, Forest
from lamplighter.packaging.compile.wires import through
from lamplighter.packaging.reference import around
from lamplighter.serving.compiled.plan import Number

#: Splits of a column that are tried, evenly over all of them.
_SPLITS = 100
#: Floats around the value that a scaling is undone to, among which the turn is looked for.
_NEAR = 8


def edges(forest: Forest, numbers: Sequence[Number]) -> Mapping[str, Sequence[float]]:
    """For each numeric column values just below, at and just above split points; columns without a split are left out.

    A split point behind a scaling is left out where the scaling cannot be undone to the float.
    """
    features = np.concatenate([tree.feature[tree.left >= 0] for tree in forest.trees])
    thresholds = np.concatenate([tree.threshold[tree.left >= 0] for tree in forest.trees])
    found: dict[str, list[float]] = {}
    for number in numbers:
        for split in _some(thresholds[features == number.position]):
            found.setdefault(number.column, []).extend(_around(number, split))
    return {column: values for column, values in found.items() if values}


def _some(thresholds: Floats) -> list[float]:
    splits = np.unique(thresholds[np.isfinite(thresholds)])
    chosen: list[float] = splits[:: -(-splits.size // _SPLITS)].tolist() if splits.size else []
    return chosen


def _around(number: Number, split: float) -> Sequence[float]:
    """The last float that goes left, the one before it and the one behind it."""
    last = _last(number, split)
    return [] if last is None else around(last)


def _last(number: Number, split: float) -> float | None:
    if not number.stages:
        return split
    if any(stage.factor == 0.0 for stage in number.stages):
        return None
    value = _undone(number, split)
    for _ in range(_NEAR):
        value = math.nextafter(value, -math.inf)
    for _ in range(2 * _NEAR):
        following = math.nextafter(value, math.inf)
        if _scaled(number, value) <= split < _scaled(number, following):
            return value
        value = following
    return None


def _undone(number: Number, value: float) -> float:
    for stage in reversed(number.stages):
        value = (value - stage.offset) / stage.factor * stage.divisor + stage.shift
    return value


def _scaled(number: Number, value: float) -> float:
    for stage in number.stages:
        value = through(stage, value)
    return value
