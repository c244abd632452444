"""Taking a model out of use: it is announced, whom it concerns agrees or leaves, and it ends; there is a way back."""

from collections.abc import Iterable
from typing import Any

from lamplighter.domain.claimant import Retiring
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.events.retirement import (
    RetirementAnnounced,
    RetirementCancelled,
    RetirementRevived,
    RetirementTold,
)
from lamplighter.domain.identity import Actor
from lamplighter.domain.retirement import Retirement, Step, advance
from lamplighter.lifecycle import claims, retirement, rights, routing
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.collection import stale
from lamplighter.store.transaction import Transaction

#: Characters that are kept of what people write.
WORDS = 2000


def announce(kit: Kit, actor: Actor, model: str, reason: str, sunset: int, successor: str) -> Retirement:
    """Say that a model is to end, and how; another plan takes the place of the one before, and the same again changes nothing.

    Raises `NotAllowed` for whoever does not own its management, `Invalid` for what is no plan, `NotFound` for a model that
    nobody knows, and `Conflict` for one that was retired.
    """
    said = words(reason)
    with kit.store.transaction() as change:
        rights.check_retirer(kit, change, actor, model)
        retirement.check_stands(change, model)
        _check_plan(kit, change, model, sunset, successor)
        before = change.retirements.of(model)
        plan = {"sunset": sunset, "successor": successor, "reason": said}
        if before is not None and all(getattr(before, name) == value for name, value in plan.items()):
            return before
        after = _announced(kit, change, actor, before, model, plan)
        event = RetirementAnnounced(
            model=model, retirement=after.id, successor=successor, sunset=sunset, plan=after.plan, reason=said
        )
        kit.record(change, event, actor)
        tell(kit, change, actor, after, "announced")
        places = routing.renew(change, model)
    _apply(kit, places)
    return after


def _announced(
    kit: Kit, change: Transaction, actor: Actor, before: Retirement | None, model: str, plan: dict[str, Any]
) -> Retirement:
    now = kit.clock.now()
    if before is not None:
        again = {"person": actor.email, "reminded_at": 0, "due_told_at": 0}
        return keep(change, before, advance(before, Step.CHANGE, now=now, **plan, **again))
    key = change.counters.id("X")
    # Whoever announces it at the same time waits for the key, and may have been here since the first look.
    if change.retirements.of(model) is not None:
        raise stale(f"The retirement of {model}")
    new = Retirement(id=key, model=model, person=actor.email, opened_at=now, moved_at=now, **plan)
    change.retirements.add(new)
    return new


def _check_plan(kit: Kit, look: Transaction, model: str, sunset: int, successor: str) -> None:
    """Raise `Invalid` for a plan that leads nowhere, and `NotFound` for a successor that nobody knows."""
    if sunset and sunset <= kit.clock.now():
        raise Invalid("That day is over.", why="Nobody can move in the past.", fix="Name a later one.", code="E1555")
    if successor:
        look.project(successor)
        if successor == model or look.retirements.of(successor) is not None:
            why = "It is the model itself." if successor == model else f"{successor} is being retired, or was."
            raise Invalid(f"{successor} cannot take its place.", why=why, fix="Name another model.", code="E1556")
    is_live = any(one.champion for one in look.routings.all(model=model))
    if is_live and not (sunset or successor):
        raise Invalid(
            f"That is no plan for those who call {model}.",
            why="It is live, so they have to know until when it answers, or what takes its place.",
            fix="Add --by 2027-03-31, or --successor MODEL.",
            code="E1554",
        )


def cancel(kit: Kit, actor: Actor, model: str, reason: str) -> Retirement:
    """Take back what was announced; raises `NotAllowed` for whoever does not own its management."""
    said = words(reason)
    with kit.store.transaction() as change:
        rights.check_retirer(kit, change, actor, model)
        before = find(change, model)
        after = keep(change, before, _moved(kit, actor, before, Step.CANCEL, said))
        kit.record(change, RetirementCancelled(model=model, retirement=after.id, reason=said), actor)
        tell(kit, change, actor, after, "cancelled")
        places = routing.renew(change, model)
    _apply(kit, places)
    return after


def revive(kit: Kit, actor: Actor, model: str, reason: str) -> Retirement:
    """Let a retired model be deployed again; nothing of it answers before that. Raises `NotAllowed` for whoever does not own
    its management."""
    said = words(reason)
    with kit.store.transaction() as change:
        rights.check_retirer(kit, change, actor, model)
        before = find(change, model)
        after = keep(change, before, _moved(kit, actor, before, Step.REVIVE, said))
        kit.record(change, RetirementRevived(model=model, retirement=after.id, reason=said), actor)
        tell(kit, change, actor, after, "revived")
        routing.renew_places(change, after.environments)
    _apply(kit, after.environments)
    return after


def _moved(kit: Kit, actor: Actor, before: Retirement, step: Step, said: str) -> Retirement:
    return advance(before, step, now=kit.clock.now(), moved_by=actor.email, note=said)


def keep(change: Transaction, before: Retirement, after: Retirement) -> Retirement:
    """Keep the next state; raises `Conflict` if somebody was faster."""
    change.retirements.replace(after, revision=before.revision)
    return after


def tell(kit: Kit, change: Transaction, actor: Actor, found: Retirement, about: str) -> None:
    """Put on record who is told; a reaction tells them."""
    seen = claims.retiring(kit, change, found)
    for person, names in claims.concerned(change, seen).items():
        event = RetirementTold(model=found.model, retirement=found.id, person=person, about=about, consumers=names)
        kit.record(change, event, actor)


def find(look: Transaction, model: str) -> Retirement:
    """The retirement that holds of a model; raises `NotFound` for one that nobody knows, and for one that goes on."""
    look.project(model)
    found = look.retirements.of(model)
    if found is None:
        raise NotFound(
            f"{model} is not being retired.",
            why="Nothing is announced, or what was announced is taken back.",
            fix=f"Announce it: lamp retire start {model} --reason WHY --successor MODEL",
            code="E1557",
        )
    return found


def show(kit: Kit, look: Transaction, model: str) -> Retiring:
    """The newest retirement of a model with everybody it concerns, also one that was taken back; raises `NotFound`."""
    look.project(model)
    newest = look.retirements.all(newest="opened_at", limit=1, model=model)
    return claims.retiring(kit, look, newest[0] if newest else find(look, model))


def listed(kit: Kit, look: Transaction, *, closed: bool) -> list[Retiring]:
    """Every model that is being retired, the newest first; with `closed` also those that are or that were taken back."""
    found = look.retirements.all(newest="opened_at", equals={} if closed else {"open": True})
    return [claims.retiring(kit, look, one) for one in found]


def words(text: str) -> str:
    """What somebody writes, cut to its most; raises `Invalid` for nothing."""
    if not text.strip():
        raise Invalid(
            "That takes a reason.",
            why="Whoever calls the model, and whoever looks at it later, reads why.",
            fix='Write --reason "flights-2 answers better and costs less."',
            code="E1559",
        )
    return text.strip()[:WORDS]


def _apply(kit: Kit, places: Iterable[str]) -> None:
    for place in places:
        routing.apply(kit, place)
