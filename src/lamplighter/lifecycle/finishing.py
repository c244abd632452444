"""The end of a model: nothing of it answers any more, and nothing of it is begun or watched."""

from functools import partial

from msgspec.structs import replace

from lamplighter.domain.challenge import Verdict
from lamplighter.domain.claimant import Retiring
from lamplighter.domain.errors import Blocked, Conflict
from lamplighter.domain.events.challenge import ChallengeDecided
from lamplighter.domain.events.retirement import RetirementFinished
from lamplighter.domain.handover import State as Open
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.incident import State, Step
from lamplighter.domain.journal import Entry
from lamplighter.domain.retirement import Retirement, advance
from lamplighter.domain.retirement import Step as Move
from lamplighter.domain.rollout import MOVES, Signal
from lamplighter.domain.routing import retired
from lamplighter.lifecycle import claims, incidents, job_runs, moves, retirements, retrainings, rights, routing
from lamplighter.lifecycle.guarding import guarded
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def finish(kit: Kit, actor: Actor, model: str, note: str) -> Retirement:
    """Let a model end now, everywhere; raises `NotAllowed` for whoever does not own its management, `Blocked` while somebody
    calls it who has not agreed, and `Conflict` while something of it is on its way that cannot be stopped."""
    with kit.store.transaction() as change:
        rights.check_retirer(kit, change, actor, model)
        before = retirements.find(change, model)
        _check_missing(claims.retiring(kit, change, before))
        _check_handover(change, model)
        why = f"{model} is retired: {before.reason}"
        _stop(kit, change, actor, model, why)
        places = _withdraw(change, model)
        after = advance(
            before, Move.FINISH, now=kit.clock.now(), moved_by=actor.email, note=note.strip()[: retirements.WORDS],
            environments=places,
        )  # fmt: skip
        retirements.keep(change, before, after)
        event = RetirementFinished(
            model=model, retirement=after.id, environments=places, successor=after.successor, reason=after.reason
        )
        kit.record(change, event, actor)
        retirements.tell(kit, change, actor, after, "finished")
    for place in places:
        routing.apply(kit, place)
    return after


def _check_missing(found: Retiring) -> None:
    if found.missing:
        model = found.retirement.model
        raise Blocked(
            f"{model} cannot end yet.",
            why=" ".join(found.missing),
            fix=f"Ask them to agree, or wait until they have gone: lamp retire show {model}",
            code="E1431",
        )


def _check_handover(look: Transaction, model: str) -> None:
    found = next(iter(look.handovers.all(model=model, state=Open.OPEN)), None)
    if found is not None:
        raise Conflict(
            f"A handover of {model} is open.",
            why=f"{found.id} would give its duties to {found.receiver}.",
            fix=f"Settle it first: lamp handover show {found.id}",
            code="E1558",
        )


def _stop(kit: Kit, change: Transaction, actor: Actor, model: str, why: str) -> None:
    """Stop every version on its way."""
    for rollout in change.rollouts.all(model=model, open=True):
        if (rollout.phase, Signal.STOPPED) not in MOVES:
            raise Conflict(
                f"A rollout of {model} is about to end.",
                why=f"{rollout.id} is {rollout.phase} in {rollout.environment}.",
                fix="Wait for it, and repeat.",
                code="E1558",
            )
        moves.move(kit, change, rollout, Signal.STOPPED, actor, why)


def _withdraw(change: Transaction, model: str) -> tuple[str, ...]:
    """Let nothing answer anywhere; gives where callers may still ask."""
    found = change.routings.all(model=model)
    for one in found:
        routing.change_routing(change, one, retired(one))
    return tuple(sorted(one.environment for one in found if not one.elsewhere))


def end_work(kit: Kit, entry: Entry) -> None:
    """End what is open of a retired model: incidents, trials, trainings and runs of jobs. What cannot be ended keeps nothing
    else back."""
    event = entry.event
    assert isinstance(event, RetirementFinished)
    why = f"{event.model} is retired ({event.retirement})."
    with kit.store.transaction() as change:
        _resolve(kit, change, event.model, why)
        _end_trials(kit, change, event.model, why)
    with kit.store.reading() as look:
        trainings, runs = look.retrainings.all(model=event.model, open=True), look.job_runs.all(model=event.model, open=True)
    for training in trainings:
        guarded(partial(retrainings.end, kit, training, why))
    for run in runs:
        guarded(partial(job_runs.end, kit, run, why))


def _resolve(kit: Kit, change: Transaction, model: str, why: str) -> None:
    """Resolve incidents of this model alone; what others share goes on for them."""
    for incident in change.incidents.of(model):
        if incident.state is not State.RESOLVED and set(incident.models) == {model}:
            incidents.take(kit, change, incident, PLATFORM, Step.RESOLVE, why)


def _end_trials(kit: Kit, change: Transaction, model: str, why: str) -> None:
    for trial in change.challenges.all(model=model, open=True):
        end = {"verdict": Verdict.NOT_ENOUGH_EVIDENCE, "why": why, "decided_at": kit.clock.now()}
        after = replace(trial, **end, revision=trial.revision + 1)
        change.challenges.replace(after, revision=trial.revision)
        event = ChallengeDecided(
            model=model, challenge=trial.id, environment=trial.environment, champion=trial.champion,
            challenger=trial.challenger, verdict=after.verdict, metric=trial.metric,
        )  # fmt: skip
        kit.record(change, event, PLATFORM)
