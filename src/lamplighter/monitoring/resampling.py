"""Windows as they would be if nothing had changed.

The truth behind a reference of N rows is not known exactly. It is drawn from what the reference says of it: shares with a
Dirichlet distribution (the Bayesian bootstrap: Rubin, Annals of Statistics 9, 1981), then a window of n rows as a
multinomial draw from these shares. The spread of a window around the reference is thereby sqrt(1 + n/N) times that of
the multinomial draw alone.

Cells that the reference cannot hold get the share that N rows let expect. The next number lies above the largest of N
with probability 1 / (N + 1), and as often below the smallest, unless that value occurs again and again and is a bound. The
next text is new with about the share of the texts that were seen once (Good, Biometrika 40, 1953). The next value is
missing, where none was, with probability 1 / (N + 1).
"""

import math

import msgspec
import numpy as np

from lamplighter.monitoring.arrays import FloatArray, IntArray
from lamplighter.monitoring.binning import CategoryBins, NumericBins
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.fixed_point import split
from lamplighter.monitoring.tally import Tally


def expected(reference: Distribution) -> Distribution:
    """The reference with the rows added that it lets expect in cells it cannot hold."""
    cells = reference.tally.cells.copy()
    if isinstance(reference.bins, CategoryBins):
        cells[-2] += np.count_nonzero(cells[:-2] == 1)
    else:
        cells[[0, -2]] += _open_ends(reference.bins.edges, cells[1:-2])
    cells[-1] += cells[-1] == 0
    return Distribution(bins=reference.bins, tally=msgspec.structs.replace(reference.tally, cells=cells))


def redrawn(truth: Distribution, rows: int, draws: int, random: np.random.Generator) -> Distribution:
    """`draws` windows of `rows` rows each, along a leading axis. Sums are as exact as the cells are narrow."""
    shares = random.standard_gamma(truth.tally.cells.astype(np.float64), size=(draws, truth.tally.cells.size))
    shares /= shares.sum(axis=1, keepdims=True)
    cells = random.multinomial(rows, shares).astype(np.int64)
    moments = np.zeros((draws, 4, 2), dtype=np.int64)
    if isinstance(truth.bins, NumericBins):
        moments = _moments(truth.bins, cells)
    return Distribution(bins=truth.bins, tally=Tally(cells=cells, moments=moments, low=np.inf, high=-np.inf))


def _open_ends(edges: FloatArray, inside: IntArray) -> tuple[bool, bool]:
    """Whether the smallest and the largest value may be passed: not if they occur again and again."""
    alone = edges[1:] <= np.nextafter(edges[:-1], math.inf)
    bound = (alone & (inside > 1))[inside > 0]
    return (not bound[0], not bound[-1]) if bound.size else (True, True)


def _moments(bins: NumericBins, cells: IntArray) -> IntArray:
    """Sums with every value in the middle of its cell, and as far outside the edges as the outermost cell is wide."""
    edges = bins.edges
    first, last = edges[min(1, edges.size - 1)] - edges[0], edges[-1] - edges[-min(3, edges.size)]
    middles = np.concatenate([[edges[0] - first], (edges[1:] + edges[:-1]) / 2.0, [edges[-1] + last]]) - bins.centre
    below, above = np.zeros_like(middles), np.zeros_like(middles)
    below[0], above[-1] = first, last
    sums = ((middles, 1), (middles**2, 2), (below, 1), (above, 1))
    units = [np.stack(split(values, power * bins.exponent), axis=-1) for values, power in sums]
    return np.stack([cells[:, :-1] @ unit for unit in units], axis=1)
