"""Reviews of emergencies: a second person looks afterwards, and is reminded once."""

import msgspec

from lamplighter.domain.emergency import Emergency, words
from lamplighter.domain.errors import Conflict, NotAllowed
from lamplighter.domain.events.emergency import EmergencyAnnounced, EmergencyReviewed
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.names import unknown
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def review(kit: Kit, actor: Actor, key: str, note: str) -> Emergency:
    """Close the review of an emergency; raises `NotAllowed` for who declared it and for the author of the version."""
    said = words(note, 'Write --note "Looked at the requests of that hour; v8 answers right."')
    with kit.store.transaction() as change:
        before = find(change, key)
        _check_reviewer(actor, before)
        _check_open(change, before)
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


def _check_open(look: Transaction, emergency: Emergency) -> None:
    if not emergency.open:
        raise Conflict(
            f"{emergency.id} is reviewed already.",
            why=f"{emergency.reviewed_by} has looked at it.",
            fix="There is nothing to do.",
            code="E1522",
        )
    rollout = look.rollouts.find(id=emergency.rollout)
    if rollout is not None and not rollout.phase.final:
        raise Conflict(
            f"{emergency.id} is not over yet.",
            why=f"{rollout.id} is {rollout.phase}, and a review looks at what came of it.",
            fix=f"Wait for it, or stop it: lamp rollout stop {rollout.id}",
            code="E1523",
        )


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
