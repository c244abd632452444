"""The guard of a rollout: may the challenger have more traffic, on its failures alone?

It may be asked after every request. Whatever the number of looks, a challenger that fails no more often than the limit,
and no more often than the champion, is failed with probability `alpha` at most.
"""

from lamplighter.domain.outcome import Judged, Judgement
from lamplighter.monitoring.sequential import rate_bounds


def judge(
    champion_requests: int,
    champion_failures: int,
    challenger_requests: int,
    challenger_failures: int,
    limit_rate: float,
    *,
    least: int = 50,
    margin: float = 0.0,
    alpha: float = 0.01,
) -> Judged:
    """Judge the share of failed requests.

    Fails when the challenger's rate is above `limit_rate`, or above the champion's by more than `margin`, beyond chance.
    Passes when its rate is proven to be at most the limit, or when at least `least` requests show a rate within the limit;
    else undecided.
    """
    low, high = rate_bounds(challenger_failures, challenger_requests, alpha / 2.0)
    _, champion_high = rate_bounds(champion_failures, champion_requests, alpha / 2.0)
    share = challenger_failures / max(challenger_requests, 1)
    judgement, why = Judgement.UNDECIDED, f"{challenger_requests} requests are too few to judge the failures."
    if low > limit_rate:
        judgement, why = Judgement.FAILED, "It fails more requests than the limit allows."
    elif champion_requests and low > champion_high + margin:
        judgement, why = Judgement.FAILED, "It fails more requests than the version that is live."
    elif high <= limit_rate or (challenger_requests >= least and share <= limit_rate):
        judgement, why = Judgement.PASSED, "It fails no more requests than the limit allows."
    elif challenger_requests >= least:
        why = "It fails more requests than the limit so far, but that may be chance."
    champion = champion_failures / max(champion_requests, 1)
    return Judged(judgement, why, challenger=share, champion=champion, limit=limit_rate, n=challenger_requests)
