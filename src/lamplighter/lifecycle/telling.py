"""Who is told of the steps of an incident."""

from lamplighter.domain.events.incident import IncidentMoved, IncidentOpened
from lamplighter.domain.incident import Incident, Step
from lamplighter.domain.journal import Entry
from lamplighter.domain.monitor import Severity
from lamplighter.lifecycle import outbox, receivers
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.wording import text_of
from lamplighter.store.notices import Notice
from lamplighter.store.transaction import Transaction

#: What has happened to an incident after each step.
_VERBS = {
    Step.ACKNOWLEDGE: "acknowledged",
    Step.SNOOZE: "snoozed",
    Step.WAKE: "woken",
    Step.ASSIGN: "assigned",
    Step.ESCALATE: "escalated",
    Step.JOIN: "joined",
    Step.NOTE: "noted",
    Step.MITIGATE: "mitigated",
    Step.RESOLVE: "resolved",
}


def notify(kit: Kit, entry: Entry) -> None:
    """Tell the holder of the duty. The kind of incident decides who, never the channel."""
    event = entry.event
    assert isinstance(event, IncidentOpened)
    with kit.store.transaction() as change:
        incident = change.incidents.find(id=event.incident)
        if incident is not None:
            _tell(kit, change, incident, entry, incident.holder, "opened")


def follow(kit: Kit, entry: Entry) -> None:
    """Tell whoever has to act on a step of an incident, and every channel that follows incidents."""
    event = entry.event
    assert isinstance(event, IncidentMoved)
    if not event.step:
        return
    with kit.store.transaction() as change:
        incident = change.incidents.find(id=event.incident)
        if incident is not None:
            _tell(kit, change, incident, entry, event.person, _VERBS[Step(event.step)])


def _tell(kit: Kit, change: Transaction, incident: Incident, entry: Entry, person: str, verb: str) -> None:
    name = incident.model if len(incident.models) == 1 else f"{incident.model} and {len(incident.models) - 1} more"
    what = "notice" if incident.finding.severity is Severity.NOTICE else "incident"
    notice = Notice(
        event=entry.sequence,
        channel="",
        person=person,
        incident=incident.id,
        model=incident.model,
        title=f"{name}: {incident.finding.kind} {what} {incident.id}" + ("" if verb == "opened" else f" {verb}"),
        text=text_of(kit, incident, person),
        about=f"incident.{verb}",
        at=entry.at,
    )
    outbox.put(kit, change, notice, receivers.channels_of(kit, change, incident.model))
