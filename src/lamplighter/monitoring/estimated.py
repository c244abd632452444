"""Quality before the labels are there.

For probabilities: the score of a row says how likely it is to be positive, once scores are calibrated on the reference, and
from these chances every figure can be expected (confidence-based performance estimation, as NannyML calls it). For numbers:
the loss that the reference had at scores like these (direct loss estimation). Both see only what changes the scores. Where
the relation of inputs and truth changes (concept drift) they notice nothing: they stand beside the measured figures, never in
their place.

The interval holds the figure that the labels of these rows would give: it is as wide as the labels (by chance) and the chances
(by what the reference leaves open) make it.
"""

import math

import numpy as np

from lamplighter.domain.contract import Meaning
from lamplighter.domain.record import Record
from lamplighter.monitoring.arrays import FloatArray, IntArray
from lamplighter.monitoring.chances import Cells, figures, halves, interval
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.isotonic import by_block
from lamplighter.monitoring.probability import normal_quantile
from lamplighter.monitoring.truth import Truth

#: Rows of the reference that a loss is taken of.
_FEWEST = 50
CLASSES = ("auc", "accuracy", "precision", "recall", "f1", "brier", "log_loss")
NUMBERS = ("mae", "rmse")
_CHANCE = "chance in window and reference"


class Estimate(Record, frozen=True):
    """What the labels of a window are expected to show."""

    #: By name of the measure.
    figures: dict[str, Figure]
    #: Whether the reference was kept from the training.
    held_out: bool


def estimate(truth: Truth, window: Distribution, level: float = 0.95, threshold: float | None = None) -> Estimate | Missing:
    """Every figure of a window of scores, counted in the bins that the truth was counted in; `threshold` is where decisions are
    positive now, if not where they were on the reference."""
    rows = window.counts()
    if not int(rows.sum()):
        return Missing(why="The window holds no score.")
    by_classes = truth.meaning is Meaning.PROBABILITY
    at = truth.threshold if threshold is None else threshold
    found = _classes(truth, window, level, at) if by_classes else _numbers(truth, rows, level)
    return Estimate(figures={figure.name: figure for figure in found}, held_out=truth.held_out)


# Two classes


def _classes(truth: Truth, window: Distribution, level: float, threshold: float) -> list[Figure]:
    chances = truth.chances
    cells = Cells(window.counts(), scores=_middles(truth, window), decided=_decided(window, threshold))
    middles, half = figures(cells, chances.means()[chances.blocks]), halves(cells, chances, level)
    made, total = [], int(cells.rows.sum())
    for name, value in figures(cells, chances.rates()).items():
        if math.isfinite(value):
            low, high = interval(name, value, middles[name], half[name])
            made.append(Figure(name=name, value=value, low=low, high=high, n=total, interval=_CHANCE, level=level))
    return made


def _middles(truth: Truth, window: Distribution) -> FloatArray:
    """The score that stands for each cell: the mean of the reference there, or the middle of the cell."""
    edges = window.edges
    middles = np.concatenate([[edges[0]], (edges[1:] + edges[:-1]) / 2.0, [edges[-1]]])
    return np.where(truth.rows > 0, truth.scores / np.maximum(truth.rows, 1), middles)


def _decided(window: Distribution, threshold: float) -> FloatArray:
    """How much of each cell lies at or above the threshold: all or nothing where it is an edge, as the one of the version that
    the bins were made for is; else the cell that holds it counts by where it is cut, as if its rows lay evenly."""
    low = np.concatenate([[-np.inf], window.edges])
    high = np.concatenate([window.edges, [np.inf]])
    cut = (low < threshold) & (threshold < high) & np.isfinite(low) & np.isfinite(high)
    above = (low >= threshold).astype(np.float64)
    above[cut] = (high[cut] - threshold) / (high[cut] - low[cut])
    return above


# Numbers


def _numbers(truth: Truth, rows: IntArray, level: float) -> list[Figure]:
    groups = _groups(truth.rows)
    n, weights = by_block(groups, truth.rows), by_block(groups, rows)
    absolute, squared, fourth = (by_block(groups, errors) / np.maximum(n, 1.0) for errors in truth.errors)
    total, z = int(rows.sum()), normal_quantile(0.5 + level / 2.0)

    def expected(mean: FloatArray, mean_square: FloatArray) -> tuple[float, float]:
        """The mean loss of the window, and half its interval: chance in the window and in the reference."""
        spread = np.maximum(mean_square - mean**2, 0.0) * (weights + weights**2 / np.maximum(n, 1.0))
        return float(weights @ mean) / total, z * math.sqrt(float(spread.sum())) / total

    loss, half = expected(absolute, squared)
    square, half_square = expected(squared, fourth)
    low, root, high = (math.sqrt(max(0.0, square + sign * half_square)) for sign in (-1.0, 0.0, 1.0))
    ends = {"mae": (max(0.0, loss - half), loss, loss + half), "rmse": (low, root, high)}
    return [
        Figure(name=name, value=ends[name][1], low=ends[name][0], high=ends[name][2], n=total, interval=_CHANCE, level=level)
        for name in NUMBERS
    ]


def _groups(rows: IntArray) -> IntArray:
    """Neighbouring cells together, until each group holds enough rows of the reference."""
    group, groups, held = 0, [], 0
    for n in rows.tolist():
        if held >= _FEWEST:
            group, held = group + 1, 0
        groups.append(group)
        held += n
    if held < _FEWEST and group:
        groups = [min(one, group - 1) for one in groups]
    return np.array(groups, dtype=np.int64)
