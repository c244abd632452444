"""Who is told of rollouts, emergencies, waivers and trainings that are refused."""

from typing import NamedTuple

from lamplighter.domain.emergency import Emergency
from lamplighter.domain.environment import Level
from lamplighter.domain.events.emergency import EmergencyAnnounced
from lamplighter.domain.events.rollout import HookAnswered, RolloutMoved
from lamplighter.domain.events.routing import RolledBack, WentLive
from lamplighter.domain.events.run import RetrainingRefused
from lamplighter.domain.events.spot_check import SpotCheckOverdue
from lamplighter.domain.events.validation import ValidationFindingOverdue
from lamplighter.domain.events.waiver import WaiverAnnounced, WaiverEndsSoon
from lamplighter.domain.hook import OnFailure
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.journal import Entry
from lamplighter.domain.rollout import Phase
from lamplighter.domain.stage import Duty
from lamplighter.domain.waiver import then
from lamplighter.lifecycle import outbox, receivers
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.notices import Notice
from lamplighter.store.transaction import Transaction


def ask(kit: Kit, entry: Entry) -> None:
    """Tell the holder of the duty to deploy that a rollout waits for a decision, where the platform has paused it."""
    event = entry.event
    assert isinstance(event, RolloutMoved)
    if event.phase == Phase.PAUSED and event.outcome is not None:
        title = f"{event.model}: rollout {event.rollout} asks for a decision"
        text = f"{event.why}\nSafe action: lamp rollout stop {event.rollout}"
        _tell_deployer(kit, entry, event, title, text, "rollout.asked")


def tell_of_hook(kit: Kit, entry: Entry) -> None:
    """Tell the holder of the duty to deploy that a hook has stopped a version. One that takes it back opens an incident."""
    event = entry.event
    assert isinstance(event, HookAnswered)
    if event.follows == OnFailure.STOP:
        title = f"{event.model}: the hook {event.hook} stopped v{event.number}"
        _tell_deployer(kit, entry, event, title, f"{event.why}\nNothing was changed.", "rollout.stopped")


def _tell_deployer(kit: Kit, entry: Entry, event: RolloutMoved | HookAnswered, title: str, text: str, about: str) -> None:
    with kit.store.transaction() as change:
        project = change.project(event.model)
        holder = change.duties(project, kit.clock.now()).of(Duty.DEPLOY).holder
        text = f"{text}\n{kit.settings.url}/rollouts/{event.rollout}"
        notice = Notice(entry.sequence, "", holder, event.rollout, event.model, title, text, about=about, at=entry.at)
        if holder:
            outbox.put(kit, change, notice, receivers.channels_of(kit, change, event.model))


def release(kit: Kit, entry: Entry) -> None:
    """Tell the channels that want to know which version answers now. What happens where models are developed is nobody's
    business but theirs."""
    event = entry.event
    assert isinstance(event, WentLive | RolledBack)
    with kit.store.transaction() as change:
        place = change.environments.find(name=event.environment)
        channels = receivers.channels_of(kit, change, event.model)
        wanted = tuple(name for name in channels if receivers.hears_of_releases(kit.settings, name))
        if place is not None and place.level is not Level.DEVELOPMENT and wanted:
            outbox.put(kit, change, _of_release(entry, event), wanted)


def _of_release(entry: Entry, event: WentLive | RolledBack) -> Notice:
    verb, about = ("went live", "went-live") if isinstance(event, WentLive) else ("is back", "rolled-back")
    before = f" v{event.previous} answered before." if event.previous else ""
    why = f" {event.why}" if isinstance(event, RolledBack) and event.why else ""
    title = f"{event.model}: v{event.number} {verb} in {event.environment}"
    text = f"v{event.number} has all traffic of {event.model} in {event.environment}.{before}{why}\nBy {entry.actor}."
    version = f"{event.model}@{event.number}"
    return Notice(
        event=entry.sequence,
        channel="",
        person="",
        incident=version,
        model=event.model,
        title=title,
        text=text,
        about=f"version.{about}",
        at=entry.at,
        environment=event.environment,
    )


class Told(NamedTuple):
    """What is told through every channel."""

    #: Key of what it is about, such as `W-2`.
    about_id: str
    model: str
    title: str
    text: str
    #: Such as `waiver.lapsed`.
    kind: str
    environment: str = ""


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
        told = Told(found.id, found.model, title, _of_emergency(kit, found), about)
        _tell_everywhere(kit, change, entry, event.person, told)


def tell_of_waiver(kit: Kit, entry: Entry) -> None:
    """Tell somebody that a version rests on a waiver that is over, through every channel that there is."""
    event = entry.event
    assert isinstance(event, WaiverAnnounced)
    with kit.store.transaction() as change:
        found = change.waivers.find(id=event.waiver)
        if found is None:
            return
        name, place = f"{found.model}@{found.number}", found.environment
        text = [
            f"{name} rests in {place} on a waiver of the gate {found.gate}, and that is over.",
            f"The gate says: {found.found}",
            f"{found.person} waived it: {found.why}",
            *((f"{found.ended_by} ended it: {found.end_why}",) if found.ended_by else ()),
            f"Mend what the gate says, bring another version, or ask for another waiver. lamp waiver show {found.id}",
            f"{kit.settings.url}/waivers/{found.id}",
        ]
        title, about = f"{found.model}: the waiver {found.id} of the gate {found.gate} is over in {place}", "waiver.lapsed"
        told = Told(found.id, found.model, title, "\n".join(text), about, place)
        _tell_everywhere(kit, change, entry, event.person, told)


def tell_of_waivers_end(kit: Kit, entry: Entry) -> None:
    """Tell somebody that a waiver ends on which a version rests, through the channels of the model."""
    event = entry.event
    assert isinstance(event, WaiverEndsSoon)
    with kit.store.transaction() as change:
        found = change.waivers.find(id=event.waiver)
        if found is None or not found.open:
            return
        place = found.environment
        text = [
            f"{found.model}@{found.number} rests in {place} on a waiver of the gate {found.gate}.",
            f"It ends {rfc3339(found.until)}; then {then(found)}.",
            f"The gate says: {found.found}",
            f"{found.person} waived it: {found.why}",
            f"Mend what the gate says, or bring another version before that. lamp waiver show {found.id}",
            f"{kit.settings.url}/waivers/{found.id}",
        ]
        title = f"{found.model}: the waiver {found.id} of the gate {found.gate} ends soon in {place}"
        notice = Notice(
            event=entry.sequence,
            channel="",
            person=event.person,
            incident=found.id,
            model=found.model,
            title=title,
            text="\n".join(text),
            about="waiver.ends-soon",
            at=entry.at,
            environment=place,
        )
        outbox.put(kit, change, notice, receivers.channels_of(kit, change, found.model))


def tell_of_finding(kit: Kit, entry: Entry) -> None:
    """Tell the owner of a finding of a validation that it is overdue, through every channel that there is."""
    event = entry.event
    assert isinstance(event, ValidationFindingOverdue)
    with kit.store.transaction() as change:
        found = change.validation_findings.find(id=event.finding)
        if found is None:
            return
        text = [
            f"{found.person} found of {found.model} v{found.number}: {found.words}",
            f"It weighs {found.weight}, and {found.owner} had to answer until {rfc3339(found.due_at)}.",
            f"Answer: lamp validate answer {found.id} --by REF --evidence KIND --note WHAT",
            f"{kit.settings.url}/validations/{found.id}",
        ]
        title, about = f"{found.model}: {found.id} of the validation is overdue", "validation.overdue"
        told = Told(found.id, found.model, title, "\n".join(text), about)
        _tell_everywhere(kit, change, entry, event.person, told)


def tell_of_training(kit: Kit, entry: Entry) -> None:
    """Tell the holder of the duty to retrain that a training is refused, through the channels of the model."""
    event = entry.event
    assert isinstance(event, RetrainingRefused)
    with kit.store.transaction() as change:
        title = f"{event.model}: the training {event.retraining} is refused"
        text = [
            f"{event.cause} would set it off. {event.why}",
            f"See what comes next: lamp retraining show {event.model}",
            f"Train all the same: lamp retrain {event.model} --cause WHY",
            f"{kit.settings.url}/m/{event.model}",
        ]
        notice = Notice(
            event=entry.sequence,
            channel="",
            person=event.person,
            incident=event.retraining,
            model=event.model,
            title=title,
            text="\n".join(text),
            about="training.refused",
            at=entry.at,
        )
        if event.person:
            outbox.put(kit, change, notice, receivers.channels_of(kit, change, event.model))


def tell_of_spot_check(kit: Kit, entry: Entry) -> None:
    """Tell a validator that a spot check is overdue, and what that halts, through every channel that there is."""
    event = entry.event
    assert isinstance(event, SpotCheckOverdue)
    with kit.store.transaction() as change:
        found = change.spot_checks.find(id=event.check)
        if found is None:
            return
        text = [
            f"The platform accepted {found.model} v{found.number} in {found.environment} by itself, and it was drawn.",
            f"{found.person} had to check it until {rfc3339(found.due_at)}. Until somebody does, people accept its versions.",
            f"Judge: lamp spot-check judge {found.id} --found good --note WHAT, or --found bad",
            f"{kit.settings.url}/spot-checks/{found.id}",
        ]
        title, about = f"{found.model}: the spot check {found.id} is overdue", "spot-check.overdue"
        told = Told(found.id, found.model, title, "\n".join(text), about)
        _tell_everywhere(kit, change, entry, event.person, told)


def _tell_everywhere(kit: Kit, change: Transaction, entry: Entry, person: str, told: Told) -> None:
    """Through the channels of the model and through all others: nobody may say that it did not reach them."""
    notice = Notice(
        event=entry.sequence,
        channel="",
        person=person,
        incident=told.about_id,
        model=told.model,
        title=told.title,
        text=told.text,
        about=told.kind,
        at=entry.at,
        environment=told.environment,
    )
    outbox.put(kit, change, notice, (*receivers.channels_of(kit, change, told.model), *kit.settings.channel_names))


def _of_emergency(kit: Kit, found: Emergency) -> str:
    return "\n".join(
        [
            f"{found.person} brings v{found.number} into {found.environment} past: {', '.join(found.passed)}.",
            f"Reason: {found.why}",
            f"Review: {found.owner or 'nobody is here who may'}, due {rfc3339(found.due_at)}. Nothing else is promoted before.",
            f"Safe action: lamp rollback {found.model} --env {found.environment}",
            f"{kit.settings.url}/emergencies/{found.id}",
        ]
    )
