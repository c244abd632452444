"""Whose it is to bring versions live and to go back, after whatever was handed over."""

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import NotAllowed
from lamplighter.domain.identity import PLATFORM, Actor, Role
from lamplighter.domain.incident import FELT
from lamplighter.domain.ownership import Assignment, acts_for
from lamplighter.domain.stage import Duty
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: What a duty lets people do, in a word.
_DOES = {Duty.DEPLOY: "deploy", Duty.ROLL_BACK: "roll back", Duty.RETIRE: "retire"}


def check_deployer(kit: Kit, look: Transaction, actor: Actor, model: str) -> None:
    """Raise `NotAllowed` for everybody but those who may do the duty to deploy, where somebody holds it."""
    held = look.duties(look.project(model), kit.clock.now()).of(Duty.DEPLOY)
    if held.holder and not acts_for(held, actor.person, look.teams.by_name()):
        fix = f"Ask {held.holder}, or change owners.deployment in lamp.toml."
        raise _not_yours(held, model, fix, code="E1330")


def check_retirer(kit: Kit, look: Transaction, actor: Actor, model: str) -> None:
    """Raise `NotAllowed` for everybody but those who may do the duty to retire a model, and for every program: a model ends by
    the word of a person. Where nobody holds the duty nobody may."""
    held = look.duties(look.project(model), kit.clock.now()).of(Duty.RETIRE)
    if actor.permissions or actor.environment or Role.APPLICATION in actor.person.roles:
        raise NotAllowed(
            f"No program retires {model}.",
            why="A model ends by the word of a person, and this credential is one of a pipeline or an application.",
            fix=f"Have {held.holder or 'whoever owns its management'} do it.",
            code="E1331",
        )
    if not held.holder or not acts_for(held, actor.person, look.teams.by_name()):
        who = f"Ask {held.holder}, or" if held.holder else "Give somebody the duty:"
        raise _not_yours(held, model, f"{who} change owners.management in lamp.toml.", code="E1331")


def check_handed(kit: Kit, look: Transaction, actor: Actor, model: str, environment: Environment, duty: Duty) -> None:
    """Raise `NotAllowed` in production for whoever gave the duty away, and for everybody else who did not get it.

    Where nothing was handed over this asks nothing. Whoever a page was passed on to may always go back.
    """
    if environment.level is not Level.PRODUCTION or actor == PLATFORM:
        return
    held = look.duties(look.project(model), kit.clock.now()).of(duty)
    if not (held.handover and held.holder) or acts_for(held, actor.person, look.teams.by_name()):
        return
    if duty is Duty.ROLL_BACK and _was_paged(look, actor, model):
        return
    raise _not_yours(held, model, "", code="E1333")


def _was_paged(look: Transaction, actor: Actor, model: str) -> bool:
    """Whether nobody before this person answered a page about the model."""
    felt = (one for one in look.incidents.of(model) if one.state in FELT)
    return any(one.level > 0 and one.has_it == actor.email for one in felt)


def _not_yours(held: Assignment, model: str, fix: str, *, code: str) -> NotAllowed:
    since = f" since the handover {held.handover}" if held.handover else ""
    way = f"Ask {held.holder}; what was agreed stands in lamp handover show {held.handover}." if held.handover else fix
    return NotAllowed(
        f"You do not {_DOES[held.duty]} {model}.",
        why=f"The duty is {held.accountable or 'nobody'}'s{since}.",
        fix=way,
        code=code,
    )
