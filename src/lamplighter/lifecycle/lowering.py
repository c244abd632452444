"""A tier falls only with a second person: until one agrees, the project that is in force stays."""

from msgspec.structs import replace

from lamplighter.domain.errors import Blocked
from lamplighter.domain.events.design import ProjectSaved
from lamplighter.domain.events.lowering import LoweringAsked, LoweringDecided
from lamplighter.domain.identity import Actor
from lamplighter.domain.lowering import UNANSWERED, Lowering, lowers
from lamplighter.domain.project import Project
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.second_person import second_person
from lamplighter.store.transaction import Transaction


def asked(kit: Kit, change: Transaction, actor: Actor, before: Project, after: Project) -> Lowering | None:
    """What a second person has to agree to before a project takes the place of another; nothing where nobody has to.

    The same again is the same. Whatever else is saved takes the place of what waits.
    """
    tiers = lowers(before, after, kit.policy)
    waiting = next(iter(change.lowerings.all(model=before.name, open=True)), None)
    if tiers is None or not is_held(kit, change, before, after):
        _settle(kit, change, actor, waiting)
        return None
    if waiting is not None and (waiting.project.digest, waiting.base) == (after.digest, before.digest):
        return waiting
    _settle(kit, change, actor, waiting)
    now, then = tiers
    new = Lowering(
        id=change.counters.id("L"),
        model=before.name,
        project=after,
        base=before.digest,
        before=now.tier,
        after=then.tier,
        why=then.why,
        person=actor.email,
        opened_at=kit.clock.now(),
        asked=second_person(kit, change, before, {actor.email}),
    )
    change.lowerings.add(new)
    event = LoweringAsked(
        model=new.model, lowering=new.id, before=new.before, after=new.after, digest=after.digest, person=new.asked
    )
    kit.record(change, event, actor)
    return new


def is_held(kit: Kit, look: Transaction, before: Project, after: Project) -> bool:
    """Whether a second person has to agree: the tier would fall, there is a version that it protects, and somebody has answered
    for the model before.

    Whoever answers for the first time lowers nothing; taking answers back and giving others does not make it the first time.
    """
    if lowers(before, after, kit.policy) is None or look.versions.newest(before.name) is None:
        return False
    saved = (entry.event for entry in look.journal.of(before.name) if isinstance(entry.event, ProjectSaved))
    return any(event.rule != UNANSWERED for event in saved)


def _settle(kit: Kit, change: Transaction, actor: Actor, waiting: Lowering | None) -> None:
    if waiting is not None:
        settle(kit, change, actor, waiting, agreed=False, reason="Something newer was saved.")


def settle(kit: Kit, change: Transaction, actor: Actor, one: Lowering, *, agreed: bool, reason: str) -> Lowering:
    """Write down what became of it."""
    said = {"decided_by": actor.email, "decided_at": kit.clock.now(), "agreed": agreed, "reason": reason}
    after = replace(one, **said, revision=one.revision + 1)
    change.lowerings.replace(after, revision=one.revision)
    event = LoweringDecided(model=one.model, lowering=one.id, agreed=agreed, person=actor.email, reason=reason)
    kit.record(change, event, actor)
    return after


def blocked(one: Lowering) -> Blocked:
    """What whoever asked is told."""
    return Blocked(
        f"{one.model} stays {one.before} until a second person agrees.",
        why=f"{one.told} {one.id} keeps what you sent.",
        fix=f"Ask {one.asked or 'somebody who may accept versions'}: lamp approvals tier {one.id} --agree",
        code="E1421",
    )
