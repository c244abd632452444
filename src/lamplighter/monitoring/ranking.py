"""Figures of an order: how much of what is looked for stands at the top of the list.

Equal scores share one place: nothing is gained by the order in which rows happened to come.
"""

import math

import numpy as np

from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.intervals import wilson
from lamplighter.monitoring.outcomes import Outcomes
from lamplighter.monitoring.probability import normal_quantile


def average_precision(rows: Outcomes, level: float = 0.95) -> Figure | Missing:
    """Precision at each threshold, weighted by the recall it adds, as scikit-learn sums it.

    The interval is made on the logit scale with the deviation `1 / sqrt(positives * AP * (1 - AP))` (Boyd, Eng and Page,
    Area under the precision-recall curve, ECML 2013).
    """
    if lacking := _lacking(rows):
        return lacking
    positives, negatives = rows.positives, rows.negatives
    firsts = np.flatnonzero(np.diff(positives, prepend=-np.inf))[::-1]
    thresholds, hits = positives[firsts], positives.size - firsts
    decided = hits + negatives.size - np.searchsorted(negatives, thresholds, "left")
    value = float(np.sum(np.diff(hits, prepend=0) * (hits / decided)) / positives.size)
    low, high = _logit(value, positives.size, level)
    return Figure(name="average_precision", value=value, low=low, high=high, n=rows.n, interval="logit", level=level)


def lift(rows: Outcomes, share: float, level: float = 0.95) -> Figure | Missing:
    """How many times more positive rows the best `share` of the rows holds than a share drawn blindly; 1 is blind.

    Where the cut falls among equal scores, these give up their part of the positives. The interval is Wilson's of the
    captured part of the positives, divided by the share; `n` is the number of positives.
    """
    if lacking := _lacking(rows):
        return lacking
    captured = _captured(rows, share * rows.n)
    there = rows.positives.size
    low, high = wilson(round(captured), there, level)
    value = captured / there / share
    return Figure(
        name="lift",
        value=value,
        low=min(value, low / share),
        high=max(value, high / share),
        n=there,
        interval="Wilson, divided by the share",
        level=level,
    )


def _captured(rows: Outcomes, wanted: float) -> float:
    """Positive rows among the `wanted` rows with the highest scores."""
    positives, ordered = rows.positives, np.sort(rows.scores)
    cut = ordered[max(0, rows.n - math.ceil(wanted))]
    above = rows.n - int(np.searchsorted(ordered, cut, "right"))
    tied = rows.n - above - int(np.searchsorted(ordered, cut, "left"))
    sure = positives.size - int(np.searchsorted(positives, cut, "right"))
    maybe = positives.size - sure - int(np.searchsorted(positives, cut, "left"))
    return sure + maybe * (wanted - above) / tied


def _lacking(rows: Outcomes) -> Missing | None:
    if lacking := rows.without_classes():
        return lacking
    if rows.positives.size and rows.negatives.size:
        return None
    return Missing(why="All labels are of one class, so there is no order to judge.")


def _logit(value: float, positives: int, level: float) -> tuple[float, float]:
    # One pair that is out of order is the least that the rows can tell from a perfect order.
    inner = min(max(value, 0.5 / positives), 1.0 - 0.5 / positives) if positives > 1 else 0.5
    middle = math.log(inner / (1.0 - inner))
    half = normal_quantile(0.5 + level / 2.0) / math.sqrt(positives * inner * (1.0 - inner))
    low, high = (1.0 / (1.0 + math.exp(-max(-700.0, end))) for end in (middle - half, middle + half))
    return min(value, low), max(value, high)
