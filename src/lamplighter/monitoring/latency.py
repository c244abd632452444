"""Latency from bucket counts: quantiles, and a guard that looks at the slow share of the requests.

"The 95th percentile is above x" and "more than 5 % of the requests take longer than x" say the same; the second is a rate
and can be guarded like failures. Where x lies inside a bucket, only requests that were surely slower count against the
challenger.
"""

from bisect import bisect_left
from collections.abc import Sequence

from lamplighter.domain.outcome import Judged, Judgement
from lamplighter.monitoring.sequential import rate_bounds


def quantile(bounds: Sequence[float], counts: Sequence[int], probability: float = 0.95) -> float | None:
    """Estimate of a quantile, on a straight line inside its bucket; the last bound if it lies beyond; nothing without requests
    whose time is known.

    `bounds` are the rising upper bounds of the buckets; `counts` has one more, for the open bucket.
    """
    wanted, seen, lower = probability * sum(counts), 0, 0.0
    if wanted == 0:
        return None
    for upper, found in zip(bounds, counts, strict=False):
        if seen + found >= wanted and found:
            return lower + (upper - lower) * (wanted - seen) / found
        seen, lower = seen + found, upper
    return bounds[-1]


def judge_latency(
    bounds: Sequence[float],
    champion: Sequence[int],
    challenger: Sequence[int],
    *,
    limit: float | None = None,
    slower: float | None = None,
    probability: float = 0.95,
    least: int = 50,
    alpha: float = 0.01,
) -> Judged:
    """Judge a quantile of the latency from bucket counts.

    Fails when the quantile is above `limit` seconds, or above `slower` times the champion's, beyond chance and whatever
    the number of looks. Passes with at least `least` requests and an estimate within what was asked; with
    `slower` only once a bound of the champion's quantile is known. A limit beyond the
    last bound cannot be told from it and never fails.
    """
    relative = _relative(bounds, champion, slower, probability, alpha)
    known = [value for value in (limit, relative) if value is not None]
    seen, before, n = quantile(bounds, challenger, probability), quantile(bounds, champion, probability), sum(challenger)
    asked = min(known, default=float("inf"))
    judgement, why = Judgement.UNDECIDED, f"{n} requests whose time is known are too few to judge the latency."
    if _slow_share_at_least(bounds, challenger, asked, alpha) > 1.0 - probability:
        judgement, why = Judgement.FAILED, "It answers more slowly than allowed."
    elif n >= least and slower is not None and relative is None:
        why = "The version that is live answered too few requests to compare the latency with."
    elif n >= least and seen is not None and seen <= asked:
        judgement, why = Judgement.PASSED, "It answers as fast as asked."
    elif n >= least:
        why = "It answers more slowly than allowed so far, but that may be chance."
    return Judged(judgement, why, challenger=seen, champion=before, limit=asked if known else None, n=n)


def _relative(
    bounds: Sequence[float], champion: Sequence[int], slower: float | None, probability: float, alpha: float
) -> float | None:
    """The latency that the challenger may reach: a bound that the champion's quantile is surely below, times `slower`."""
    if slower is None:
        return None
    total = sum(champion)
    for at, upper in enumerate(bounds):
        if rate_bounds(sum(champion[at + 1 :]), total, alpha / 2.0)[1] <= 1.0 - probability:
            return upper * slower
    return None


def _slow_share_at_least(bounds: Sequence[float], counts: Sequence[int], limit: float, alpha: float) -> float:
    first = bisect_left(bounds, limit)
    if first == len(bounds):
        return 0.0
    return rate_bounds(sum(counts[first + 1 :]), sum(counts), alpha / 2.0)[0]
