"""Deployment: ask for a version to go live, and steer it on its way."""

import msgspec

from lamplighter.domain.decision import Decision
from lamplighter.domain.emergency import Emergency
from lamplighter.domain.environment import Environment
from lamplighter.domain.identity import Actor
from lamplighter.domain.names import unknown
from lamplighter.domain.project import EnvironmentPlan
from lamplighter.domain.rollout import Phase, Rollout, Signal
from lamplighter.domain.stage import Duty
from lamplighter.domain.version import Version
from lamplighter.lifecycle import admission, elsewhere, holding, judging, moves, replays, rights, routing
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def deploy(kit: Kit, actor: Actor, version: Version, environment: Environment) -> tuple[Decision, Rollout | None]:
    """Judge a version for an environment; where no gate refuses it is on its way, or waits for people.

    The same again changes nothing: it gives the rollout that brings this very version there, or that made it live, and what
    that rests on. Raises `NotAllowed` in production for whoever does not hold the duty, and `Conflict` while the rollout of
    another version is open.
    """
    with kit.store.transaction() as change:
        admission.check(kit, change, actor, version, environment)
        if there := _there(change, version, environment):
            return there
        admission.check_free(change, version, environment)
        return ask(kit, change, actor, version, environment)


def foretell(
    kit: Kit, look: Transaction, actor: Actor, version: Version, environment: Environment
) -> tuple[Decision, Rollout | None]:
    """What `deploy` would answer now; a rollout that it would begin has no key yet. Raises what that would raise, and changes
    nothing."""
    admission.check(kit, look, actor, version, environment)
    if there := _there(look, version, environment):
        return there
    admission.check_free(look, version, environment)
    decision = judging.judge(kit, look, version, environment, actor)
    goes_on = decision.passed or decision.waiting
    return decision, _begun(kit, look, actor, version, environment, decision, None) if goes_on else None


def _there(look: Transaction, version: Version, environment: Environment) -> tuple[Decision, Rollout] | None:
    """What was asked for already, and on what word."""
    rollout = admission.begun(look, version, environment)
    decision = look.decisions.find(digest=rollout.decision) if rollout else None
    return (decision, rollout) if decision and rollout else None


def ask(
    kit: Kit,
    change: Transaction,
    actor: Actor,
    version: Version,
    environment: Environment,
    emergency: Emergency | None = None,
) -> tuple[Decision, Rollout | None]:
    """Judge a version and, where no gate refuses it, put it on its way; in an emergency past what that passes."""
    replays.ask(kit, change, actor, version, environment)
    decision = judging.judge(kit, change, version, environment, actor, emergency)
    judging.write_down(kit, change, decision, actor)
    if not (decision.passed or decision.waiting):
        return decision, None
    begun = _begun(kit, change, actor, version, environment, decision, emergency)
    rollout = msgspec.structs.replace(begun, id=change.counters.id("R"))
    change.rollouts.add(rollout)
    kit.record(change, moves.moved_event(rollout), actor)
    if rollout.hold:
        holding.record(kit, change, rollout)
    return decision, rollout


def _begun(
    kit: Kit,
    look: Transaction,
    actor: Actor,
    version: Version,
    environment: Environment,
    decision: Decision,
    emergency: Emergency | None,
) -> Rollout:
    """The rollout of a version that no gate refuses, before it has its key."""
    champion = look.routings.of(version.model, environment.name).champion
    project = look.project(version.model)
    own = project.env.get(environment.name, EnvironmentPlan())
    return Rollout(
        id="",
        model=version.model,
        environment=environment.name,
        number=version.number,
        version=version.digest,
        previous=champion.number if champion else 0,
        decision=decision.digest,
        asked_by=actor.email,
        plan=judging.plan_of(kit.policy, project, environment),
        phase=Phase.PENDING if decision.passed else Phase.WAITING,
        opened_at=kit.clock.now(),
        moved_at=kit.clock.now(),
        why=decision.way if decision.passed else "It waits for people.",
        elsewhere=version.elsewhere is not None,
        hold=holding.hold(kit, project, environment) if decision.passed and not emergency else None,
        emergency=emergency.id if emergency else "",
        before=own.before,
        after=own.after,
    )


def steer(kit: Kit, actor: Actor, key: str, signal: Signal, why: str) -> Rollout:
    """Pause, resume or stop a rollout; raises `NotAllowed` for whoever gave the duty away, `NotFound`,
    or `Conflict` for a move that does not exist."""
    with kit.store.transaction() as change:
        rollout = change.rollouts.find(id=key)
        if rollout is None:
            raise unknown("rollout", key, (found.id for found in change.rollouts.all(open=True)))
        duty = Duty.ROLL_BACK if signal is Signal.STOPPED else Duty.DEPLOY
        rights.check_handed(kit, change, actor, rollout.model, change.environment(rollout.environment), duty)
        live = change.routings.of(rollout.model, rollout.environment)
        if rollout.phase is Phase.CONFIRMING and live.elsewhere:
            raise elsewhere.no_way_back(change, live, 0)
        after = moves.move(kit, change, rollout, signal, actor, why)
    routing.apply(kit, after.environment)
    return after
