"""Move one open rollout one step, from what is seen now. Called again and again; a crash costs one call."""

from collections.abc import Sequence

import msgspec

from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.project import seconds
from lamplighter.domain.replay import State
from lamplighter.domain.rollout import Phase, Rollout, Signal
from lamplighter.domain.route import LATENCY_BOUNDS
from lamplighter.lifecycle import deployment, judging, replays, routing
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring.guard import Judgement, judge
from lamplighter.monitoring.latency import judge_latency
from lamplighter.store.traffic import Traffic, total

#: A version that is not loaded everywhere after this long is given up, seconds.
_LOADING = 120.0

Seen = tuple[Signal, str] | None


def advance(kit: Kit, rollout: Rollout, elapsed: float) -> Rollout:
    """Take the step that is due, or wait; `elapsed` are the seconds since the last look."""
    look_at = {
        Phase.WAITING: _waiting,
        Phase.PENDING: _pending,
        Phase.STARTING: _starting,
        Phase.SHIFTING: _shifting,
        Phase.PAUSED: _paused,
        Phase.COMPLETING: _ending,
        Phase.WITHDRAWING: _ending,
    }
    aged = msgspec.structs.replace(rollout, waited=rollout.waited + elapsed)
    seen = _quarantined(kit, rollout) or look_at[rollout.phase](kit, aged)
    if seen is None:
        return _age(kit, rollout, elapsed)
    with kit.store.transaction() as change:
        after = deployment.move(kit, change, rollout, seen[0], PLATFORM, seen[1])
    if not after.phase.final:
        routing.apply(kit, rollout.environment)
    return after


def _quarantined(kit: Kit, rollout: Rollout) -> Seen:
    """A version whose processes ended again and again loses its trial, however few requests it had."""
    if rollout.phase not in (Phase.STARTING, Phase.SHIFTING, Phase.PAUSED):
        return None
    why = routing.observe(kit, rollout.environment).quarantined.get(rollout.version)
    return (Signal.BROKEN, f"It is in quarantine. {why}") if why else None


def _age(kit: Kit, rollout: Rollout, elapsed: float) -> Rollout:
    """Time counts for a step only while the step is on; it is kept, so that a restart neither shortens nor repeats it."""
    if rollout.phase not in (Phase.STARTING, Phase.SHIFTING):
        return rollout
    baked = rollout.baked + elapsed if rollout.phase is Phase.SHIFTING else 0.0
    aged = msgspec.structs.replace(rollout, baked=baked, waited=rollout.waited + elapsed, revision=rollout.revision + 1)
    with kit.store.transaction() as change:
        change.rollouts.replace(aged, revision=rollout.revision)
    return aged


def _waiting(kit: Kit, rollout: Rollout) -> Seen:
    with kit.store.transaction() as change:
        version = change.versions.find(model=rollout.model, number=rollout.number)
        assert version is not None
        environment = change.environment(rollout.environment)
        # Another version may have gone live meanwhile. A failed replay is left to people, or it would fail at every look.
        replays.ask(kit, change, PLATFORM, version, environment, repeat=(State.DONE,))
        decision = judging.judge(kit, change, version, environment, PLATFORM)
        before = change.decisions.find(digest=rollout.decision)
        if before is not None and before.judgements == decision.judgements and before.binding == decision.binding:
            return None
        judging.write_down(kit, change, decision, PLATFORM)
        after = msgspec.structs.replace(rollout, decision=decision.digest, revision=rollout.revision + 1)
        change.rollouts.replace(after, revision=rollout.revision)
        if decision.passed:
            deployment.move(kit, change, after, Signal.CLEARED, PLATFORM, "Every gate passed.")
        elif not decision.waiting:
            refused = next(j for j in decision.judgements if not j.verdict)
            deployment.move(kit, change, after, Signal.DENIED, PLATFORM, f"{refused.gate}: {refused.verdict.why}")
    return None


def _pending(_: Kit, __: Rollout) -> Seen:
    return Signal.APPLIED, "The environment is told to load it."


def _starting(kit: Kit, rollout: Rollout) -> Seen:
    observation = routing.observe(kit, rollout.environment)
    if rollout.version in observation.refused:
        return Signal.BROKEN, f"It does not load: {observation.refused[rollout.version]}"
    told = routing.settled(observation, routing.wanted_revision(kit, rollout.environment))
    if told and rollout.version in observation.loaded:
        return Signal.READY, "Every worker has loaded and verified it."
    if rollout.waited > _LOADING:
        return Signal.OVERDUE, f"It was not loaded everywhere after {_LOADING:g} s."
    return None


def _shifting(kit: Kit, rollout: Rollout) -> Seen:
    if rollout.previous == 0:
        return Signal.PROVEN, "Nothing was live before, so there is nothing to shift from."
    champion, challenger = _traffic(kit, rollout)
    verdict, why = _guarded(rollout, champion, challenger)
    if verdict is Judgement.FAILED:
        return Signal.BROKEN, why
    held = rollout.baked >= seconds(rollout.plan.each) and challenger.requests >= rollout.plan.least_requests
    if held and (verdict is Judgement.PASSED or not rollout.plan.least_requests):
        return (Signal.PROVEN if rollout.last_step else Signal.HELD), why
    if rollout.waited > seconds(rollout.plan.deadline):
        return Signal.OVERDUE, f"The step had too little evidence until its deadline: {why}"
    return None


def _paused(kit: Kit, rollout: Rollout) -> Seen:
    verdict, why = _guarded(rollout, *_traffic(kit, rollout))
    return (Signal.BROKEN, why) if verdict is Judgement.FAILED else None


def _ending(kit: Kit, rollout: Rollout) -> Seen:
    observation = routing.observe(kit, rollout.environment)
    if routing.settled(observation, routing.wanted_revision(kit, rollout.environment)):
        return Signal.SETTLED, rollout.why
    routing.apply(kit, rollout.environment)
    return None


def _traffic(kit: Kit, rollout: Rollout) -> tuple[Traffic, Traffic]:
    """What champion and challenger did since the step was recorded."""
    since = rollout.moved_at // 1_000_000
    with kit.store.reading() as look:
        seen = look.traffic.since(rollout.model, rollout.environment, since)
    answering = [part for part in seen if part.arm not in ("shadow", "fallback")]
    return _of(answering, rollout.previous), _of(answering, rollout.number)


def _of(seen: Sequence[Traffic], number: int) -> Traffic:
    return total([part for part in seen if part.number == number])


def _guarded(rollout: Rollout, champion: Traffic, challenger: Traffic) -> tuple[Judgement, str]:
    limits = rollout.plan.stop_if
    failures = judge(
        champion.requests,
        champion.failures,
        challenger.requests,
        challenger.failures,
        limits.errors,
        least=max(1, rollout.plan.least_requests),
    )
    seen = f"It failed {challenger.failures} of {challenger.requests} requests; v{rollout.previous} answered those instead."
    if failures.judgement is Judgement.FAILED:
        return failures.judgement, seen
    if limits.p95_ms is not None:
        slow = judge_latency(LATENCY_BOUNDS, champion.latencies, challenger.latencies, limit=limits.p95_ms / 1000.0)
        if slow.judgement is not Judgement.PASSED:
            return slow.judgement, slow.why
    return failures.judgement, failures.why
