"""Evidence of a rollout's step: counted as records come in, read as the guards are asked.

Each record is counted once, in the transaction that moves the position in its segment. It counts for the step that is on,
if it was answered after that step began; to the microsecond, so that no request of a step counts for the next.
"""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from lamplighter.domain.prediction import Scored
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.route import Arm, latency_bucket
from lamplighter.lifecycle import profiles
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring import canary
from lamplighter.monitoring import counts as counting
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.profile import PREDICTION, Profile
from lamplighter.store.tallies import StepTally
from lamplighter.store.transaction import Transaction


def count(kit: Kit, change: Transaction, environment: str, records: Sequence[Scored]) -> None:
    """Add answers of the versions that are compared to the tallies of their steps."""
    opened = change.rollouts.all(environment=environment, open=True)
    compared = {rollout.model: rollout for rollout in opened if rollout.phase in (Phase.SHIFTING, Phase.PAUSED)}
    by_model: dict[str, list[Scored]] = defaultdict(list)
    for record in records:
        if record.model in compared and record.arm in (Arm.CHAMPION, Arm.CHALLENGER):
            by_model[record.model].append(record)
    for model, found in by_model.items():
        rollout = compared[model]
        _count(kit, change, rollout, [record for record in found if record.at >= rollout.stepped_at])


def _count(kit: Kit, change: Transaction, rollout: Rollout, records: Sequence[Scored]) -> None:
    profile = _profile(kit, change, rollout)
    for number in (rollout.previous, rollout.number):
        fresh = [record for record in records if record.number == number]
        if fresh:
            known = change.tallies.of(rollout.id, rollout.step, number)
            change.tallies.put([_grown(known, fresh, profile)])


def _grown(known: StepTally, records: Sequence[Scored], profile: Profile | None) -> StepTally:
    latencies = list(known.latencies)
    for record in (one for one in records if one.duration >= 0):
        latencies[latency_bucket(record.duration / 1_000_000)] += 1
    return msgspec.structs.replace(
        known,
        requests=known.requests + len(records),
        failures=known.failures + sum(record.broke for record in records),
        latencies=tuple(latencies),
        scores=_counted(known.scores, records, profile),
    )


def _counted(known: bytes, records: Sequence[Scored], profile: Profile | None) -> bytes:
    # Rows of one request are alike, and the guard reckons with independent scores: one of each request.
    scores = [record.scores[0] for record in records if record.scores]
    if profile is None or not scores:
        return known
    fresh = counting.count(profile, {}, scores)
    return counting.counts_bytes(counting.merge(counting.counts_from(known), fresh) if known else fresh)


def _profile(kit: Kit, look: Transaction, rollout: Rollout) -> Profile | None:
    """The reference of the live version, in whose bins the scores of both are counted."""
    live = look.versions.find(model=rollout.model, number=rollout.previous)
    return profiles.profile_of(kit, live) if live else None


def arms(kit: Kit, look: Transaction, rollout: Rollout) -> tuple[canary.Arm, canary.Arm]:
    """What the live version and the one that comes did since the step began."""
    profile = _profile(kit, look, rollout)
    champion, challenger = (look.tallies.of(rollout.id, rollout.step, n) for n in (rollout.previous, rollout.number))
    return _arm(champion, profile), _arm(challenger, profile)


def _arm(seen: StepTally, profile: Profile | None) -> canary.Arm:
    return canary.Arm(seen.requests, seen.failures, seen.latencies, _distribution(seen.scores, profile))


def _distribution(scores: bytes, profile: Profile | None) -> Distribution | None:
    if profile is None or not scores:
        return None
    return counting.windows(profile, counting.counts_from(scores)).get(PREDICTION)
