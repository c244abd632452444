"""Emergencies: one person passes the calendar and missing words, everybody is told, and a second person looks afterwards."""

from collections.abc import Iterator

import msgspec

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.decision import Decision
from lamplighter.domain.duration import seconds
from lamplighter.domain.emergency import GRANTED, PASSED, Emergency
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, Invalid, NotAllowed
from lamplighter.domain.events.emergency import EmergencyAnnounced, EmergencyDeclared, EmergencyReviewed
from lamplighter.domain.identity import PLATFORM, Actor, Permission
from lamplighter.domain.names import unknown
from lamplighter.domain.ownership import ownership_of
from lamplighter.domain.project import Project
from lamplighter.domain.rollout import HOLDABLE, Phase, Rollout, Signal
from lamplighter.domain.version import Version
from lamplighter.lifecycle import admission, deployment, holding, judging, moves
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: Characters that are kept of what people write.
_WORDS = 2000


def declare(
    kit: Kit, actor: Actor, version: Version, environment: Environment, why: str
) -> tuple[Decision, Rollout | None, Emergency | None]:
    """Bring a version on its way past freezes, windows, missing acceptances and open reviews; every other gate is asked.

    A rollout of the version that waits there or is held goes on, with its share and what its guards have seen.

    Raises `NotAllowed` for everybody who may not do the duty to deploy, `Invalid` without a reason, and `Conflict` where
    nothing of all that stands in the way, or another version is under way. Nothing is declared where another gate refuses.
    """
    said = _words(why, 'Write --reason "Every second answer is wrong since noon; v8 answers right."')
    with kit.store.transaction() as change:
        admission.check_duty(change, actor, version)
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


def _words(text: str, fix: str) -> str:
    if not text.strip():
        raise Invalid("An emergency takes words.", why="Whoever looks at it later reads why.", fix=fix, code="E1144")
    return text.strip()[:_WORDS]


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
        owner=_reviewer(look, project, {actor.email, version.author}),
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


def _reviewer(look: Transaction, project: Project, but: set[str]) -> str:
    """The first person who may look at it: the business owner, then risk, then whoever has a duty of the model."""
    people, teams = look.people.by_email(), look.teams.by_name()
    for party in (project.owners.business, project.owners.risk, *_holders(look, project)):
        for email in teams[party].members if party in teams else (party,):
            person = people.get(email)
            if person is not None and person.active and person.may(Permission.APPROVE) and email not in but:
                return email
    return ""


def _holders(look: Transaction, project: Project) -> Iterator[str]:
    duties = ownership_of(project, look.people.by_email(), look.teams.by_name())
    for assignment in duties.assignments:
        yield from filter(None, (assignment.holder, assignment.deputy))


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
    holders = _holders(change, change.project(emergency.model))
    for person in dict.fromkeys((*filter(None, (emergency.owner,)), *holders)):
        kit.record(change, EmergencyAnnounced(**place, emergency=emergency.id, person=person), actor)  # type: ignore[arg-type]


def review(kit: Kit, actor: Actor, key: str, note: str) -> Emergency:
    """Close the review of an emergency; raises `NotAllowed` for who declared it and for the author of the version."""
    said = _words(note, 'Write --note "Looked at the requests of that hour; v8 answers right."')
    with kit.store.transaction() as change:
        before = find(change, key)
        _check_reviewer(actor, before)
        if not before.open:
            raise Conflict(
                f"{key} is reviewed already.",
                why=f"{before.reviewed_by} has looked at it.",
                fix="There is nothing to do.",
                code="E1522",
            )
        rollout = change.rollouts.find(id=before.rollout)
        if rollout is not None and not rollout.phase.final:
            raise Conflict(
                f"{key} is not over yet.",
                why=f"{rollout.id} is {rollout.phase}, and a review looks at what came of it.",
                fix=f"Wait for it, or stop it: lamp rollout stop {rollout.id}",
                code="E1523",
            )
        changes = {"reviewed_by": actor.email, "reviewed_at": kit.clock.now(), "note": said}
        after = msgspec.structs.replace(before, **changes, revision=before.revision + 1)
        change.emergencies.replace(after, revision=before.revision)
        event = EmergencyReviewed(
            model=after.model,
            emergency=key,
            environment=after.environment,
            number=after.number,
            person=actor.email,
            note=said,
        )
        kit.record(change, event, actor)
    return after


def _check_reviewer(actor: Actor, emergency: Emergency) -> None:
    if actor.email in (emergency.person, emergency.author):
        what = "declared it" if actor.email == emergency.person else "registered its version"
        raise NotAllowed(
            f"You cannot review {emergency.id}.",
            why=f"You {what}, and a second person has to look.",
            fix=f"Ask {emergency.owner or 'somebody else who may accept versions'}.",
            code="E1332",
        )


def find(look: Transaction, key: str) -> Emergency:
    """An emergency; raises `NotFound`."""
    found = look.emergencies.find(id=key)
    if found is None:
        raise unknown("emergency", key, (one.id for one in look.emergencies.all(newest="opened_at", limit=12)))
    return found


def remind(kit: Kit) -> None:
    """Tell the owner of each review that is overdue, once."""
    with kit.store.reading() as look:
        late = [one for one in look.emergencies.all(open=True) if one.due_at < kit.clock.now() and not one.reminded]
    for one in late:
        with kit.store.transaction() as change:
            after = msgspec.structs.replace(one, reminded=True, revision=one.revision + 1)
            change.emergencies.replace(after, revision=one.revision)
            event = EmergencyAnnounced(
                model=one.model,
                emergency=one.id,
                environment=one.environment,
                number=one.number,
                person=one.owner,
                overdue=True,
            )
            kit.record(change, event, PLATFORM)
