"""Champion against challenger on the same rows.

The difference of each row is what counts, because both versions met the same easy and hard rows. Mean losses use the
paired t statistic; the area under the ROC curve the paired form of DeLong, DeLong and Clarke-Pearson, Biometrics 44
(1988). With groups, rows of one group may depend on each other: variances are then taken over the sums of the groups
(Cameron and Miller, Journal of Human Resources 50, 2015; for the area, Obuchowski, Biometrics 53, 1997). Quantiles are
Student's. The verdict is meant to be asked for once, at the end of a trial: looking again and again until somebody wins
is another test.
"""

import math
from collections.abc import Hashable, Sequence

import numpy as np

from lamplighter.domain.challenge import Verdict
from lamplighter.domain.names import unknown
from lamplighter.domain.record import Record
from lamplighter.monitoring.arrays import FloatArray, IntArray, Values, as_numbers
from lamplighter.monitoring.figure import Direction, Missing
from lamplighter.monitoring.pairing import PAIRINGS, Metric, Paired
from lamplighter.monitoring.probability import student_quantile, student_two_sided
from lamplighter.monitoring.refusals import UnequalLengths


class Comparison(Record, frozen=True):
    """Both figures, their difference and what follows."""

    metric: Metric
    champion: float
    challenger: float
    #: Challenger minus champion, with its interval.
    difference: float
    low: float
    high: float
    #: Two-sided p-value of the hypothesis that the challenger is better by the margin and no more.
    p: float
    #: Rows with a label and both scores.
    n: int
    #: Independent groups of rows; the same as `n` without groups.
    groups: int
    #: Whether there were as many rows and groups as it takes; more of them may decide what these did not.
    enough: bool
    verdict: Verdict
    #: The verdict in a sentence.
    why: str


def compare(
    metric: str,
    labels: Values,
    champion_scores: Values,
    challenger_scores: Values,
    *,
    alpha: float = 0.05,
    margin: float = 0.0,
    least: int = 100,
    groups: Sequence[Hashable] | None = None,
) -> Comparison | Missing:
    """Compare two versions that scored the same rows.

    `margin`, at least 0 and in units of the metric, is what the challenger must be better by; `least` is the number of
    rows (for `auc`: of each class) below which nothing is decided; `groups` names the group of each row, such as its
    day. The challenger wins by chance with probability `alpha / 2` at most. `Missing` where the metric has no value.
    Raises `NotFound` for an unknown metric and `UnequalLengths`.
    """
    if metric not in Metric.__members__.values():
        raise unknown("metric", metric, Metric)
    chosen = Metric(metric)
    truth, champion, challenger, ids = _aligned(labels, champion_scores, challenger_scores, groups)
    if lacking := unfit(chosen, truth, champion, challenger):
        return lacking
    paired = PAIRINGS[chosen](truth, champion, challenger)
    return _judged(chosen, paired, ids, alpha=alpha, margin=margin, least=least)


def _aligned(
    labels: Values, champion: Values, challenger: Values, groups: Sequence[Hashable] | None
) -> tuple[FloatArray, FloatArray, FloatArray, IntArray | None]:
    truth = as_numbers(labels, "label")
    first, second = as_numbers(champion, "champion"), as_numbers(challenger, "challenger")
    if len({truth.size, first.size, second.size} | ({len(groups)} if groups is not None else set())) > 1:
        raise UnequalLengths
    kept = np.isfinite(truth) & np.isfinite(first) & np.isfinite(second)
    if groups is None:
        return truth[kept], first[kept], second[kept], None
    numbers: dict[Hashable, int] = {}
    ids = np.array([numbers.setdefault(group, len(numbers)) for group in groups], dtype=np.int64)
    return truth[kept], first[kept], second[kept], np.unique(ids[kept], return_inverse=True)[1].astype(np.int64)


def unfit(metric: Metric, truth: FloatArray, champion: FloatArray, challenger: FloatArray) -> Missing | None:
    """Why the metric has no value on these rows, or nothing if it has."""
    if truth.size == 0:
        return Missing(why="No row has a label and both scores.")
    if metric in (Metric.RMSE, Metric.MAE):
        return None
    if not np.all((truth == 0.0) | (truth == 1.0)):
        return Missing(why="The labels are not 0 and 1.")
    if metric is Metric.AUC:
        return Missing(why="All labels are of one class.") if truth.min() == truth.max() else None
    outside = min(champion.min(), challenger.min()) < 0.0 or max(champion.max(), challenger.max()) > 1.0
    return Missing(why="The scores are not probabilities.") if outside else None


def _judged(metric: Metric, paired: Paired, ids: IntArray | None, *, alpha: float, margin: float, least: int) -> Comparison:
    units = paired.influence.size if ids is None else int(ids.max()) + 1
    error, freedom, half = spread(paired, alpha, ids)
    difference = paired.challenger - paired.champion
    sign = 1.0 if metric.direction is Direction.HIGHER else -1.0
    beyond = sign * difference - margin
    enough = freedom > 0 and int(paired.peers.min()) >= least
    verdict, why = _verdict(beyond, half, enough=enough, least=least)
    return Comparison(
        metric=metric,
        champion=paired.champion,
        challenger=paired.challenger,
        difference=difference,
        low=difference - half,
        high=difference + half,
        p=_p(beyond, error, freedom),
        n=paired.influence.size,
        groups=units,
        enough=enough,
        verdict=verdict,
        why=why,
    )


def spread(paired: Paired, alpha: float, ids: IntArray | None = None) -> tuple[float, float, float]:
    """The standard error of a difference, its degrees of freedom, and half the width of its interval."""
    error, freedom = _error(paired, ids)
    return error, freedom, student_quantile(1.0 - alpha / 2.0, freedom) * error if freedom > 0 else math.inf


def _error(paired: Paired, ids: IntArray | None) -> tuple[float, float]:
    if ids is None:
        peers = paired.peers
        spread = paired.influence**2 * (peers / np.maximum(peers - 1, 1))
        return math.sqrt(float(spread.sum())), float(peers.min() - 1)
    sums = np.bincount(ids, weights=paired.influence)
    count = sums.size
    return math.sqrt(float((sums**2).sum()) * count / max(count - 1, 1)), float(count - 1)


def _verdict(beyond: float, half: float, *, enough: bool, least: int) -> tuple[Verdict, str]:
    if not enough:
        return Verdict.NOT_ENOUGH_EVIDENCE, f"There are fewer than {least} rows (for auc: of a class), or all are of one group."
    if beyond - half > 0.0:
        return Verdict.CHALLENGER_WINS, "The challenger is better by more than the margin, beyond chance."
    if beyond + half <= 0.0:
        return Verdict.CHAMPION_STAYS, "The challenger is not better by the margin, beyond chance."
    return Verdict.NOT_ENOUGH_EVIDENCE, "The interval of the difference holds the margin: either may be better."


def _p(beyond: float, error: float, freedom: float) -> float:
    if freedom <= 0:
        return 1.0
    if error == 0.0:
        return 1.0 if beyond == 0.0 else 0.0
    return student_two_sided(beyond / error, freedom)
