"""Intervals for shares and means."""

import math

import numpy as np

from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.probability import normal_quantile, student_quantile


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
