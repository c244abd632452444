"""Independent validation: a validator finds, the owner answers with evidence, a validator closes or gives it back."""

from typing import Any

import msgspec

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.duration import seconds
from lamplighter.domain.errors import Conflict, Invalid, NotAllowed
from lamplighter.domain.events.validation import (
    ValidationFindingAnswered,
    ValidationFindingJudged,
    ValidationFindingOverdue,
    ValidationFindingRaised,
    VersionValidated,
)
from lamplighter.domain.identity import PLATFORM, Actor, Permission
from lamplighter.domain.names import unknown
from lamplighter.domain.policy import Tier
from lamplighter.domain.validation import ValidationFinding, ValidationWord, Weight, builders
from lamplighter.domain.version import Version
from lamplighter.lifecycle import retirement
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

DAY = 86_400_000_000
#: Characters that are kept of what people write.
_WORDS = 2000


def raise_finding(
    kit: Kit, actor: Actor, version: Version, weight: Weight, words: str, owner: str, days: int
) -> ValidationFinding:
    """Write down what a validator found; `days` is the time to answer, 0 for that of the tier.

    Raises `NotAllowed` for whoever builds the model or has no role of a validator, and `NotFound` for an owner who is not here.
    """
    with kit.store.transaction() as change:
        return raise_within(kit, change, actor, version, weight, words, owner, days)


def raise_within(
    kit: Kit,
    change: Transaction,
    actor: Actor,
    version: Version,
    weight: Weight,
    words: str,
    owner: str,
    days: int = 0,
) -> ValidationFinding:
    """The same within a transaction that writes more than the finding."""
    said = _said(words, "Say what you found, and how one sees it.")
    tier = check_validator(kit, change, actor, version.model)
    _check_owner(change, owner)
    now = kit.clock.now()
    length = days * DAY if days > 0 else int(seconds(tier.validation.due[weight]) * 1_000_000)
    finding = ValidationFinding(
        id=change.counters.id("V"),
        model=version.model,
        number=version.number,
        version=version.digest,
        weight=weight,
        words=said,
        person=actor.email,
        owner=owner,
        opened_at=now,
        due_at=now + length,
    )
    change.validation_findings.add(finding)
    event = ValidationFindingRaised(
        model=finding.model,
        finding=finding.id,
        number=finding.number,
        version=finding.version,
        weight=weight,
        words=said,
        person=actor.email,
        owner=owner,
        due_at=finding.due_at,
    )
    kit.record(change, event, actor)
    return finding


def answer(kit: Kit, actor: Actor, key: str, version: Version, kind: str, note: str) -> ValidationFinding:
    """Answer a finding with evidence of a version of the model; raises `NotAllowed` for everybody but its owner."""
    said = _said(note, "Say what was mended, and what the evidence shows.")
    with kit.store.transaction() as change:
        before = find(change, key)
        _check_open(before)
        if actor.email != before.owner:
            raise NotAllowed(
                f"You do not answer {key}.",
                why=f"{before.owner} has to mend it.",
                fix=f"Ask {before.owner}.",
                code="E1341",
            )
        evidence = _evidence(change, before, version, kind)
        after = _changed(
            before,
            answer=said,
            evidence=evidence,
            kind=kind,
            answered_number=version.number,
            answered_at=kit.clock.now(),
        )
        change.validation_findings.replace(after, revision=before.revision)
        event = ValidationFindingAnswered(
            model=after.model,
            finding=key,
            number=version.number,
            person=actor.email,
            kind=kind,
            evidence=evidence,
            note=said,
        )
        kit.record(change, event, actor)
    return after


def judge(kit: Kit, actor: Actor, key: str, note: str, *, closed: bool) -> ValidationFinding:
    """Close a finding that was answered, or give it back to its owner; raises `NotAllowed` for who is no validator."""
    said = _said(note, "Say what you looked at, and what you think of it.")
    with kit.store.transaction() as change:
        before = find(change, key)
        check_validator(kit, change, actor, before.model)
        _check_open(before)
        if actor.email == before.owner:
            raise NotAllowed(
                f"You cannot close {key}.",
                why="You have to mend it, and somebody else says whether it is mended.",
                fix="Ask another validator.",
                code="E1341",
            )
        if not before.answered:
            raise Conflict(
                f"{key} is not answered yet.",
                why=f"A validator closes it on evidence, and {before.owner} has brought none.",
                fix=f"Ask {before.owner}: lamp validate answer {key} --by REF --evidence KIND --note WHAT",
                code="E1586",
            )
        changes: dict[str, Any] = {"notes": (*before.notes, f"{actor.email}: {said}")}
        changes |= {"closed_by": actor.email, "closed_at": kit.clock.now()} if closed else {"answered_at": 0}
        after = _changed(before, **changes)
        change.validation_findings.replace(after, revision=before.revision)
        event = ValidationFindingJudged(model=after.model, finding=key, closed=closed, person=actor.email, note=said)
        kit.record(change, event, actor)
    return after


def conclude(kit: Kit, actor: Actor, version: Version, note: str) -> ValidationWord:
    """Say as a validator that a version was validated; what is left to mend stands in the findings."""
    said = _said(note, "Say what you looked at, and what you think of it.")
    with kit.store.transaction() as change:
        check_validator(kit, change, actor, version.model)
        word = ValidationWord(
            model=version.model,
            number=version.number,
            version=version.digest,
            person=actor.email,
            note=said,
            at=kit.clock.now(),
        )
        change.validation_words.add(word)
        event = VersionValidated(
            model=version.model, number=version.number, version=version.digest, person=actor.email, note=said
        )
        kit.record(change, event, actor)
    return word


def remind(kit: Kit) -> None:
    """Tell the owner of each finding that is overdue, once."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        gone = retirement.finished(look)
        found = [one for one in look.validation_findings.all(open=True) if one.model not in gone]
    late = [one for one in found if one.overdue(now) and not one.reminded]
    for one in late:
        with kit.store.transaction() as change:
            change.validation_findings.replace(_changed(one, reminded=True), revision=one.revision)
            kit.record(change, ValidationFindingOverdue(model=one.model, finding=one.id, person=one.owner), PLATFORM)


def find(look: Transaction, key: str) -> ValidationFinding:
    """A finding of a validation; raises `NotFound`."""
    found = look.validation_findings.find(id=key)
    if found is None:
        raise unknown("finding", key, (one.id for one in look.validation_findings.all(newest="opened_at", limit=12)))
    return found


def check_validator(kit: Kit, look: Transaction, actor: Actor, model: str) -> Tier:
    """The tier of a model; raises `NotAllowed` for whoever builds it or has no role that validates it."""
    project = look.project(model)
    tier = tier_of(kit.policy, criticality_of(project, kit.policy).tier)
    authors = {version.author for version in look.versions.all(model=model)}
    if actor.email in builders(project, authors, look.teams.by_name()):
        raise NotAllowed(
            f"You do not validate {model}.",
            why="You build it, and a validation is the look of somebody who does not.",
            fix=f"Ask somebody outside the building team with the role {' or '.join(tier.validation.by)}.",
            code="E1341",
        )
    if not set(tier.validation.by) & set(actor.person.roles):
        raise NotAllowed(
            f"You do not validate {model}.",
            why=f"For a model of the tier {tier.name} that takes the role {' or '.join(tier.validation.by)}.",
            fix=f"Ask somebody with the role {' or '.join(tier.validation.by)}.",
            code="E1341",
        )
    return tier


def _check_owner(look: Transaction, owner: str) -> None:
    people = look.people.by_email()
    if owner not in people:
        raise unknown("person", owner, people)
    if not people[owner].may(Permission.RESPOND):
        raise Invalid(
            f"{owner} cannot own a finding.",
            why="They have left, or none of their roles lets them answer one.",
            fix="Name somebody who builds or runs models.",
            code="E1274",
        )


def _check_open(finding: ValidationFinding) -> None:
    if not finding.open:
        raise Conflict(
            f"{finding.id} is closed already.",
            why=f"{finding.closed_by} closed it.",
            fix="Raise another finding if it has come back.",
            code="E1587",
        )


def _evidence(look: Transaction, finding: ValidationFinding, version: Version, kind: str) -> str:
    """The digest of the evidence; raises `Invalid` for a version of another model, and for evidence from before the finding."""
    found = look.evidence.newest(version.digest)
    if version.model != finding.model:
        raise Invalid(
            "That is evidence of another model.",
            why=f"{finding.id} is about {finding.model}.",
            fix=f"Name a version of {finding.model}.",
            code="E1274",
        )
    if kind not in found:
        raise unknown("evidence", kind, found)
    if found[kind].at < finding.opened_at:
        raise Invalid(
            "That evidence is older than the finding.",
            why=f"What was known when {finding.id} was raised cannot show that it is mended.",
            fix=f"Bring new evidence of {kind}, or register a new version.",
            code="E1274",
        )
    return found[kind].digest


def _said(words: str, fix: str) -> str:
    if not words.strip():
        raise Invalid("A validation takes words.", why="Whoever looks at it later reads them.", fix=fix, code="E1274")
    return words.strip()[:_WORDS]


def _changed(finding: ValidationFinding, **changes: Any) -> ValidationFinding:
    return msgspec.structs.replace(finding, **changes, revision=finding.revision + 1)
