"""What people say to a retirement: for a consumer of theirs, and for the business side."""

from lamplighter.domain.errors import NotAllowed
from lamplighter.domain.events.retirement import RetirementAnswered
from lamplighter.domain.identity import Actor, Role
from lamplighter.domain.names import unknown
from lamplighter.domain.retirement import Retirement, Step, Word, advance
from lamplighter.lifecycle import claims, consumers, retirements
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def consent(kit: Kit, actor: Actor, model: str, consumer: str, *, accepted: bool, reason: str) -> Retirement:
    """The word of a consumer's owner on the plan as it is; raises `NotFound` for a consumer that nobody knows, and `NotAllowed`
    for anybody but its owner."""
    with kit.store.transaction() as change:
        found = claims.retiring(kit, change, retirements.find(change, model))
        known = {one.name: one for one in found.claimants}
        if consumer not in known:
            raise unknown("consumer", consumer, known)
        consumers.check_owner(change, actor, consumer, known[consumer].owner)
        return _say(kit, change, actor, found.retirement, consumer, accepted=accepted, reason=reason)


def approve(kit: Kit, actor: Actor, model: str, *, accepted: bool, reason: str) -> Retirement:
    """The word of the business side on the plan as it is; raises `NotAllowed` for who asked and for a wrong role."""
    with kit.store.transaction() as change:
        found = retirements.find(change, model)
        if Role.BUSINESS not in actor.person.roles:
            raise NotAllowed(
                "You cannot sign for business.",
                why=f"That takes the role {Role.BUSINESS}.",
                fix=f"Ask somebody with the role {Role.BUSINESS}.",
                code="E1320",
            )
        if actor.email == found.person:
            raise NotAllowed(
                f"You cannot decide on {found.id}.",
                why="You asked for it, and a second person has to look.",
                fix="Ask somebody else of the business side.",
                code="E1342",
            )
        return _say(kit, change, actor, found, "", accepted=accepted, reason=reason)


def _say(
    kit: Kit, change: Transaction, actor: Actor, before: Retirement, consumer: str, *, accepted: bool, reason: str
) -> Retirement:
    now, said = kit.clock.now(), retirements.words(reason) if not accepted else reason.strip()[: retirements.WORDS]
    word = Word(consumer=consumer, person=actor.email, accepted=accepted, reason=said, plan=before.plan, at=now)
    others = tuple(one for one in before.words if (one.consumer, one.plan) != (consumer, before.plan))
    after = retirements.keep(change, before, advance(before, Step.SAY, now=now, words=(*others, word)))
    event = RetirementAnswered(
        model=after.model, retirement=after.id, consumer=consumer, person=actor.email, accepted=accepted, plan=after.plan,
        reason=said,
    )  # fmt: skip
    kit.record(change, event, actor)
    return after
