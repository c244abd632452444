"""Switching a model off where it answers, and on again. Callers get what is declared for an outage, or are refused."""

from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, NotAllowed, TimedOut
from lamplighter.domain.events.routing import SwitchedOff, SwitchedOn
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.ownership import acts_for
from lamplighter.domain.rollout import ON_TRIAL, Signal
from lamplighter.domain.routing import Routing, switched
from lamplighter.domain.stage import Duty
from lamplighter.domain.stopping import STOPPERS, TOLD, may_stop
from lamplighter.domain.switch import Off, words
from lamplighter.lifecycle import moves, retirement, routing
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: How long every worker may take to answer by the new route, seconds.
_PATIENCE = 10.0


def off(kit: Kit, actor: Actor, model: str, environment: Environment, reason: str) -> Routing:
    """Let no version of a model answer there any more, whatever is on trial among them, and tell whoever has its duties.

    Raises `NotAllowed` for who may not, as `may_stop` says; `Conflict` where it answers nobody or is off already; `Invalid`
    without a reason, and `TimedOut` if not every worker answers by it yet.
    """
    said = words(reason)
    with kit.store.transaction() as change:
        _check_stopper(kit, change, actor, model)
        retirement.check_stands(change, model)
        before = _served(change, model, environment)
        if before.off is not None:
            raise _already(before, f"{before.off.person} switched it off: {before.off.reason}")
        _stop_trial(kit, change, before, said, actor)
        before = change.routings.of(model, environment.name)
        after = switched(before, Off(kit.clock.now(), actor.email, said))
        routing.change_routing(change, before, after)
        _tell(kit, change, actor, after, said)
    _settle(kit, model, environment)
    return after


def on(kit: Kit, actor: Actor, model: str, environment: Environment, reason: str) -> Routing:
    """Let the live version answer again.

    Raises `NotAllowed` for everybody but who switched it off and who holds the duty to deploy; else as `off` does.
    """
    said = words(reason)
    with kit.store.transaction() as change:
        before = _served(change, model, environment)
        if before.off is None:
            raise _already(before, "Nobody has switched it off there.")
        _check_starter(kit, change, actor, before, before.off)
        after = switched(before, None)
        routing.change_routing(change, before, after)
        _tell(kit, change, actor, after, said)
    _settle(kit, model, environment)
    return after


def _served(look: Transaction, model: str, environment: Environment) -> Routing:
    look.project(model)
    found = look.routings.of(model, environment.name)
    if found.champion is None or found.elsewhere:
        raise Conflict(
            f"{model} answers nobody in {environment.name}.",
            why="It runs elsewhere, and this platform moves no traffic there." if found.elsewhere else "Nothing is live there.",
            fix=f"See where it answers: lamp status {model}",
            code="E1649",
        )
    return found


def _already(before: Routing, why: str) -> Conflict:
    state = "off" if before.off else "on"
    return Conflict(
        f"{before.model} is {state} in {before.environment} already.",
        why=why,
        fix=f"See lamp status {before.model}.",
        code="E1649",
    )


def _check_stopper(kit: Kit, look: Transaction, actor: Actor, model: str) -> None:
    project, teams = look.project(model), look.teams.by_name()
    duties = look.duties(project, kit.clock.now())
    if actor == PLATFORM or may_stop(actor.person, project.owners.business, duties, teams):
        return
    raise NotAllowed(
        f"You cannot switch {model} off.",
        why=TOLD,
        fix=f"Tell {duties.of(Duty.ROLL_BACK).holder or 'one of them'}; lamp who {model} says who they are.",
        code="E1648",
    )


def _check_starter(kit: Kit, look: Transaction, actor: Actor, before: Routing, off: Off) -> None:
    held = look.duties(look.project(before.model), kit.clock.now()).of(Duty.DEPLOY)
    if actor == PLATFORM or actor.email == off.person or acts_for(held, actor.person, look.teams.by_name()):
        return
    raise NotAllowed(
        f"You cannot switch {before.model} on.",
        why=f"That is for {off.person}, who switched it off, and for whoever holds the duty to deploy.",
        fix=f"Ask {held.holder or off.person}.",
        code="E1648",
    )


def _stop_trial(kit: Kit, change: Transaction, before: Routing, why: str, actor: Actor) -> None:
    """A version on trial is tried on nobody any more, so its rollout ends."""
    found = change.rollouts.find(model=before.model, environment=before.environment, open=True)
    if found is not None and found.phase in ON_TRIAL:
        moves.move(kit, change, found, Signal.STOPPED, actor, f"The model was switched off: {why}")


def _tell(kit: Kit, change: Transaction, actor: Actor, after: Routing, reason: str) -> None:
    """Write it down, with whoever is told: who may stop it by a duty, but for whoever does it."""
    duties = change.duties(change.project(after.model), kit.clock.now())
    holders = dict.fromkeys(duties.of(duty).holder for duty in STOPPERS)
    event = (SwitchedOff if after.off else SwitchedOn)(
        model=after.model,
        environment=after.environment,
        number=after.champion.number if after.champion else 0,
        reason=reason,
        told=tuple(one for one in holders if one and one != actor.email),
    )
    kit.record(change, event, actor)


def _settle(kit: Kit, model: str, environment: Environment) -> None:
    revision = routing.apply(kit, environment.name)
    if not routing.wait_settled(kit, environment.name, revision, _PATIENCE):
        raise TimedOut(
            "It is recorded, but not every worker answers by it yet.",
            why=f"After {_PATIENCE:g} s a worker still had the old route.",
            fix=f"Look with lamp status {model}; the platform goes on trying by itself.",
            code="E1610",
        )
