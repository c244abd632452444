"""Canary analysis: every guard of a step asked together.

It may be asked at any moment of a rollout and as often as one likes. A version that is no worse than the limits and no
worse than the live one is failed with probability `ALPHA` at most over the whole rollout: the share is divided evenly
among the guards and the steps (Bonferroni), and each guard keeps its part whatever the number of looks.
"""

import msgspec

from lamplighter.domain.outcome import Check, Guard, Judged, Judgement, Outcome
from lamplighter.domain.record import Record
from lamplighter.domain.route import LATENCY_BOUNDS
from lamplighter.domain.steps import Limits
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.guard import judge
from lamplighter.monitoring.latency import judge_latency
from lamplighter.monitoring.score_shift import judge_scores

#: Probability that a rollout of a version that is no worse is failed.
ALPHA = 0.01


class Arm(Record, frozen=True, eq=False):
    """What one version did at a step."""

    requests: int
    failures: int
    #: Requests by latency bucket of `LATENCY_BOUNDS`.
    latencies: tuple[int, ...]
    #: One score a request; nothing if none was counted.
    scores: Distribution | None = None


def analyse(
    limits: Limits, champion: Arm, challenger: Arm, *, least: int, steps: int = 1, compared: bool = True, alpha: float = ALPHA
) -> Outcome:
    """Judge a step of a rollout that has `steps` steps.

    `least` requests are what a pass needs. Where not `compared`, because the live version does not answer, only the
    limits are asked that need no comparison.
    """
    # Bounds that are relative to a version that does not answer could never be kept.
    limits = limits if compared else msgspec.structs.replace(limits, slower=None, score_shift=None)
    asked = _asked(limits)
    part = alpha / (len(asked) * steps)
    checks = tuple(Check(guard=guard, judged=_judged(guard, limits, champion, challenger, least, part)) for guard in asked)
    for judgement in (Judgement.FAILED, Judgement.UNDECIDED):
        found = [check.judged.why for check in checks if check.judged.judgement is judgement]
        if found:
            return Outcome(judgement=judgement, why=found[0], checks=checks)
    return Outcome(judgement=Judgement.PASSED, why=" ".join(check.judged.why for check in checks), checks=checks)


def _asked(limits: Limits) -> tuple[Guard, ...]:
    slow = limits.p95_ms is not None or limits.slower is not None
    return (Guard.ERRORS, *([Guard.LATENCY] if slow else []), *([Guard.SCORES] if limits.score_shift else []))


def _judged(guard: Guard, limits: Limits, champion: Arm, challenger: Arm, least: int, alpha: float) -> Judged:
    if guard is Guard.ERRORS:
        seen = (champion.requests, champion.failures, challenger.requests, challenger.failures)
        return judge(*seen, limits.errors, least=least, alpha=alpha)
    if guard is Guard.LATENCY:
        return judge_latency(
            LATENCY_BOUNDS,
            champion.latencies,
            challenger.latencies,
            limit=limits.p95_ms / 1000.0 if limits.p95_ms is not None else None,
            slower=limits.slower,
            least=least,
            alpha=alpha,
        )
    return _scores(limits, champion.scores, challenger.scores, least, alpha)


def _scores(limits: Limits, champion: Distribution | None, challenger: Distribution | None, least: int, alpha: float) -> Judged:
    assert limits.score_shift is not None
    if champion is None or challenger is None:
        why = "No scores of both versions were counted."
        return Judged(Judgement.UNDECIDED, why, challenger=0.0, champion=0.0, limit=limits.score_shift.mean, n=0)
    return judge_scores(champion, challenger, limits.score_shift, least=least, alpha=alpha)
