"""Handovers: started by whoever has the duties, accepted by whoever has shown that they can do them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lamplighter.domain.duration import seconds
from lamplighter.domain.errors import Blocked, Conflict, Invalid, NotAllowed
from lamplighter.domain.events.handover import HandoverAccepted, HandoverDiscussed, HandoverEnded, HandoverStarted
from lamplighter.domain.handover import STAGES, Check, Handover, State, Step, Word, advance, words
from lamplighter.domain.identity import Actor
from lamplighter.domain.load import excess
from lamplighter.domain.names import party_name, unknown
from lamplighter.domain.ownership import acts_for, people_of
from lamplighter.domain.project import Project
from lamplighter.domain.question import answered, questions
from lamplighter.domain.stage import Duty, Stage
from lamplighter.lifecycle import handover_checks, handover_sides
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.loads import Loads
from lamplighter.store.transaction import Transaction


def draft(kit: Kit, look: Transaction, actor: Actor, model: str, to: str) -> Handover:
    """The handover that `start` would write down, before it has a key and answers.

    Raises `NotAllowed` for whoever does not have the duties, `NotFound` and `Invalid` for a receiver that cannot be one,
    `Blocked` where nothing is live in production or the receiver carries too much, and `Conflict` while another one is open.
    """
    project, now = look.project(model), kit.clock.now()
    duties, before = look.duties(project, now), look.handovers.find(model=model, state=State.ACCEPTED)
    held = duties.of(Duty.DEPLOY)
    if not acts_for(held, actor.person, look.teams.by_name()):
        raise NotAllowed(
            f"You cannot hand {model} over.",
            why=f"It is {held.accountable or 'nobody'}'s to deploy, and nobody gives what they do not have.",
            fix=f"Ask {held.holder or 'whoever designs it'}.",
            code="E1334",
        )
    handover_checks.place_of(look, model)
    stages = before.stages if before else _stages(project, to)
    found = Handover(
        id="",
        model=model,
        giver=held.accountable,
        receiver=to,
        knows=before.knows if before else duties.of(Duty.MONITOR_FUNCTIONAL).accountable or held.accountable,
        stages=stages,
        started_by=actor.email,
        opened_at=now,
        moved_at=now,
        conditions=kit.policy.handover.hand_back,
        follows=before.id if before else "",
    )
    _check_receiver(kit, look, found)
    _check_free(look, model)
    return found


def start(kit: Kit, actor: Actor, model: str, to: str, answers: Mapping[str, str]) -> Handover:
    """Ask a person or a team to take the technical duties of a model; raises what `draft` raises, and `Invalid` where a
    question is not answered."""
    with kit.store.transaction() as change:
        found = draft(kit, change, actor, model, to)
        said = answered(questions(change.project(model)), answers)
        own = said.get("hand_back", "")
        found = _changed(
            found, id=change.counters.id("H"), answers=said, conditions=(*found.conditions, *((own,) if own else ()))
        )
        change.handovers.add(found)
        event = HandoverStarted(
            model=model,
            handover=found.id,
            giver=found.giver,
            receiver=to,
            stages=tuple(found.stages),
            answers=said,
            conditions=found.conditions,
        )
        kit.record(change, event, actor)
    return found


def discuss(kit: Kit, actor: Actor, key: str, text: str) -> Handover:
    """Ask or answer something; raises `NotAllowed` for whoever is of neither side, `Invalid` for no words, and `NotFound`."""
    said = words(text, "Write what you want to know.")
    with kit.store.transaction() as change:
        before = handover_sides.find(change, key)
        if not handover_sides.is_receiver(change, actor, before):
            handover_sides.check_giver(change, actor, before)
        word = Word(person=actor.email, text=said, at=kit.clock.now())
        after = _changed(before, words=(*before.words, word), revision=before.revision + 1)
        change.handovers.replace(after, revision=before.revision)
        kit.record(change, HandoverDiscussed(model=after.model, handover=key, person=actor.email, text=said), actor)
    return after


def accept(kit: Kit, actor: Actor, key: str) -> Handover:
    """Take the duties, and with them the rights: all in one transaction, or nothing.

    Raises `NotAllowed` for everybody who is not of the receiver, `Blocked` for a check that does not hold or a receiver that
    carries too much, `NotFound`, and `Conflict` if it is open no more.
    """
    with kit.store.transaction() as change:
        before, now = handover_sides.find(change, key), kit.clock.now()
        handover_sides.check_receiver(change, actor, before)
        until = now + int(seconds(kit.policy.handover.co_own) * 1_000_000)
        after = advance(before, Step.ACCEPT, now=now, accepted_by=actor.email, co_own_until=until)
        _check_receiver(kit, change, before)
        checks = handover_checks.of(kit, change, before)
        _check_passed(key, checks)
        if before.follows:
            _move(change, handover_sides.find(change, before.follows), Step.PASS_ON, now)
        after = _changed(after, checks=checks)
        change.handovers.replace(after, revision=before.revision)
        event = HandoverAccepted(
            model=after.model,
            handover=key,
            giver=after.giver,
            receiver=after.receiver,
            person=actor.email,
            stages=tuple(after.stages),
            co_own_until=until,
        )
        kit.record(change, event, actor)
    return after


def refuse(kit: Kit, actor: Actor, key: str, reason: str) -> Handover:
    """Say no: the receiver refuses it, the giver withdraws it. Raises `NotAllowed`, `Invalid` without a reason, `NotFound` and
    `Conflict`."""
    said = words(reason, 'Write --reason "We have nobody at night."')
    with kit.store.transaction() as change:
        before = handover_sides.find(change, key)
        receives = handover_sides.is_receiver(change, actor, before)
        if not receives:
            handover_sides.check_giver(change, actor, before)
        after = _move(change, before, Step.REFUSE if receives else Step.WITHDRAW, kit.clock.now(), reason=said)
        _end(kit, change, actor, after, after.giver)
    return after


def hand_back(kit: Kit, actor: Actor, key: str, reason: str) -> Handover:
    """Give the duties back within the co-own window, all in one transaction; raises `NotAllowed` for everybody who is not of
    the receiver, `Conflict` once the window is over, `Invalid` without a reason, and `NotFound`."""
    said = words(reason, "Say which of its conditions holds, and what happened.")
    with kit.store.transaction() as change:
        before, now = handover_sides.find(change, key), kit.clock.now()
        handover_sides.check_receiver(change, actor, before)
        if before.state is State.ACCEPTED and now >= before.co_own_until:
            raise Conflict(
                f"The co-own window of {key} is over.",
                why="Until then it could be handed back by one side; now it takes both.",
                fix=f"Start one the other way: lamp handover start {before.model} --to {before.giver}",
                code="E1527",
            )
        after = _move(change, before, Step.HAND_BACK, now, reason=said)
        if before.follows:
            _move(change, handover_sides.find(change, before.follows), Step.RESUME, now)
        _end(kit, change, actor, after, after.giver)
    return after


def _end(kit: Kit, change: Transaction, actor: Actor, handover: Handover, owner: str) -> None:
    event = HandoverEnded(
        model=handover.model,
        handover=handover.id,
        state=handover.state,
        person=actor.email,
        reason=handover.reason,
        owner=owner,
    )
    kit.record(change, event, actor)


def _move(change: Transaction, before: Handover, step: Step, now: int, **changes: Any) -> Handover:
    after = advance(before, step, now=now, **changes)
    change.handovers.replace(after, revision=before.revision)
    return after


def _stages(project: Project, to: str) -> tuple[Stage, ...]:
    """What the arrangement moves: the stages that lamp.toml promises to the receiver, or all where it promises none."""
    promised = {stage: holder.then for stage in STAGES if (holder := project.owners.holder(stage)) and holder.then}
    if not promised:
        return STAGES
    found = tuple(stage for stage in STAGES if promised.get(stage) == to)
    if Stage.DEPLOYMENT not in found:
        other = promised.get(Stage.DEPLOYMENT, "nobody")
        raise Invalid(
            f"{to} is not who {project.name} goes to.",
            why=f"lamp.toml names {other} as the next owner of its deployment.",
            fix=f"Hand it over to {other}, or change `then` in owners.deployment of lamp.toml.",
            code="E1292",
        )
    return found


def _check_receiver(kit: Kit, look: Transaction, handover: Handover) -> None:
    """Raise `Invalid` for a receiver that is the giver, `NotFound` for nobody, and `Blocked` for one that carries too much."""
    to, people, teams = party_name(handover.receiver), look.people.by_email(), look.teams.by_name()
    if not people_of(to, people, teams):
        raise unknown("receiver", to, (*teams, *(email for email, person in people.items() if person.active)))
    if not handover_sides.receivers(look, handover):
        raise Invalid(
            "Nobody hands a model over to themselves.",
            why=f"Everybody of {to} gives it as well.",
            fix="Name a team with somebody else in it; one team alone needs no handover.",
            code="E1292",
        )
    load = Loads(kit, look).with_model(to, handover.model)
    too_much = excess(load, kit.policy.handover)
    if too_much:
        raise Blocked(
            f"{to} cannot take {handover.model}.",
            why=f"With it {'; '.join(too_much)}, for {load.people} people who are here.",
            fix="Hand another model on, add people with lamp teams set, or change [handover] of the rule book.",
            code="E1415",
        )


def _check_free(look: Transaction, model: str) -> None:
    open_one = look.handovers.find(model=model, state=State.OPEN)
    if open_one is not None:
        raise Conflict(
            f"A handover of {model} is open.",
            why=f"{open_one.id} asks {open_one.receiver} for it.",
            fix=f"Wait for it, or withdraw it: lamp handover refuse {open_one.id} --reason WHY",
            code="E1538",
        )


def _check_passed(key: str, checks: tuple[Check, ...]) -> None:
    left = [check for check in checks if not check.passed]
    if left:
        raise Blocked(
            f"{key} cannot be accepted yet: {len(checks) - len(left)} of {len(checks)} checks hold.",
            why=" ".join(f"{check.name}: {check.why}" for check in left),
            fix=left[0].fix,
            code="E1416",
        )


def _changed(handover: Handover, **changes: Any) -> Handover:
    return msgspec.structs.replace(handover, **changes)
