"""Move one open rollout one step, from what is seen now. Called again and again; a crash costs one call."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from lamplighter.domain.duration import seconds
from lamplighter.domain.hook import Moment, due, failure
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.outcome import Guard, Judgement, Outcome
from lamplighter.domain.replay import State
from lamplighter.domain.rollout import FORWARD, Phase, Rollout, Signal, looked
from lamplighter.domain.steps import Undecided
from lamplighter.lifecycle import holding, judging, moves, replays, routing, tallying
from lamplighter.lifecycle.holding import Calendar
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring.canary import analyse

#: A version that is not loaded everywhere after this long is given up, seconds.
_LOADING = 120.0

#: Seconds of a look that wait for the bytes of a version to come to the disk of serving.
_BRINGING = 0.2

_LOADED = "Every worker has loaded and verified it."
#: What a step comes to that is undecided at its deadline, and how that is said.
_AT_DEADLINE: Mapping[Undecided, tuple[Signal, str]] = {
    Undecided.ROLL_BACK: (Signal.OVERDUE, "The step had too little evidence until its deadline"),
    Undecided.HOLD: (Signal.UNDECIDED, "The step is undecided at its deadline; its share stays and it waits for evidence"),
    Undecided.ASK: (Signal.ASKED, "The step is undecided at its deadline; somebody has to resume or stop it"),
}


class Seen(NamedTuple):
    """What was seen of a rollout."""

    #: The move that is due; nothing if it waits.
    signal: Signal | None
    why: str
    #: What the guards said, where they were asked.
    outcome: Outcome | None = None


_NOTHING = Seen(None, "")


def advance(kit: Kit, rollout: Rollout, elapsed: float, calendar: Calendar) -> Rollout:
    """Take the step that is due, or wait; `elapsed` are the seconds since the last look."""
    look_at = {
        Phase.WAITING: _waiting,
        Phase.PENDING: _pending,
        Phase.STARTING: _starting,
        Phase.SHIFTING: _shifting,
        Phase.PAUSED: _paused,
        Phase.COMPLETING: _ending,
        Phase.CONFIRMING: _confirming,
        Phase.WITHDRAWING: _ending,
    }
    aged = _aged(holding.look(kit, rollout, calendar), elapsed)
    seen = _quarantined(kit, rollout) or look_at[rollout.phase](kit, aged)
    if seen.signal is None or (aged.hold and seen.signal in FORWARD):
        return _keep(kit, aged, seen.outcome)
    with kit.store.transaction() as change:
        after = moves.move(kit, change, aged, seen.signal, PLATFORM, seen.why, seen.outcome)
    if not (after.phase.final or after.elsewhere):
        routing.apply(kit, rollout.environment)
    return after


def _quarantined(kit: Kit, rollout: Rollout) -> Seen | None:
    """A version whose processes ended again and again loses its trial, however few requests it had."""
    if rollout.phase not in (Phase.STARTING, Phase.SHIFTING, Phase.PAUSED):
        return None
    why = routing.observe(kit, rollout.environment).quarantined.get(rollout.version)
    return Seen(Signal.BROKEN, f"It is in quarantine. {why}") if why else None


def _aged(rollout: Rollout, elapsed: float) -> Rollout:
    """Time counts for a step only while the step is on, and for its deadline only while the calendar lets it go on."""
    if rollout.phase not in (Phase.STARTING, Phase.SHIFTING):
        return rollout
    baked = rollout.baked + elapsed if rollout.phase is Phase.SHIFTING else 0.0
    waited = rollout.waited if rollout.hold else rollout.waited + elapsed
    return msgspec.structs.replace(rollout, baked=baked, waited=waited)


def _keep(kit: Kit, aged: Rollout, outcome: Outcome | None) -> Rollout:
    """Keep the time and what the guards say, so that a restart neither shortens nor repeats a step."""
    if aged.phase not in (Phase.STARTING, Phase.SHIFTING):
        return aged
    known = looked(aged, outcome) if outcome else aged
    after = msgspec.structs.replace(known, revision=aged.revision + 1)
    with kit.store.transaction() as change:
        change.rollouts.replace(after, revision=aged.revision)
    return after


def _waiting(kit: Kit, rollout: Rollout) -> Seen:
    with kit.store.transaction() as change:
        version = change.versions.find(model=rollout.model, number=rollout.number)
        assert version is not None
        environment = change.environment(rollout.environment)
        # Another version may have gone live meanwhile. A failed replay is left to people, or it would fail at every look.
        replays.ask(kit, change, PLATFORM, version, environment, repeat=(State.DONE,))
        emergency = holding.in_force(kit, change, rollout)
        decision = judging.judge(kit, change, version, environment, PLATFORM, emergency)
        before = change.decisions.find(digest=rollout.decision)
        if before is not None and before.judgements == decision.judgements and before.binding == decision.binding:
            return _NOTHING
        judging.write_down(kit, change, decision, PLATFORM)
        after = msgspec.structs.replace(rollout, decision=decision.digest, revision=rollout.revision + 1)
        change.rollouts.replace(after, revision=rollout.revision)
        if decision.passed:
            moves.move(kit, change, after, Signal.CLEARED, PLATFORM, decision.way)
        elif not decision.waiting:
            refused = next(j for j in decision.judgements if not j.verdict)
            moves.move(kit, change, after, Signal.DENIED, PLATFORM, f"{refused.gate}: {refused.verdict.why}")
    return _NOTHING


def _pending(kit: Kit, rollout: Rollout) -> Seen:
    failed = failure(Moment.BEFORE, rollout.before, rollout.answers)
    if failed is not None:
        return Seen(Signal.DENIED, f"The hook {failed.hook} before it said no. {failed.why}")
    if due(Moment.BEFORE, rollout.before, rollout.answers) is not None:
        return _NOTHING
    if rollout.elsewhere:
        return Seen(Signal.DECLARED, "It runs elsewhere: from now on it counts as live.")
    if kit.bringing.lacking([rollout.version], _BRINGING):
        return _NOTHING
    return Seen(Signal.APPLIED, "The environment is told to load it.")


def _starting(kit: Kit, rollout: Rollout) -> Seen:
    observation = routing.observe(kit, rollout.environment)
    if rollout.version in observation.refused:
        return Seen(Signal.BROKEN, f"It does not load: {observation.refused[rollout.version]}")
    told = routing.settled(observation, routing.wanted_revision(kit, rollout.environment))
    if told and rollout.version in observation.loaded:
        return Seen(Signal.READY, _LOADED)
    if rollout.waited > _LOADING:
        return Seen(Signal.OVERDUE, f"It was not loaded everywhere after {_LOADING:g} s.")
    return _NOTHING


def _shifting(kit: Kit, rollout: Rollout) -> Seen:
    if rollout.previous == 0:
        return Seen(Signal.PROVEN, f"{_LOADED} Nothing was live here before, so it takes all traffic at once.")
    plan, outcome = rollout.plan, _outcome(kit, rollout)
    if outcome.judgement is Judgement.FAILED:
        return Seen(Signal.BROKEN, outcome.why, outcome)
    held = rollout.baked >= seconds(plan.each) and outcome.checks[0].judged.n >= plan.least_requests
    if held and (outcome.judgement is Judgement.PASSED or not plan.least_requests):
        return Seen(Signal.PROVEN if rollout.last_step else Signal.HELD, _rests_on(outcome), outcome)
    if rollout.waited > seconds(plan.deadline):
        signal, said = _AT_DEADLINE[plan.undecided]
        return Seen(signal, f"{said}: {outcome.why}", outcome)
    return Seen(None, "", outcome)


def _rests_on(outcome: Outcome) -> str:
    """What a step rests on that is over: its guards, or where the plan asks for no requests what is known without them."""
    if outcome.judgement is Judgement.PASSED:
        return outcome.why
    if outcome.checks[0].judged.n:
        return f"{outcome.why} The plan asks for no evidence here."
    return f"{_LOADED} No request came meanwhile, and the plan asks for none here."


def _paused(kit: Kit, rollout: Rollout) -> Seen:
    outcome = _outcome(kit, rollout)
    return Seen(Signal.BROKEN, outcome.why, outcome) if outcome.judgement is Judgement.FAILED else _NOTHING


def _confirming(_: Kit, rollout: Rollout) -> Seen:
    failed = failure(Moment.AFTER, rollout.after, rollout.answers)
    if failed is not None:
        return Seen(Signal.BROKEN, f"The hook {failed.hook} after it said no. {failed.why}")
    is_over = due(Moment.AFTER, rollout.after, rollout.answers) is None
    return Seen(Signal.SETTLED, rollout.why) if is_over else _NOTHING


def _ending(kit: Kit, rollout: Rollout) -> Seen:
    settled = Signal.ROUTED if rollout.after and rollout.phase is Phase.COMPLETING else Signal.SETTLED
    if rollout.elsewhere:
        return Seen(settled, rollout.why)
    observation = routing.observe(kit, rollout.environment)
    if routing.settled(observation, routing.wanted_revision(kit, rollout.environment)):
        return Seen(settled, rollout.why)
    if not observation.alive and routing.serves_nothing(kit, rollout.environment):
        return Seen(Signal.SETTLED, rollout.why)
    routing.apply(kit, rollout.environment)
    return _NOTHING


def _outcome(kit: Kit, rollout: Rollout) -> Outcome:
    """What the guards say of the step that is on."""
    with kit.store.reading() as look:
        champion, challenger = tallying.arms(kit, look, rollout)
    plan = rollout.plan
    said = analyse(
        plan.stop_if,
        champion,
        challenger,
        least=max(1, plan.least_requests),
        steps=len(plan.steps),
        compared=not rollout.last_step,
    )
    failures = said.checks[0]
    assert failures.guard is Guard.ERRORS
    if failures.judged.judgement is Judgement.FAILED:
        seen = f"It failed {challenger.failures} of {challenger.requests} requests"
        said = msgspec.structs.replace(said, why=f"{seen}; v{rollout.previous} answered those instead.")
    return msgspec.structs.replace(said, step=rollout.step)
