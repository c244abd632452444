"""Figures for two classes of rows whose labels are still to come: what chances of being positive let expect, and how surely.

Rows lie in cells of their score. Cells of one block share a chance; what the reference leaves open of it is a Beta
distribution with the prior of Jeffreys (Proc. R. Soc. A 186, 1946). Every figure is a smooth function of the positive rows of
each cell, so its variance follows from its slopes there (the delta method): a part from the labels of each cell, which fall
by chance, and a part from the chance of each block, which moves all its rows together.
"""

import math
from typing import NamedTuple

import numpy as np

from lamplighter.monitoring.arrays import FloatArray, IntArray
from lamplighter.monitoring.probability import normal_quantile
from lamplighter.monitoring.quality import NEAREST


class Cells(NamedTuple):
    """Rows by cell of their score, scores rising."""

    rows: IntArray
    #: The score that stands for the rows of the cell.
    scores: FloatArray
    #: 1 where the decision is positive, 0 elsewhere.
    decided: FloatArray


class Chances(NamedTuple):
    """What a reference says of the chance of a row to be positive."""

    #: The block of each cell, rising from 0 without gaps.
    blocks: IntArray
    #: Rows of the reference in each block, and how many of them were positive.
    n: FloatArray
    hits: FloatArray

    def rates(self) -> FloatArray:
        """The rate that the reference showed, by cell."""
        return np.asarray((self.hits / np.maximum(self.n, 1.0))[self.blocks])

    def means(self) -> FloatArray:
        """The mean of the chance, by block."""
        return np.asarray((self.hits + 0.5) / (self.n + 1.0))

    def variances(self) -> FloatArray:
        """The variance of the chance, by block."""
        mean = self.means()
        return np.asarray(mean * (1.0 - mean) / (self.n + 2.0))


def figures(cells: Cells, chances: FloatArray) -> dict[str, float]:
    """Every figure where so large a part of each cell is positive; NaN where there is none."""
    positives, negatives = cells.rows * chances, cells.rows * (1.0 - chances)
    n, there, absent = float(cells.rows.sum()), positives.sum(), negatives.sum()
    true, said = positives @ cells.decided, cells.rows @ cells.decided
    below = np.cumsum(negatives) - negatives / 2.0
    inner = np.clip(cells.scores, NEAREST, 1.0 - NEAREST)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            "auc": positives @ below / (there * absent),
            "accuracy": (2.0 * true + absent - said) / n,
            "precision": true / said,
            "recall": true / there,
            "f1": 2.0 * true / (said + there),
            "brier": (positives @ (1.0 - cells.scores) ** 2 + negatives @ cells.scores**2) / n,
            "log_loss": -(positives @ np.log(inner) + negatives @ np.log1p(-inner)) / n,
        }
    return {name: float(value) for name, value in found.items()}


def slopes(cells: Cells, chances: FloatArray) -> dict[str, FloatArray]:
    """What one more positive row in each cell, instead of a negative one, adds to every figure."""
    positives, negatives = cells.rows * chances, cells.rows * (1.0 - chances)
    n, there, absent = float(cells.rows.sum()), positives.sum(), negatives.sum()
    true, said = positives @ cells.decided, cells.rows @ cells.decided
    below = np.cumsum(negatives) - negatives / 2.0
    above = there - np.cumsum(positives) + positives / 2.0
    inner = np.clip(cells.scores, NEAREST, 1.0 - NEAREST)
    with np.errstate(divide="ignore", invalid="ignore"):
        area = positives @ below / (there * absent)
        return {
            "auc": (below - above) / (there * absent) - area / there + area / absent,
            "accuracy": (2.0 * cells.decided - 1.0) / n,
            "precision": cells.decided / said,
            "recall": (cells.decided - true / there) / there,
            "f1": (2.0 * cells.decided - 2.0 * true / (said + there)) / (said + there),
            "brier": (1.0 - 2.0 * cells.scores) / n,
            "log_loss": (np.log1p(-inner) - np.log(inner)) / n,
        }


def halves(cells: Cells, chances: Chances, level: float) -> dict[str, float]:
    """Half of the interval of every figure: normal, and half of what one label changes, since labels come one by one."""
    mean, variance = chances.means(), chances.variances()
    alone = cells.rows * (mean * (1.0 - mean) - variance)[chances.blocks]
    found = slopes(cells, mean[chances.blocks])
    each = np.stack(list(found.values()))
    firsts = np.flatnonzero(np.diff(chances.blocks, prepend=-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        own = each**2 @ alone
        shared = np.add.reduceat(each * cells.rows, firsts, axis=1) ** 2 @ variance
        one = own / (np.abs(each) @ alone)
        half = normal_quantile(0.5 + level / 2.0) * np.sqrt(own + shared) + one / 2.0
    return dict(zip(found, half.tolist(), strict=True))


def interval(name: str, value: float, middle: float, half: float) -> tuple[float, float]:
    """The ends around the middle, in the range of the figure; they hold the value."""
    top = math.inf if name == "log_loss" else 1.0
    return min(value, max(0.0, middle - half)), max(value, min(top, middle + half))
