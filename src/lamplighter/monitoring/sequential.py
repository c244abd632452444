"""Bounds that hold at every moment at once, so that a guard may look as often as it likes.

A bound made for one look is crossed sooner or later by chance if it is looked at again and again; these are not. They
cost width, about a factor of two.
"""

import math

#: Beta(1/2, 1/2), the prior of Jeffreys, over the rates that are put against each other.
_PRIOR = 0.5
_STEPS = 60


def rate_bounds(events: int, trials: int, alpha: float) -> tuple[float, float]:
    """Bounds of a rate that hold at all numbers of trials together with probability `1 - alpha`.

    A rate p is outside once the mixture of all rates explains the trials `1 / alpha` times better than p (Robbins, Annals
    of Mathematical Statistics 41, 1970; the inequality is Ville's).
    """
    if trials == 0:
        return 0.0, 1.0
    share = events / trials
    mixture = _log_beta(_PRIOR + events, _PRIOR + trials - events) - _log_beta(_PRIOR, _PRIOR)
    cut = mixture + math.log(alpha)
    low = 0.0 if events == 0 else _boundary(events, trials, cut, outside=0.0, inside=share)
    high = 1.0 if events == trials else _boundary(events, trials, cut, outside=1.0, inside=share)
    return low, high


def mean_half_width(deviation: float, n: float, alpha: float) -> float:
    """Half the width of bounds of a mean that hold at all sizes together, for samples of more than some dozens.

    Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, Annals of Statistics 52 (2024), asymptotic confidence sequences; tuned
    to be narrowest near 500 values.
    """
    if n == 0:
        return math.inf
    tuning = (-2.0 * math.log(alpha) + math.log(1.0 - 2.0 * math.log(alpha))) / 500.0
    grown = n * tuning + 1.0
    return deviation * math.sqrt(grown / (n * n * tuning) * math.log(grown / alpha**2))


def difference_half_width(deviations: tuple[float, float], sizes: tuple[int, int], alpha: float) -> float:
    """Half the width of bounds of the difference of two means that hold at all sizes together.

    The two samples share one stream in fixed parts, so the difference is one sum over the stream with the variance of the two
    means together (the estimator of an experiment's effect in the source of `mean_half_width`); its clock is the effective
    size `n m / (n + m)`. Narrower than two bounds added up, the more so the more equal the parts are.
    """
    n, m = sizes
    if not n or not m:
        return math.inf
    effective = n * m / (n + m)
    deviation = math.sqrt((deviations[0] ** 2 / n + deviations[1] ** 2 / m) * effective)
    return mean_half_width(deviation, effective, alpha)


def shares_half_width(n: int, alpha: float) -> float:
    """Half the width of a band around an empirical distribution function that holds at all sizes together.

    The inequality of Dvoretzky, Kiefer and Wolfowitz with Massart's constant (Annals of Probability 18, 1990), at level
    `6 alpha / (pi n)**2` for size n, summed over all sizes.
    """
    if n == 0:
        return 1.0
    return min(1.0, math.sqrt(math.log(2.0 * (math.pi * n) ** 2 / (6.0 * alpha)) / (2.0 * n)))


def _boundary(events: int, trials: int, cut: float, *, outside: float, inside: float) -> float:
    for _ in range(_STEPS):
        middle = 0.5 * (outside + inside)
        likelihood = events * math.log(middle) + (trials - events) * math.log1p(-middle)
        outside, inside = (middle, inside) if likelihood < cut else (outside, middle)
    return outside


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
