"""Spot checks: a validator judges a version that the platform accepted by itself, and a bad one halts that for its model."""

from typing import Any

import msgspec

from lamplighter import keys
from lamplighter.domain.errors import Conflict, Invalid, NotFound
from lamplighter.domain.events.spot_check import (
    SpotCheckDrawn,
    SpotCheckJudged,
    SpotCheckOverdue,
    SuspensionLifted,
    VersionAutoApproved,
)
from lamplighter.domain.identity import PLATFORM, Actor, Permission
from lamplighter.domain.names import unknown
from lamplighter.domain.record import digest_of
from lamplighter.domain.spot_check import Recount, SpotCheck, drawn
from lamplighter.domain.stage import Duty
from lamplighter.domain.validation import Weight
from lamplighter.domain.version import Version
from lamplighter.lifecycle import auto_approval, retirement, validations
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: Characters that are kept of what people write.
_WORDS = 2000


def judge(kit: Kit, actor: Actor, key: str, note: str, *, bad: bool) -> SpotCheck:
    """Say whether a version should have been let in. A bad one opens a finding, and the platform accepts nothing of the model
    by itself until somebody lifts that. Raises `NotAllowed` for whoever builds the model or does not validate it."""
    said = _said(note, "Say what you looked at, and what you found.")
    with kit.store.transaction() as change:
        before = find(change, key)
        validations.check_validator(kit, change, actor, before.model)
        if not before.waits:
            raise Conflict(
                f"{key} is judged already.",
                why=f"{before.judged_by} has looked at it.",
                fix="Raise a finding if there is more to say: lamp validate find REF",
                code="E1641",
            )
        version = change.versions.find(model=before.model, number=before.number)
        assert version is not None
        finding = _finding(kit, change, actor, version, f"{key}: {said}") if bad else ""
        changes: dict[str, Any] = {"judged_by": actor.email, "judged_at": kit.clock.now(), "note": said, "bad": bad}
        after = _changed(before, **changes, finding=finding)
        change.spot_checks.replace(after, revision=before.revision)
        event = SpotCheckJudged(
            model=after.model,
            check=key,
            number=after.number,
            environment=after.environment,
            person=actor.email,
            bad=bad,
            note=said,
            finding=finding,
        )
        kit.record(change, event, actor)
    return after


def _finding(kit: Kit, change: Transaction, actor: Actor, version: Version, words: str) -> str:
    """A finding for whoever trains the model or, where nobody does who can answer one, for the author of the version."""
    duties = change.duties(change.project(version.model), kit.clock.now())
    people = change.people.by_email()
    asked = [duties.of(Duty.RETRAIN).holder, duties.of(Duty.DESIGN).holder, version.author]
    able = [email for email in asked if email in people and people[email].may(Permission.RESPOND)]
    if not able:
        raise Conflict(
            "Nobody is here who can answer a finding.",
            why=f"Nobody who trains or designs {version.model} may, and neither may the author of {version.name}.",
            fix="Give somebody the duty to retrain it first.",
            code="E1642",
        )
    return validations.raise_within(kit, change, actor, version, Weight.HIGH, words, able[0]).id


def lift(kit: Kit, actor: Actor, key: str, reason: str) -> SpotCheck:
    """Let the platform accept versions of a model again after a bad one, as a validator; raises `Conflict` where nothing is
    halted by this check."""
    said = _said(reason, "Say what was mended, and why it may go on by itself.")
    with kit.store.transaction() as change:
        before = find(change, key)
        validations.check_validator(kit, change, actor, before.model)
        if not before.suspends:
            raise Conflict(
                f"{key} halts nothing.",
                why="It waits to be judged, found nothing bad, or was lifted already.",
                fix="See what is open with lamp spot-check list.",
                code="E1641",
            )
        after = _changed(before, lifted_by=actor.email, lifted_at=kit.clock.now(), lift_why=said)
        change.spot_checks.replace(after, revision=before.revision)
        event = SuspensionLifted(
            model=after.model,
            check=key,
            number=after.number,
            environment=after.environment,
            person=actor.email,
            note=said,
        )
        kit.record(change, event, actor)
    return after


def remind(kit: Kit) -> None:
    """Tell the validator of each spot check that is overdue, once."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        gone = retirement.finished(look)
        found = [one for one in look.spot_checks.all(open=True) if one.model not in gone]
    late = [one for one in found if one.overdue(now) and not one.reminded]
    for one in late:
        with kit.store.transaction() as change:
            change.spot_checks.replace(_changed(one, reminded=True), revision=one.revision)
            event = SpotCheckOverdue(model=one.model, check=one.id, number=one.number, person=one.person)
            kit.record(change, event, PLATFORM)


def recount(kit: Kit, look: Transaction) -> Recount:
    """Draw again everything that was ever drawn; raises `NotFound` before the first draw, and `Invalid` without the key."""
    told = auto_approval.told_key(look)
    if not told:
        raise NotFound(
            "Nothing was ever drawn.",
            why="The platform has accepted no version by itself.",
            fix="There is nothing to count.",
            code="E1298",
        )
    if not kit.settings.spot_check_key.exists():
        raise Invalid(
            "The key that draws spot checks is gone.",
            why="Without keys/spot-checks.key nothing can be drawn again.",
            fix="Bring it back from a backup.",
            code="E1297",
        )
    key = keys.secret(kit.settings.spot_check_key)
    kinds = (VersionAutoApproved.__name__, SpotCheckDrawn.__name__)
    events = [entry.event for entry in look.journal.between(0, kit.clock.now() + 1, kinds)]
    accepted = [event for event in events if isinstance(event, VersionAutoApproved)]
    asked = {(event.version, event.environment) for event in events if isinstance(event, SpotCheckDrawn)}
    differing = [] if digest_of(key) == told else ["The key is not the one that the journal names."]
    for one in accepted:
        name, again = f"{one.model}@{one.number} in {one.environment}", drawn(key, one.version, one.environment, one.rate)
        if again != one.drawn:
            differing.append(f"{name} is {'' if again else 'not '}drawn by the key, and the journal says otherwise.")
        if one.drawn and (one.version, one.environment) not in asked:
            differing.append(f"{name} was drawn, and nobody was asked to check it.")
    return Recount(
        key=told,
        accepted=len(accepted),
        drawn=sum(one.drawn for one in accepted),
        expected=sum(one.rate for one in accepted),
        differing=tuple(differing),
    )


def find(look: Transaction, key: str) -> SpotCheck:
    """A spot check; raises `NotFound`."""
    found = look.spot_checks.find(id=key)
    if found is None:
        raise unknown("spot check", key, (one.id for one in look.spot_checks.all(newest="opened_at", limit=12)))
    return found


def _said(words: str, fix: str) -> str:
    if not words.strip():
        raise Invalid("A spot check takes words.", why="Whoever looks at it later reads them.", fix=fix, code="E1299")
    return words.strip()[:_WORDS]


def _changed(check: SpotCheck, **changes: Any) -> SpotCheck:
    return msgspec.structs.replace(check, **changes, revision=check.revision + 1)
