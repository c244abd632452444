"""Which rule book is in force: the file that the configuration names, else the one that somebody set, else the starter."""

from typing import NamedTuple

from lamplighter.domain.events.policy import PolicyChanged
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.policy import Policy
from lamplighter.domain.rulebook_change import RuleBookChange
from lamplighter.lifecycle import configuration
from lamplighter.settings import Settings
from lamplighter.store.transaction import Transaction


class InForce(NamedTuple):
    """The rule book in force."""

    policy: Policy
    #: The digest under which it came into force; that of the same rules may be another in a later release.
    digest: str


def opened(settings: Settings, change: Transaction, now: int) -> InForce:
    """The rule book of a platform that opens; one that a file or a release has brought is written down."""
    last = change.rulebook_changes.last()
    found = set_by_somebody(settings, change)
    if found is not None:
        change.policies.put(found.policy)
        return found
    policy = configuration.rule_book(settings)
    change.policies.put(policy)
    if last is None or last.digest != policy.digest:
        why = "The file that the configuration names." if settings.policy else "The starter rule book of this release."
        _write(change, policy, last, why, now)
    return InForce(policy, policy.digest)


def set_by_somebody(settings: Settings, look: Transaction) -> InForce | None:
    """The rule book that was set last; nothing where a file governs, or where nobody has set one."""
    last = look.rulebook_changes.last()
    if settings.policy or last is None or not last.is_set:
        return None
    policy = look.policies.find(digest=last.digest)
    return InForce(policy, last.digest) if policy else None


def _write(change: Transaction, policy: Policy, last: RuleBookChange | None, why: str, now: int) -> None:
    made = RuleBookChange(
        digest=policy.digest,
        name=policy.name,
        version=policy.version,
        person=PLATFORM.email,
        why=why,
        is_set=False,
        at=now,
    )
    change.rulebook_changes.add(made)
    if last is not None:
        change.journal.append(event_of(made, last.digest), PLATFORM, now)


def event_of(made: RuleBookChange, before: str) -> PolicyChanged:
    """What the journal says of it."""
    return PolicyChanged(name=made.name, version=made.version, digest=made.digest, before=before, why=made.why)
