"""What the scores of a version are calibrated by: a straight line on the log-odds, the same arithmetic wherever it is applied.

`sigmoid(intercept + slope * logit(score))`: logistic recalibration (Cox, Biometrika 45, 1958; Platt, Advances in Large Margin
Classifiers, 1999). It rises, so the order of scores stays as it is, and with it every figure that looks at nothing else.
"""

import math
from collections.abc import Iterable

from lamplighter.domain.record import Record

#: Scores nearer to 0 or 1 than this have no log-odds that anybody has measured; they are taken to be so far away.
EDGE = 1e-9
#: A steeper line, or one that lies farther off, makes 0 and 1 of everything.
_STEEPEST, _FARTHEST = 1000.0, 1000.0


class Calibration(Record, frozen=True):
    """A line on the log-odds. Law of change: no field is added, for a release that does not know it would answer otherwise."""

    #: Log-odds that are added.
    intercept: float = 0.0
    #: What the log-odds of the model are multiplied by; above 0.
    slope: float = 1.0

    @property
    def is_lawful(self) -> bool:
        """Whether it rises and stays finite."""
        return 0.0 < self.slope <= _STEEPEST and abs(self.intercept) <= _FARTHEST


def log_odds(score: float) -> float:
    """`log(score / (1 - score))`, finite also for 0 and 1, see `EDGE`."""
    inner = min(max(score, EDGE), 1.0 - EDGE)
    return math.log(inner) - math.log1p(-inner)


def probability(odds: float) -> float:
    """The probability with these log-odds, without overflow."""
    if odds >= 0.0:
        return 1.0 / (1.0 + math.exp(-odds))
    power = math.exp(odds)
    return power / (1.0 + power)


def calibrated(by: Calibration, score: float) -> float:
    """The calibrated probability of a model's own score."""
    return probability(by.intercept + by.slope * log_odds(score))


def all_calibrated(by: Calibration, scores: Iterable[float]) -> list[float]:
    """The same bits for many scores, one after another."""
    intercept, slope, log, log1p, last = by.intercept, by.slope, math.log, math.log1p, 1.0 - EDGE
    inner = (min(max(score, EDGE), last) for score in scores)
    return [probability(intercept + slope * (log(one) - log1p(-one))) for one in inner]


def uncalibrated(by: Calibration, score: float) -> float:
    """The model's own score that has this calibrated one, between 0 and 1."""
    return probability((log_odds(score) - by.intercept) / by.slope)


def composed(first: Calibration, then: Calibration) -> Calibration:
    """One line in the place of two, for scores that are not at the edge of either."""
    return Calibration(intercept=then.intercept + then.slope * first.intercept, slope=then.slope * first.slope)
