"""The two sides of a handover, and who speaks for which."""

from lamplighter.domain.errors import NotAllowed
from lamplighter.domain.handover import Handover
from lamplighter.domain.identity import Actor, Person
from lamplighter.domain.names import unknown
from lamplighter.domain.ownership import people_of
from lamplighter.store.transaction import Transaction


def find(look: Transaction, key: str) -> Handover:
    """The handover of that name; raises `NotFound` with the newest ones."""
    found = look.handovers.find(id=key)
    if found is None:
        raise unknown("handover", key, (one.id for one in look.handovers.all(newest="opened_at", limit=100)))
    return found


def givers(look: Transaction, handover: Handover) -> tuple[Person, ...]:
    """Everybody of the giver who is here, in the order of call."""
    return people_of(handover.giver, look.people.by_email(), look.teams.by_name())


def receivers(look: Transaction, handover: Handover) -> tuple[Person, ...]:
    """Everybody of the receiver who is here, in the order of call. Whoever gives does not receive too: nobody shows themselves
    that they can do it."""
    giving = {handover.started_by, *(person.email for person in givers(look, handover))}
    here = people_of(handover.receiver, look.people.by_email(), look.teams.by_name())
    return tuple(person for person in here if person.email not in giving)


def check_giver(look: Transaction, actor: Actor, handover: Handover) -> None:
    """Raise `NotAllowed` for everybody who does not speak for the giver."""
    if actor.email not in {handover.started_by, *(person.email for person in givers(look, handover))}:
        raise _other_side(handover, "giver", handover.giver)


def check_receiver(look: Transaction, actor: Actor, handover: Handover) -> None:
    """Raise `NotAllowed` for everybody who does not speak for the receiver, the giver among them."""
    if actor.email not in {person.email for person in receivers(look, handover)}:
        raise _other_side(handover, "receiver", handover.receiver)


def is_receiver(look: Transaction, actor: Actor, handover: Handover) -> bool:
    """Whether somebody speaks for the receiver."""
    return any(person.email == actor.email for person in receivers(look, handover))


def _other_side(handover: Handover, side: str, party: str) -> NotAllowed:
    return NotAllowed(
        f"That is for the {side} of {handover.id}.",
        why=f"The {side} is {party}, and nobody speaks for both sides.",
        fix=f"Ask somebody of {party}.",
        code="E1334",
    )
