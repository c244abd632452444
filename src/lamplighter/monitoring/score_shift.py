"""The guard of a rollout on what it answers: do the scores of the challenger look like those of the champion?

Both arms take a share of the same traffic, so their scores should differ by what the new version is meant to change and
no more. Like the guard on failures it may be asked at any time.
"""

import math

import numpy as np

from lamplighter.domain.outcome import Judged, Judgement
from lamplighter.domain.steps import ScoreShift
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.sequential import difference_half_width, shares_half_width

#: The bounds of a mean are asymptotic; below this many values they are not used.
FEWEST = 50


def judge_scores(
    champion: Distribution,
    challenger: Distribution,
    tolerance: ScoreShift,
    *,
    least: int = 50,
    alpha: float = 0.01,
) -> Judged:
    """Judge the shift of the scores, both counted in the same numeric bins.

    Fails when the means or the distributions differ by more than the tolerance beyond chance; the share of false failures
    is `alpha` at most over all looks, for independent scores, and the parts of the tolerance that are asked share it.
    Passes with at least `least` scores of each arm that differ by no more than the tolerance; else undecided. A part of
    the tolerance that is left out is not asked.
    """
    fewest = min(int(champion.present), int(challenger.present))
    part = alpha / max(1, sum(limit is not None for limit in (tolerance.mean, tolerance.distance)))
    shift, shift_error = _shift(champion, challenger, part)
    apart, apart_error = _apart(champion, challenger, part / 2.0)
    most, farthest = (math.inf if limit is None else limit for limit in (tolerance.mean, tolerance.distance))
    judgement, why = Judgement.UNDECIDED, f"{fewest} scores are too few to compare."
    if shift - shift_error > most:
        judgement, why = Judgement.FAILED, "Its mean score differs by more than the tolerance."
    elif apart - apart_error > farthest:
        judgement, why = Judgement.FAILED, f"Its scores are distributed differently: {apart:.3f} apart, beyond the tolerance."
    elif fewest >= least and shift <= most and apart <= farthest:
        judgement, why = Judgement.PASSED, "Its scores look like those of the version that is live."
    elif fewest >= least:
        why = "Its scores differ by more than the tolerance so far, but that may be chance."
    n = int(challenger.present)
    if tolerance.mean is None:
        return Judged(judgement, why, challenger=apart, champion=0.0, limit=tolerance.distance, n=n)
    means = float(challenger.mean()), float(champion.mean())
    return Judged(judgement, why, challenger=means[0], champion=means[1], limit=tolerance.mean, n=n)


def _shift(champion: Distribution, challenger: Distribution, alpha: float) -> tuple[float, float]:
    if min(int(champion.present), int(challenger.present)) < FEWEST:
        return 0.0, math.inf
    deviations = float(champion.deviation()), float(challenger.deviation())
    error = difference_half_width(deviations, (int(champion.present), int(challenger.present)), alpha)
    return abs(float(challenger.mean()) - float(champion.mean())), error


def _apart(champion: Distribution, challenger: Distribution, alpha: float) -> tuple[float, float]:
    error = sum(shares_half_width(int(arm.present), alpha) for arm in (champion, challenger))
    return float(np.max(np.abs(challenger.below - champion.below))), error
