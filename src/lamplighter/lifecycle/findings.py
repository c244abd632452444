"""Findings: a limit is crossed, which is told once."""

from collections.abc import Iterable

from msgspec.structs import replace

from lamplighter.domain.events.incident import FindingMade
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.incident import FELT, Incident, has_told, is_outgrown
from lamplighter.domain.monitor import Finding, Kind, Look, Severity
from lamplighter.domain.trouble import is_shared, key_of, same_trouble, trouble_of
from lamplighter.lifecycle import beside, calming
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: Entries of the journal that are looked through for a note of the same.
_NOTES = 200
#: Earlier incidents of the same cause that are looked through.
_EARLIER = 20
#: An open incident remembers at most this often that the same was found again, microseconds.
_AGAIN = 60_000_000


def report(kit: Kit, change: Transaction, finding: Finding) -> None:
    """Say that a limit is crossed, unless an open incident says so already of this model."""
    if finding.severity is Severity.NOTE:
        _note(kit, change, finding)
        return
    same = change.incidents.find(cause=key_of(finding), open=True)
    if same is None or same.state not in FELT:
        same = beside.host(change, finding)
    told = same is not None and any(same_trouble(known, finding) for known in (*same.findings, *same.beside))
    if (same is None or not told or is_outgrown(same, finding)) and not _is_past(change, finding):
        kit.record(change, FindingMade(model=finding.model, finding=finding), PLATFORM)
    elif same is not None and told:
        _found_again(kit, change, same, finding)


def _is_past(look: Transaction, finding: Finding) -> bool:
    """Whether it is about days before the version came back, and was told before that: labels that come late would tell of them
    once more."""
    if finding.kind is not Kind.FUNCTIONAL or is_shared(finding):
        return False
    since = look.routings.of(finding.model, finding.environment).live_since
    if finding.end > since:
        return False
    earlier = look.incidents.all(newest="opened_at", limit=_EARLIER, cause=key_of(finding))
    # Rows of long ago may come to a version that never went: what was told since it is live is no reason to be silent.
    return any(incident.opened_at < since and has_told(incident, finding) for incident in earlier)


def _note(kit: Kit, change: Transaction, finding: Finding) -> None:
    """What nobody is told of is written down once for each window."""
    for entry in change.journal.newest(model=finding.model, limit=_NOTES):
        known = entry.event.finding if isinstance(entry.event, FindingMade) else None
        if known is not None and same_trouble(known, finding) and (known.column, known.end) == (finding.column, finding.end):
            return
    kit.record(change, FindingMade(model=finding.model, finding=finding), PLATFORM)


def _found_again(kit: Kit, change: Transaction, incident: Incident, finding: Finding) -> None:
    """Remember that it is still so, at most once a minute."""
    now = kit.clock.now()
    calm = tuple(known for known in incident.calm if known != trouble_of(finding))
    if calm != incident.calm or now - max(incident.found_at, incident.opened_at) >= _AGAIN:
        after = replace(incident, found_at=now, calm=calm, revision=incident.revision + 1)
        change.incidents.replace(after, revision=incident.revision)


def settle(kit: Kit, looks: Iterable[Look], patience: int = 0) -> None:
    """Report what is wrong, and mitigate what nobody feels any more in incidents of so many seconds and older. That it is over
    is for people to say."""
    seen = list(looks)
    findings = [one.finding for one in seen if one.finding is not None]
    if findings:
        with kit.store.transaction() as change:
            for finding in findings:
                report(kit, change, finding)
    calming.calm(kit, seen, patience)
