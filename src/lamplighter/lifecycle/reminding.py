"""Who is told of what one person did alone, and of words that are late."""

from lamplighter.domain.emergency import Emergency
from lamplighter.domain.events.emergency import EmergencyAnnounced
from lamplighter.domain.events.lowering import LoweringAsked
from lamplighter.domain.events.spot_check import SpotCheckOverdue
from lamplighter.domain.events.validation import ValidationFindingOverdue
from lamplighter.domain.events.waiver import WaiverAnnounced, WaiverEndsSoon
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.journal import Entry
from lamplighter.domain.waiver import then
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.told import Told, tell, tell_everywhere


def announce(kit: Kit, entry: Entry) -> None:
    """Tell somebody of an emergency through every channel that there is: nobody passes the calendar in silence."""
    event = entry.event
    assert isinstance(event, EmergencyAnnounced)
    with kit.store.transaction() as change:
        found = change.emergencies.find(id=event.emergency)
        if found is None or not event.person:
            return
        what = "the review is overdue" if event.overdue else f"emergency for v{found.number} in {found.environment}"
        title, about = f"{found.model}: {found.id}, {what}", "emergency.overdue" if event.overdue else "emergency.declared"
        told = Told(event.person, found.id, found.model, title, _of_emergency(kit, found), about)
        tell_everywhere(kit, change, entry, told)


def _of_emergency(kit: Kit, found: Emergency) -> tuple[str, ...]:
    return (
        f"{found.person} brings v{found.number} into {found.environment} past: {', '.join(found.passed)}.",
        f"Reason: {found.why}",
        f"Review: {found.owner or 'nobody is here who may'}, due {rfc3339(found.due_at)}. Nothing else is promoted before.",
        f"Safe action: lamp rollback {found.model} --env {found.environment}",
        f"{kit.settings.url}/emergencies/{found.id}",
    )


def tell_of_lowering(kit: Kit, entry: Entry) -> None:
    """Tell the second person that a tier would fall, through the channels of the model."""
    event = entry.event
    assert isinstance(event, LoweringAsked)
    with kit.store.transaction() as change:
        found = change.lowerings.find(id=event.lowering)
        if found is None or not found.open or not event.person:
            return
        text = (
            found.told,
            f"{found.person} asked for it. It holds once a second person agrees; until then nothing changes.",
            f"Decide: lamp approvals tier {found.id} --agree, or --refuse --reason WHY",
            f"{kit.settings.url}/approvals#{found.id}",
        )
        title = f"{found.model}: {found.id}, the tier would fall to {found.after}"
        tell(kit, change, entry, Told(event.person, found.id, found.model, title, text, "lowering.asked"))


def tell_of_waiver(kit: Kit, entry: Entry) -> None:
    """Tell somebody that a version rests on a waiver that is over, through every channel that there is."""
    event = entry.event
    assert isinstance(event, WaiverAnnounced)
    with kit.store.transaction() as change:
        found = change.waivers.find(id=event.waiver)
        if found is None:
            return
        name, place = f"{found.model}@{found.number}", found.environment
        text = (
            f"{name} rests in {place} on a waiver of the gate {found.gate}, and that is over.",
            f"The gate says: {found.found}",
            f"{found.person} waived it: {found.why}",
            *((f"{found.ended_by} ended it: {found.end_why}",) if found.ended_by else ()),
            f"Mend what the gate says, bring another version, or ask for another waiver. lamp waiver show {found.id}",
            f"{kit.settings.url}/waivers/{found.id}",
        )
        title = f"{found.model}: the waiver {found.id} of the gate {found.gate} is over in {place}"
        told = Told(event.person, found.id, found.model, title, text, "waiver.lapsed", place)
        tell_everywhere(kit, change, entry, told)


def tell_of_waivers_end(kit: Kit, entry: Entry) -> None:
    """Tell somebody that a waiver ends on which a version rests, through the channels of the model."""
    event = entry.event
    assert isinstance(event, WaiverEndsSoon)
    with kit.store.transaction() as change:
        found = change.waivers.find(id=event.waiver)
        if found is None or not found.open:
            return
        place = found.environment
        text = (
            f"{found.model}@{found.number} rests in {place} on a waiver of the gate {found.gate}.",
            f"It ends {rfc3339(found.until)}; then {then(found)}.",
            f"The gate says: {found.found}",
            f"{found.person} waived it: {found.why}",
            f"Mend what the gate says, or bring another version before that. lamp waiver show {found.id}",
            f"{kit.settings.url}/waivers/{found.id}",
        )
        title = f"{found.model}: the waiver {found.id} of the gate {found.gate} ends soon in {place}"
        tell(kit, change, entry, Told(event.person, found.id, found.model, title, text, "waiver.ends-soon", place))


def tell_of_finding(kit: Kit, entry: Entry) -> None:
    """Tell the owner of a finding of a validation that it is overdue, through every channel that there is."""
    event = entry.event
    assert isinstance(event, ValidationFindingOverdue)
    with kit.store.transaction() as change:
        found = change.validation_findings.find(id=event.finding)
        if found is None:
            return
        text = (
            f"{found.person} found of {found.model} v{found.number}: {found.words}",
            f"It weighs {found.weight}, and {found.owner} had to answer until {rfc3339(found.due_at)}.",
            f"Answer: lamp validate answer {found.id} --by REF --evidence KIND --note WHAT",
            f"{kit.settings.url}/validations/{found.id}",
        )
        title = f"{found.model}: {found.id} of the validation is overdue"
        tell_everywhere(kit, change, entry, Told(event.person, found.id, found.model, title, text, "validation.overdue"))


def tell_of_spot_check(kit: Kit, entry: Entry) -> None:
    """Tell a validator that a spot check is overdue, and what that halts, through every channel that there is."""
    event = entry.event
    assert isinstance(event, SpotCheckOverdue)
    with kit.store.transaction() as change:
        found = change.spot_checks.find(id=event.check)
        if found is None:
            return
        text = (
            f"The platform accepted {found.model} v{found.number} in {found.environment} by itself, and it was drawn.",
            f"{found.person} had to check it until {rfc3339(found.due_at)}. Until somebody does, people accept its versions.",
            f"Judge: lamp spot-check judge {found.id} --found good --note WHAT, or --found bad",
            f"{kit.settings.url}/spot-checks/{found.id}",
        )
        title = f"{found.model}: the spot check {found.id} is overdue"
        tell_everywhere(kit, change, entry, Told(event.person, found.id, found.model, title, text, "spot-check.overdue"))
