"""What was tried of a model, for a version whose scores pass a calibration: no row is asked again.

A decision of the calibrated score is one of the model's own score at another threshold, and how many rows turn there at most
is known for each part of all thresholds. The mean change of a score is the mean, over all thresholds, of the share of rows
that turn, so that it is bounded too. Every figure here is such a bound: what is true is no larger.
"""

from itertools import pairwise

import msgspec
import numpy as np

from lamplighter.domain.calibration import Calibration, calibrated, probability, uncalibrated
from lamplighter.domain.robustness import Followed, Measured, Robustness, Stressed
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.turning import PARTS, at_threshold

#: Scores at which the largest change of a score is looked for, by equal parts of the log-odds.
_PLACES, _REACH = 4_001, 21.0


def mapped(found: Robustness, by: Calibration, threshold: float) -> Robustness:
    """What holds of the calibrated version, which decides at this threshold."""
    at = at_threshold(found, uncalibrated(by, threshold))
    return msgspec.structs.replace(
        at,
        stressed=tuple(_stressed(one, by, found.rows) for one in at.stressed),
        expectations=tuple(_followed(one, by) for one in at.expectations),
    )


def _stressed(one: Stressed, by: Calibration, rows: int) -> Stressed:
    return msgspec.structs.replace(
        one,
        turned=_turned(one.turned, by),
        shift=_shift(one, by, rows) if one.shift is not None else None,
        largest=_largest(one.largest, by),
    )


def _followed(one: Followed, by: Calibration) -> Followed:
    """Whether a score rises or falls is not changed by a calibration."""
    return msgspec.structs.replace(one, turned=_turned(one.turned, by))


def _turned(turned: tuple[int, ...], by: Calibration) -> tuple[int, ...]:
    """Rows that turn at most in each part of the thresholds of calibrated scores."""
    if len(turned) != PARTS:
        return ()
    ends = [uncalibrated(by, part / PARTS) for part in range(PARTS + 1)]
    ends[0], ends[-1] = 0.0, 1.0
    found = []
    for low, high in pairwise(ends):
        first, last = min(int(low * PARTS), PARTS - 1), min(int(np.ceil(high * PARTS)), PARTS)
        found.append(max(turned[first : max(last, first + 1)]))
    return tuple(found)


def _shift(one: Stressed, by: Calibration, rows: int) -> Measured | None:
    """A bound of the mean change; nothing where it cannot be told from what was measured."""
    assert one.shift is not None
    if len(one.turned) != PARTS:
        return None
    most = _most(one.shift.value, np.array(one.turned) / rows, by)
    # The interval is as wide, beside the figure, as that of the change of the model's own scores.
    wider = most / one.shift.value if one.shift.value > 0.0 else 1.0
    return Measured(value=most, low=one.shift.low * wider, high=one.shift.high * wider, n=one.shift.n)


def _most(change: float, turned: FloatArray, by: Calibration) -> float:
    """The largest mean change of calibrated scores with this mean change of the model's own, which is the area under the share
    of rows that turns; in each part of the thresholds at most so many do. It lies where the calibration is steepest."""
    odds = np.linspace(-_REACH, _REACH, _PLACES)
    before = np.array([probability(one) for one in odds.tolist()])
    after = np.array([calibrated(by, one) for one in before.tolist()])
    width, height = np.diff(before), np.diff(after)
    room = turned[np.minimum((before[:-1] * PARTS).astype(np.int64), PARTS - 1)] * width
    steepest = np.argsort(-height / np.maximum(width, np.finfo(np.float64).tiny))
    taken = np.clip(change - (np.cumsum(room[steepest]) - room[steepest]), 0.0, room[steepest])
    return float(taken @ (height / np.maximum(width, np.finfo(np.float64).tiny))[steepest])


def _largest(change: float, by: Calibration) -> float:
    """The largest change of a calibrated score where the model's own changes by so much at most.

    A calibration that flattens is steepest at the ends, so those are looked at themselves: no step is small enough there.
    """
    if change == 0.0:
        return 0.0

    def moved(score: float) -> float:
        return calibrated(by, min(score + change, 1.0)) - calibrated(by, score)

    def farthest(low: float, high: float) -> float:
        """The place among so many between two that moves most, as log-odds."""
        return float(max(np.linspace(low, high, _PLACES).tolist(), key=lambda odds: moved(probability(odds))))

    step = 2.0 * _REACH / (_PLACES - 1)
    rough = farthest(-_REACH, _REACH)
    fine = farthest(rough - step, rough + step)
    return max(moved(0.0), moved(max(0.0, 1.0 - change)), moved(probability(fine)))
