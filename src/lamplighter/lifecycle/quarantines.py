"""Rows that no training is given: those of a span that somebody names, and those of a feed that is broken, late or empty."""

import msgspec

from lamplighter.domain.events.incident import IncidentJoined, IncidentMoved, IncidentOpened
from lamplighter.domain.events.quarantine import QuarantineAdded, QuarantineEnded, QuarantineLifted
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.incident import Incident
from lamplighter.domain.journal import Entry
from lamplighter.domain.monitor import Finding, Kind, Severity
from lamplighter.domain.names import unknown
from lamplighter.domain.quarantine import Quarantine, check_quarantine, lifted
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def add(kit: Kit, actor: Actor, model: str, start: int, end: int, reason: str) -> Quarantine:
    """Leave the rows of a span of event time out of trainings; raises `NotFound` and `Invalid`."""
    with kit.store.transaction() as change:
        change.project(model)
        named = Quarantine(
            id=change.counters.id("Q"),
            model=model,
            start=start,
            end=end,
            reason=reason.strip(),
            author=actor.email,
            added_at=kit.clock.now(),
        )
        _add(kit, change, actor, check_quarantine(named))
    return named


def _add(kit: Kit, change: Transaction, actor: Actor, one: Quarantine) -> None:
    change.quarantines.add(one)
    event = QuarantineAdded(
        model=one.model, quarantine=one.id, start=one.start, end=one.end, incident=one.incident, why=one.reason
    )
    kit.record(change, event, actor)


def lift(kit: Kit, actor: Actor, key: str, reason: str) -> Quarantine:
    """Let the rows of a span count again; raises `NotFound`, `Conflict` and `Invalid`."""
    with kit.store.transaction() as change:
        known = change.quarantines.find(id=key)
        if known is None:
            raise unknown("quarantine", key, (one.id for one in change.quarantines.all(open=True)))
        after = lifted(known, by=actor.email, why=reason.strip(), now=kit.clock.now())
        change.quarantines.replace(after, revision=known.revision)
        kit.record(change, QuarantineLifted(model=after.model, quarantine=after.id, why=after.lifted_why), actor)
    return after


def withhold(kit: Kit, entry: Entry) -> None:
    """Every model of an incident about a feed that is late, empty or broken has a quarantine from where the feed went wrong to
    where nobody feels it. What is only noticed, such as a column that is empty somewhat more often, keeps no rows back."""
    event = entry.event
    assert isinstance(event, IncidentOpened | IncidentJoined | IncidentMoved)
    with kit.store.transaction() as change:
        incident = change.incidents.find(id=event.incident)
        for model in incident.models if incident is not None else ():
            if incident is not None and _is_broken(incident.of(model)):
                _follow(kit, change, incident, model)


def _is_broken(finding: Finding) -> bool:
    return finding.kind is Kind.FEED and finding.severity is Severity.PAGE


def _follow(kit: Kit, change: Transaction, incident: Incident, model: str) -> None:
    now, is_felt = kit.clock.now(), any(finding.model == model for finding in incident.felt)
    known = change.quarantines.find(model=model, cause=incident.id)
    if known is None:
        finding = incident.of(model)
        begun = Quarantine(
            id=change.counters.id("Q"),
            model=model,
            start=finding.start,
            end=0 if is_felt else now,
            reason=f"{incident.id}: {finding.sentence}",
            author=PLATFORM.email,
            added_at=now,
            incident=incident.id,
        )
        _add(kit, change, PLATFORM, begun)
    elif not known.end and not is_felt:
        over = msgspec.structs.replace(known, end=max(now, known.start + 1), revision=known.revision + 1)
        change.quarantines.replace(over, revision=known.revision)
        kit.record(change, QuarantineEnded(model=model, quarantine=known.id, end=over.end), PLATFORM)
