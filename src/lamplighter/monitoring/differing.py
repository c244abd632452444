"""How far two versions lie apart on the same rows, with the interval of the difference.

Scores that were given row by row are compared row by row: means, errors and areas as for champion and challenger, and figures
of decisions (accuracy, precision, recall, f1) as ratios of two sums over the rows, each version at its own threshold. The
variance of a ratio is that of its linear part (the delta method: Cochran, Sampling Techniques, 1977, section 2.9). Two
intervals that overlap say nothing of a difference; this one does.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.record import Record
from lamplighter.domain.version_comparison import Contrast
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.comparison import spread, unfit
from lamplighter.monitoring.figure import Direction, Missing
from lamplighter.monitoring.pairing import PAIRINGS, Metric, Paired

BoolArray = NDArray[np.bool_]
#: Rows, and for an area rows of each class, for a share decisions or positives, below which nothing is decided.
LEAST = 100
#: Rows on which two versions have to decide differently before an interval is made of them.
_TURNED = 10


class Scores(NamedTuple):
    """What one version says of the rows."""

    scores: FloatArray
    #: It decides for a row from this score on.
    threshold: float


class Difference(Record, frozen=True):
    """The other version minus the base."""

    value: float
    #: Ends of the interval; nothing where none can honestly be given.
    low: float | None
    high: float | None
    standing: Contrast
    why: str


def difference(
    name: str, direction: Direction, labels: FloatArray, base: Scores, other: Scores, alpha: float
) -> Difference | Missing:
    """How far `other` lies from `base` by one measure; `Missing` where these rows give no value, or the measure no interval."""
    if alike(base, other):
        return Difference(value=0.0, low=0.0, high=0.0, standing=Contrast.SAME, why="Both say the same of every row.")
    found = _paired(name, labels, base, other)
    return found if isinstance(found, Missing) else _judged(found, direction, alpha)


def alike(base: Scores, other: Scores) -> bool:
    """Whether two versions say the same of every row."""
    return base.threshold == other.threshold and np.array_equal(base.scores, other.scores)


def _judged(paired: Paired, direction: Direction, alpha: float) -> Difference:
    value = paired.challenger - paired.champion
    error, _, half = spread(paired, alpha)
    least = int(paired.peers.min())
    if error == 0.0 or not math.isfinite(half):
        return _unclear(value, "These rows do not tell the two apart, so they do not say how far apart they may be.")
    low, high = value - half, value + half
    if least < LEAST:
        return _unclear(value, f"It rests on {least} rows, and {LEAST} are needed.", low, high)
    if low <= 0.0 <= high:
        return _unclear(value, "The interval holds zero: either may be better.", low, high)
    better = (value > 0.0) is (direction is Direction.HIGHER)
    standing = Contrast.BETTER if better else Contrast.WORSE
    return Difference(value=value, low=low, high=high, standing=standing, why=f"It is {standing} beyond chance.")


def _unclear(value: float, why: str, low: float | None = None, high: float | None = None) -> Difference:
    return Difference(value=value, low=low, high=high, standing=Contrast.UNCLEAR, why=why)


def _paired(name: str, labels: FloatArray, base: Scores, other: Scores) -> Paired | Missing:
    if name in Metric.__members__.values():
        metric = Metric(name)
        return unfit(metric, labels, base.scores, other.scores) or PAIRINGS[metric](labels, base.scores, other.scores)
    if name not in _RATIOS:
        return Missing(why=f"No interval of a paired difference is known here for {name}.")
    return unfit(Metric.LOG_LOSS, labels, base.scores, other.scores) or _ratios(_RATIOS[name], labels == 1.0, base, other)


class _Ratio(NamedTuple):
    """A figure as one sum over the rows divided by another."""

    over: FloatArray
    under: FloatArray


def _ratios(of: Callable[..., _Ratio], positive: BoolArray, base: Scores, other: Scores) -> Paired | Missing:
    first, second = (one.scores >= one.threshold for one in (base, other))
    turned = int(np.count_nonzero(first != second))
    if turned < _TURNED:
        return Missing(why=f"They decide differently on {turned} rows, and {_TURNED} are needed.")
    one, two = of(positive, first), of(positive, second)
    if not (one.under.any() and two.under.any()):
        return Missing(why="It has no value for one of the two.")
    (before, start), (after, end) = _linear(one), _linear(two)
    least = int(min(np.count_nonzero(part.under) for part in (one, two)))
    return Paired(before, after, end - start, np.full(positive.size, least, dtype=np.int64))


def _linear(ratio: _Ratio) -> tuple[float, FloatArray]:
    """The ratio, and what each row adds to it."""
    under = float(ratio.under.sum())
    value = float(ratio.over.sum()) / under
    return value, (ratio.over - value * ratio.under) / under


def _accuracy(positive: BoolArray, decided: BoolArray) -> _Ratio:
    return _Ratio(np.asarray(positive == decided, dtype=np.float64), np.ones(positive.size))


def _precision(positive: BoolArray, decided: BoolArray) -> _Ratio:
    return _Ratio(np.asarray(positive & decided, dtype=np.float64), np.asarray(decided, dtype=np.float64))


def _recall(positive: BoolArray, decided: BoolArray) -> _Ratio:
    return _Ratio(np.asarray(positive & decided, dtype=np.float64), np.asarray(positive, dtype=np.float64))


def _f1(positive: BoolArray, decided: BoolArray) -> _Ratio:
    both = np.asarray(positive & decided, dtype=np.float64)
    return _Ratio(2.0 * both, positive.astype(np.float64) + decided)


#: Figures of decisions, by name of the measure.
_RATIOS: Mapping[str, Callable[..., _Ratio]] = {"accuracy": _accuracy, "precision": _precision, "recall": _recall, "f1": _f1}
