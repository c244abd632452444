"""The word of a second person on a tier that would fall."""

from lamplighter.domain.errors import Conflict, Invalid, NotAllowed
from lamplighter.domain.identity import Actor
from lamplighter.domain.lowering import Lowering
from lamplighter.domain.names import unknown
from lamplighter.lifecycle import design, lowering, routing
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: Characters that are kept of what people write.
_WORDS = 2000


def decide(kit: Kit, actor: Actor, key: str, agreed: bool, reason: str) -> Lowering:
    """Let a lower tier hold, or not.

    Raises `NotAllowed` for who asked, `Invalid` for a refusal without words, and `Conflict` for what is decided or no longer
    changes the project that it was asked for.
    """
    if not agreed and not reason.strip():
        raise Invalid(
            "A refusal takes words.", why="Whoever asked reads why.", fix='Write --reason "Customers see it."', code="E1588"
        )
    with kit.store.transaction() as change:
        one = _waiting(change, key)
        if actor.email == one.person:
            raise NotAllowed(
                f"You cannot decide on {key}.",
                why="You asked for it, and a second person has to look.",
                fix="Ask somebody else who may accept versions.",
                code="E1342",
            )
        if agreed and change.project(one.model).digest != one.base:
            raise _stale(one)
        places = design.keep(kit, change, actor, one.project) if agreed else []
        after = lowering.settle(kit, change, actor, one, agreed=agreed, reason=reason.strip()[:_WORDS])
    for place in places:
        routing.apply(kit, place)
    return after


def _waiting(look: Transaction, key: str) -> Lowering:
    one = look.lowerings.find(id=key)
    if one is None:
        raise unknown("lowering", key, (known.id for known in look.lowerings.all(open=True)))
    if not one.open:
        raise Conflict(
            f"{key} is decided already.",
            why=f"{one.decided_by} said: {one.reason or 'agreed'}",
            fix=f"See what holds with lamp status {one.model}.",
            code="E1589",
        )
    return one


def _stale(one: Lowering) -> Conflict:
    return Conflict(
        f"{one.id} is about a project that has changed.",
        why="What it would replace is no longer in force.",
        fix=f"Have {one.person} save lamp.toml again, then look at what it says now.",
        code="E1590",
    )
