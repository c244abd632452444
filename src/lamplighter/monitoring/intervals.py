"""Intervals for shares, means and quantiles."""

import math

import numpy as np

from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.probability import beta_below, normal_quantile, student_quantile


def wilson(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Score interval of a share (Wilson, J. Am. Stat. Assoc. 22, 1927); `n` is at least 1."""
    z = normal_quantile(0.5 + level / 2.0)
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == n else min(1.0, middle + half)
    return low, high


def mean_interval(values: FloatArray, level: float = 0.95) -> tuple[float, float]:
    """Student's interval of a mean (Biometrika 6, 1908), of independent rows; from minus to plus infinity below two rows."""
    if values.size < 2:
        return -math.inf, math.inf
    middle = float(np.mean(values))
    half = student_quantile(0.5 + level / 2.0, values.size - 1) * float(np.std(values, ddof=1)) / math.sqrt(values.size)
    return middle - half, middle + half


def quantile_below(ordered: FloatArray, probability: float, alpha: float) -> float:
    """An order statistic that the quantile lies above with probability `alpha` at most, whatever the distribution of the
    independent, rising values (Hahn and Meeker, Statistical Intervals, 1991); infinite where they are too few."""
    n = ordered.size
    rank = _first_rank(n, probability, 1.0 - alpha)
    return float(ordered[rank - 1]) if rank <= n else math.inf


def quantile_above(ordered: FloatArray, probability: float, alpha: float) -> float:
    """An order statistic that the quantile lies below with probability `alpha` at most; minus infinity where they are too
    few."""
    # Of the ranks below which fewer values lie with more than that probability, the one before the first.
    rank = _first_rank(ordered.size, probability, math.nextafter(alpha, 1.0)) - 1
    return float(ordered[rank - 1]) if rank else -math.inf


def _first_rank(n: int, probability: float, least: float) -> int:
    """The first rank such that fewer values than it lie below the quantile with this probability at least; n + 1 if none."""
    low, high = 1, n + 1
    while low < high:
        middle = (low + high) // 2
        # So many of n lie below it: a binomial tail as an incomplete beta (DLMF 8.17.5).
        if beta_below(1.0 - probability, n - middle + 1.0, float(middle)) >= least:
            high = middle
        else:
            low = middle + 1
    return low
