"""Decisions that turn where scores move: at the threshold of a version, and at any other that it may be given later."""

import math

import msgspec
import numpy as np

from lamplighter.domain.robustness import Check, Followed, Measured, Robustness, Stressed
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.intervals import wilson

#: Thresholds from 0 to 1 are told apart by so many equal parts; a part does not have its lower end.
PARTS = 50


def turned(low: FloatArray, high: FloatArray, threshold: float) -> int:
    """How many rows turn: those whose scores, which lie from `low` to `high`, are on both sides of the threshold."""
    return int(np.count_nonzero((low < threshold) & (threshold <= high)))


def most_turned(low: FloatArray, high: FloatArray) -> tuple[int, ...]:
    """How many rows turn at the threshold of each part at which most do; scores are probabilities."""
    ends = np.arange(1, PARTS + 1) / PARTS
    # Between two scores as many turn, and more only behind a lower one: most do at a higher score or at the end of the part.
    thresholds = np.concatenate([high, ends])
    counts = np.searchsorted(np.sort(low), thresholds) - np.searchsorted(np.sort(high), thresholds)
    found = np.zeros(PARTS, dtype=np.int64)
    np.maximum.at(found, np.searchsorted(ends, np.clip(thresholds, 0.0, 1.0)), counts)
    return tuple(found.tolist())


def share(count: int, rows: int) -> Measured:
    """A share of rows with its 95 % interval (Wilson, J. Amer. Stat. Assoc. 22, 1927)."""
    low, high = wilson(count, rows)
    return Measured(value=count / rows, low=low, high=high, n=rows)


def at_threshold(found: Robustness, threshold: float) -> Robustness:
    """What holds of a version with the same files that decides at another threshold: at most so many decisions turn.

    Figures that cannot be told from the facts are left out, and those of the order of rows: there the last bit of a score
    may be another one, which turns a decision only at a threshold between the two.
    """
    part = min(max(math.ceil(threshold * PARTS), 1), PARTS) - 1
    return msgspec.structs.replace(
        found,
        stressed=tuple(_stressed(one, part, found.rows) for one in found.stressed),
        expectations=tuple(_followed(one, part, found.rows) for one in found.expectations),
    )


def _stressed(one: Stressed, part: int, rows: int) -> Stressed:
    known = len(one.turned) == PARTS and one.check is not Check.ORDER
    return msgspec.structs.replace(one, flips=share(one.turned[part], rows) if known else None)


def _followed(one: Followed, part: int, rows: int) -> Followed:
    if not one.of_decisions:
        return one
    return msgspec.structs.replace(one, broken=share(one.turned[part], rows) if len(one.turned) == PARTS else None)
