"""The test of Kolmogorov and Smirnov for two samples."""

import math

import numpy as np

#: From this many values in a sample on the limiting distribution is used, as scipy does.
LARGE = 10_000


def smirnov_p(statistic: float, n: int, m: int) -> float:
    """Probability of a distance of two samples of `n` and `m` values at least as large, from one continuous distribution.

    Exact by counting the ways between two boundaries (Hodges, Arkiv foer Matematik 3, 1958) while both samples have at most
    10,000 values; beyond, the limit of Smirnov (Annals of Mathematical Statistics 19, 1948) with the correction of Vrbik
    (Pioneer Journal of Theoretical and Applied Statistics 15, 2018), right to a thousandth.
    """
    if max(n, m) > LARGE:
        size = n * m / (n + m)
        scaled = math.sqrt(size) * statistic
        scaled += 1.0 / (6.0 * math.sqrt(size)) + (scaled - 1.0) / (4.0 * size)
        signed = ((-1.0 if k % 2 == 0 else 1.0) * math.exp(-2.0 * (k * scaled) ** 2) for k in range(1, 101))
        return min(max(2.0 * sum(signed), 0.0), 1.0)
    steps = round(statistic * n * m / math.gcd(n, m))
    return 1.0 - _inside(n, m, steps) if steps else 1.0


def _inside(n: int, m: int, steps: int) -> float:
    """The share of all orders in which the distance stays below `steps` steps of one by the least common multiple."""
    up, right = m // math.gcd(n, m), n // math.gcd(n, m)
    places = np.arange(m + 1) * right
    ways = (places < steps).astype(np.float64)
    logarithm = 0.0
    for row in range(1, n + 1):
        ways = np.where(np.abs(row * up - places) < steps, ways, 0.0)
        ways = np.where(np.abs(row * up - places) < steps, np.cumsum(ways), 0.0)
        largest = float(ways.max())
        if largest == 0.0:
            return 0.0
        ways, logarithm = ways / largest, logarithm + math.log(largest)
    total = math.lgamma(n + m + 1) - math.lgamma(n + 1) - math.lgamma(m + 1)
    last = float(ways[-1])
    return min(math.exp(logarithm + math.log(last) - total), 1.0) if last > 0.0 else 0.0
