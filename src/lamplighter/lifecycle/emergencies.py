"""Emergencies: one person passes the calendar and missing words, and everybody is told."""

import msgspec

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.decision import Decision
from lamplighter.domain.duration import seconds
from lamplighter.domain.emergency import GRANTED, PASSED, Emergency, words
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict
from lamplighter.domain.events.emergency import EmergencyAnnounced, EmergencyDeclared
from lamplighter.domain.identity import Actor
from lamplighter.domain.rollout import HOLDABLE, Phase, Rollout, Signal
from lamplighter.domain.version import Version
from lamplighter.lifecycle import admission, deployment, holding, judging, moves, rights
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.second_person import holders, second_person
from lamplighter.store.transaction import Transaction


def declare(
    kit: Kit, actor: Actor, version: Version, environment: Environment, why: str
) -> tuple[Decision, Rollout | None, Emergency | None]:
    """Bring a version on its way past freezes, windows, missing acceptances and open reviews; every other gate is asked.

    A rollout of the version that waits there or is held goes on, with its share and what its guards have seen.

    Raises `NotAllowed` for everybody who may not do the duty to deploy, `Invalid` without a reason, and `Conflict` where
    nothing of all that stands in the way, or another version is under way. Nothing is declared where another gate refuses.
    """
    said = words(why, 'Write --reason "Every second answer is wrong since noon; v8 answers right."')
    with kit.store.transaction() as change:
        rights.check_deployer(kit, change, actor, version.model)
        admission.check(kit, change, actor, version, environment)
        open_one = _open(change, version, environment)
        emergency = _drafted(kit, change, actor, version, environment, said)
        foreseen = judging.judge(kit, change, version, environment, actor, emergency)
        if not (foreseen.passed or foreseen.waiting):
            return judging.write_down(kit, change, foreseen, actor), None, None
        emergency = msgspec.structs.replace(emergency, id=change.counters.id("E"))
        if open_one is None:
            decision, rollout = deployment.ask(kit, change, actor, version, environment, emergency)
            assert rollout is not None
        else:
            decision = judging.judge(kit, change, version, environment, actor, emergency)
            judging.write_down(kit, change, decision, actor)
            rollout = _carried_on(kit, change, actor, open_one, decision, emergency)
        emergency = msgspec.structs.replace(emergency, rollout=rollout.id)
        change.emergencies.add(emergency)
        _announce(kit, change, actor, emergency)
    return decision, rollout, emergency


def _open(look: Transaction, version: Version, environment: Environment) -> Rollout | None:
    """The rollout that waits or is held and brings this very version; raises `Conflict` for every other one."""
    found = look.rollouts.find(model=version.model, environment=environment.name, open=True)
    if found is not None and found.version == version.digest and found.phase in (Phase.WAITING, *HOLDABLE):
        return found
    admission.check_free(look, version, environment)
    return None


def _carried_on(
    kit: Kit, change: Transaction, actor: Actor, rollout: Rollout, decision: Decision, emergency: Emergency
) -> Rollout:
    """The rollout past what is in its way."""
    after = msgspec.structs.replace(
        rollout, emergency=emergency.id, decision=decision.digest, hold=None, revision=rollout.revision + 1
    )
    change.rollouts.replace(after, revision=rollout.revision)
    if rollout.hold:
        holding.record(kit, change, after)
    if rollout.phase is Phase.WAITING and decision.passed:
        return moves.move(kit, change, after, Signal.CLEARED, actor, f"Every gate passed, in the emergency {emergency.id}.")
    return after


def _drafted(kit: Kit, look: Transaction, actor: Actor, version: Version, environment: Environment, why: str) -> Emergency:
    project, now = look.project(version.model), kit.clock.now()
    tier = tier_of(kit.policy, criticality_of(project, kit.policy).tier)
    return Emergency(
        id="",
        model=version.model,
        environment=environment.name,
        number=version.number,
        version=version.digest,
        author=version.author,
        person=actor.email,
        why=why,
        passed=_passed(kit, look, actor, version, environment),
        opened_at=now,
        until=now + GRANTED,
        due_at=now + int(seconds(tier.review_within) * 1_000_000),
        owner=second_person(kit, look, project, {actor.email, version.author}),
    )


def _passed(kit: Kit, look: Transaction, actor: Actor, version: Version, environment: Environment) -> tuple[str, ...]:
    """What stands in the way that an emergency passes; raises `Conflict` if nothing does."""
    hold = holding.hold(kit, look.project(version.model), environment)
    decision = judging.judge(kit, look, version, environment, actor)
    lacking = [one.gate for one in decision.judgements if one.gate in PASSED and not one.verdict]
    found = (*((hold.rule,) if hold else ()), *lacking)
    if not found:
        raise Conflict(
            f"{version.name} needs no emergency in {environment.name}.",
            why="No freeze, no window, no missing acceptance and no open review stands in its way.",
            fix=f"Write lamp deploy {version.name} --env {environment.name}.",
            code="E1521",
        )
    return found


def _announce(kit: Kit, change: Transaction, actor: Actor, emergency: Emergency) -> None:
    place = {"model": emergency.model, "environment": emergency.environment, "number": emergency.number}
    event = EmergencyDeclared(
        **place,  # type: ignore[arg-type]
        emergency=emergency.id,
        version=emergency.version,
        rollout=emergency.rollout,
        passed=emergency.passed,
        owner=emergency.owner,
        due_at=emergency.due_at,
        why=emergency.why,
    )
    kit.record(change, event, actor)
    duty = holders(kit, change, change.project(emergency.model))
    for person in dict.fromkeys((*filter(None, (emergency.owner,)), *duty)):
        kit.record(change, EmergencyAnnounced(**place, emergency=emergency.id, person=person), actor)  # type: ignore[arg-type]
