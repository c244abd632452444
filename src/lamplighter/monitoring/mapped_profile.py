"""The reference of a version whose scores pass a rising function: the same rows in the same cells, whose edges have moved.

Edges move exactly, by the arithmetic that moves the scores, so distances that look at cells stay what they were. Sums are
taken with the middle of each cell in the place of its rows: each cell holds a fivehundredth of them at most.
"""

import math
from collections.abc import Callable

import msgspec
import numpy as np

from lamplighter.domain.contract import Meaning
from lamplighter.domain.record import digest_of
from lamplighter.monitoring import encoding
from lamplighter.monitoring.arrays import FloatArray, IntArray
from lamplighter.monitoring.binning import NumericBins, exponent_of
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.fixed_point import lanes
from lamplighter.monitoring.labelled import Labelled
from lamplighter.monitoring.profile import PREDICTION, Profile
from lamplighter.monitoring.tally import Tally
from lamplighter.monitoring.truth import truth

#: Distances of parts of the reference that look at how far values are apart, not at cells.
_OF_VALUES = frozenset({"wasserstein"})


def mapped(profile: Profile, rises: Callable[[float], float], rows: Labelled, threshold: float) -> Profile:
    """The profile with the scores mapped, and with what came true on these rows, whose scores are mapped already."""
    known = profile.columns.get(PREDICTION)
    if known is None or not isinstance(known.bins, NumericBins):
        return profile
    moved = _mapped(known, known.bins, rises)
    columns = {**profile.columns, PREDICTION: moved}
    chunks = {name: dict(of) for name, of in profile.chunks.items()}
    chunks[PREDICTION] = {name: far for name, far in chunks.get(PREDICTION, {}).items() if name not in _OF_VALUES}
    assert isinstance(moved.bins, NumericBins)
    return msgspec.structs.replace(
        profile,
        identity=digest_of(encoding.body(columns)),
        columns=columns,
        chunks={name: of for name, of in chunks.items() if of},
        truth=truth(moved.bins, Meaning.PROBABILITY, rows.labels, rows.scores, threshold, held_out=True),
    )


def _mapped(known: Distribution, bins: NumericBins, rises: Callable[[float], float]) -> Distribution:
    edges = _edges(bins.edges, rises)
    span = float(edges[-1] - edges[0])
    moved = msgspec.structs.replace(bins, edges=edges, centre=rises(bins.centre), exponent=exponent_of(span))
    middles = np.array([rises(float(one)) for one in _middles(bins.edges)])
    # Where the function is flat, rows of several cells come to lie in one.
    cells = np.zeros(bins.cells, dtype=np.int64)
    np.add.at(cells, np.searchsorted(edges, middles, side="right"), known.tally.cells[:-1])
    cells[-1] = known.tally.cells[-1]
    low, high = (rises(end) if math.isfinite(end) else end for end in (known.tally.low, known.tally.high))
    tally = Tally(cells=cells, moments=_moments(moved, middles, known.tally.cells[:-1]), low=low, high=high)
    return Distribution(bins=moved, tally=tally)


def _edges(edges: FloatArray, rises: Callable[[float], float]) -> FloatArray:
    """Rising also where the function makes one number of two: a value that has a cell to itself keeps it."""
    found: list[float] = []
    for edge in edges.tolist():
        least = math.nextafter(found[-1], math.inf) if found else -math.inf
        found.append(max(rises(edge), least))
    return np.array(found, dtype=np.float64)


def _middles(edges: FloatArray) -> FloatArray:
    """A value in each cell; both ends lie open, and no cell has its upper edge."""
    inner = np.minimum(edges[:-1] / 2.0 + edges[1:] / 2.0, np.nextafter(edges[1:], -math.inf))
    return np.concatenate([[math.nextafter(edges[0], -math.inf)], inner, [edges[-1]]])


def _moments(bins: NumericBins, middles: FloatArray, rows: IntArray) -> IntArray:
    """The four sums of a tally."""
    values = np.repeat(middles, rows)
    first, last = float(bins.edges[0]), float(bins.edges[-1])
    distance = values - bins.centre
    sums = (
        lanes(distance, bins.exponent),
        lanes(distance * distance, 2 * bins.exponent),
        lanes(first - values[values < first], bins.exponent),
        lanes(values[values >= last] - last, bins.exponent),
    )
    return np.array(sums, dtype=np.int64)
