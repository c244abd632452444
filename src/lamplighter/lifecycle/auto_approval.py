"""What the platform accepts by itself: whether it may at all now, and the draw of spot checks when it does.

The draw is part of the transaction that writes the decision down, so that no version is accepted without one.
"""

from collections.abc import Sequence

from lamplighter import keys
from lamplighter.domain.decision import Decision
from lamplighter.domain.duration import seconds
from lamplighter.domain.errors import Invalid
from lamplighter.domain.events.spot_check import SpotCheckDrawn, SpotCheckKeyMade, VersionAutoApproved
from lamplighter.domain.identity import PLATFORM, Permission
from lamplighter.domain.policy import Tier
from lamplighter.domain.project import Project
from lamplighter.domain.record import digest_of
from lamplighter.domain.spot_check import SpotCheck, drawn, suspended
from lamplighter.domain.validation import builders
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def why_not(kit: Kit, look: Transaction, project: Project, tier: Tier) -> str:
    """Why the platform accepts nothing of a model now, as a sentence; empty if it may."""
    checks = look.spot_checks.all(model=project.name, open=True)
    if halted := suspended(checks, kit.clock.now()):
        return halted
    if not _validators(look, project, tier):
        return f"Nobody is here who may check it afterwards: that takes the role {' or '.join(tier.validation.by)}."
    return _lost(kit, look)


def _lost(kit: Kit, look: Transaction) -> str:
    """Why nothing can be drawn: the key is not the one of which the journal tells."""
    told = told_key(look)
    if not told and not kit.settings.spot_check_key.exists():
        return ""
    try:
        found = digest_of(kit.settings.spot_check_key.read_bytes())
    except OSError:
        found = ""
    return "" if found and found == (told or found) else "The key that draws spot checks is not the one that the journal names."


def told_key(look: Transaction) -> str:
    """Digest of the key that draws, as the journal tells; empty before the first draw."""
    entries = look.journal.newest(name=SpotCheckKeyMade.__name__, limit=1)
    return next((one.event.digest for one in entries if isinstance(one.event, SpotCheckKeyMade)), "")


def accepted(kit: Kit, change: Transaction, decision: Decision, project: Project, tier: Tier) -> None:
    """Write down that the platform accepted a version, and ask a validator to check it if it is drawn."""
    found = decision.auto_approved
    assert found is not None
    key = _key(kit, change)
    is_drawn = drawn(key, decision.version, decision.environment, found.spot_checks)
    event = VersionAutoApproved(
        model=decision.model,
        number=decision.number,
        version=decision.version,
        environment=decision.environment,
        decision=decision.digest,
        rate=found.spot_checks,
        drawn=is_drawn,
    )
    kit.record(change, event, PLATFORM)
    known = change.spot_checks.all(version=decision.version, environment=decision.environment)
    if is_drawn and not known:
        _ask(kit, change, decision, project, tier)


def _key(kit: Kit, change: Transaction) -> bytes:
    key = keys.secret(kit.settings.spot_check_key)
    told = told_key(change)
    if not told:
        kit.record(change, SpotCheckKeyMade(digest=digest_of(key)), PLATFORM)
    elif told != digest_of(key):
        raise Invalid(
            "The key that draws spot checks is another one.",
            why="The journal names the digest of the one that was made first.",
            fix="Bring keys/spot-checks.key back from a backup, or have people accept versions again.",
            code="E1297",
        )
    return key


def _ask(kit: Kit, change: Transaction, decision: Decision, project: Project, tier: Tier) -> None:
    """Ask the validator who has fewest to check."""
    waiting = [one.person for one in change.spot_checks.all(open=True) if one.waits]
    able = sorted(_validators(change, project, tier), key=lambda person: (waiting.count(person), person))
    now = kit.clock.now()
    check = SpotCheck(
        id=change.counters.id("S"),
        model=decision.model,
        environment=decision.environment,
        number=decision.number,
        version=decision.version,
        person=able[0],
        opened_at=now,
        due_at=now + int(seconds(tier.look_alikes.checked_within) * 1_000_000),
    )
    change.spot_checks.add(check)
    event = SpotCheckDrawn(
        model=check.model,
        check=check.id,
        number=check.number,
        version=check.version,
        environment=check.environment,
        person=check.person,
        due_at=check.due_at,
    )
    kit.record(change, event, PLATFORM)


def _validators(look: Transaction, project: Project, tier: Tier) -> Sequence[str]:
    """Whoever is here, has a role that validates models of the tier, and does not build this one."""
    authors = {version.author for version in look.versions.all(model=project.name)}
    inside = builders(project, authors, look.teams.by_name())
    return [
        person.email
        for person in look.people.by_email().values()
        if person.email not in inside and person.may(Permission.APPROVE) and set(tier.validation.by) & set(person.roles)
    ]
