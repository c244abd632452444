"""Who is told of what, in words that need no knowledge of models."""

from lamplighter.domain.emergency import Emergency
from lamplighter.domain.environment import Level
from lamplighter.domain.errors import NotFound, Unavailable
from lamplighter.domain.events.emergency import EmergencyAnnounced
from lamplighter.domain.events.incident import IncidentMoved, IncidentOpened
from lamplighter.domain.events.notification import Notified
from lamplighter.domain.events.rollout import HookAnswered, RolloutMoved
from lamplighter.domain.events.routing import RolledBack, WentLive
from lamplighter.domain.hook import OnFailure
from lamplighter.domain.identity import Actor
from lamplighter.domain.incident import Incident, Step, is_shared
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.journal import Entry
from lamplighter.domain.monitor import Kind, Severity, is_of_run
from lamplighter.domain.ownership import ownership_of
from lamplighter.domain.rollout import Phase
from lamplighter.domain.stage import Duty
from lamplighter.lifecycle import messages, outbox, receivers
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.notices import Notice
from lamplighter.store.transaction import Transaction

#: What has happened to an incident after each step.
VERBS = {
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
#: What is said of an incident that is not about errors, without the words of statistics.
_FELT = {Kind.FUNCTIONAL: "answers every request, but its answers come true less often than agreed."}
#: Rules of another monitoring system that are named.
_FEW = 5
#: Microseconds; a window that begins before this has no beginning.
_DAY = 86_400_000_000


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
            _tell(kit, change, incident, entry, event.person, VERBS[Step(event.step)])


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
    outbox.put(kit, change, notice, _channels(kit, change, incident.model))


def _channels(kit: Kit, look: Transaction, model: str) -> tuple[str, ...]:
    return (*kit.settings.channels, *look.project(model).monitor.notify)


def text_of(kit: Kit, incident: Incident, person: str) -> str:
    """What users feel, since when, who they are, what changed, the safe action, who has it, and the page."""
    lines = [what_users_feel(incident), f"Since {rfc3339(_begun(incident))}."]
    if incident.affected:
        lines.append(f"People affected: {', '.join(incident.affected)}.")
    if incident.suspects:
        lines.append(f"What changed: {incident.suspects[0].sentence}")
    lines += [f"Found by: {rule.name} {rule.link}".rstrip() for rule in incident.rules[:_FEW]]
    lines.append(f"Safe action: {incident.safe_action or _no_way_back(incident)}")
    if incident.runbook:
        lines.append(f"Runbook: {incident.runbook}")
    has_it = person or incident.has_it or "nobody"
    lines.append(f"Who has it: {has_it}{f', then {incident.deputy}' if incident.deputy not in ('', has_it) else ''}")
    return "\n".join([*lines, f"{kit.settings.url}/incidents/{incident.id}"])


def what_users_feel(incident: Incident) -> str:
    """One sentence without ML words."""
    who = f"{incident.model} ({incident.tier})" if incident.tier else incident.model
    finding = incident.finding
    plain = _FELT.get(finding.kind, "") if finding.severity is Severity.PAGE and not is_of_run(finding.measure) else ""
    many = f" {len(incident.models)} models have the same trouble." if len(incident.models) > 1 else ""
    return f"{who} {plain}{many}" if plain else f"{who}: {finding.sentence}{many}"


def _begun(incident: Incident) -> int:
    return incident.finding.start if incident.finding.start > _DAY else incident.opened_at


def _no_way_back(incident: Incident) -> str:
    if is_of_run(incident.finding.measure):
        return "none is needed; callers are answered as before"
    if incident.source:
        return f"none here; whoever owns the source {incident.source} mends it"
    if is_shared(incident.finding):
        return f"none here; not one version is at fault but what all of {incident.environment} share"
    return "none: no version was live before"


def ask(kit: Kit, entry: Entry) -> None:
    """Tell the holder of the duty to deploy that a rollout waits for a decision, where the platform has paused it."""
    event = entry.event
    assert isinstance(event, RolloutMoved)
    if event.phase != Phase.PAUSED or event.outcome is None:
        return
    with kit.store.transaction() as change:
        project = change.project(event.model)
        holder = ownership_of(project, change.people.by_email(), change.teams.by_name()).of(Duty.DEPLOY).holder
        title = f"{event.model}: rollout {event.rollout} asks for a decision"
        text = f"{event.why}\nSafe action: lamp rollout stop {event.rollout}\n{kit.settings.url}/rollouts/{event.rollout}"
        notice = Notice(entry.sequence, "", holder, event.rollout, event.model, title, text, about="rollout.asked", at=entry.at)
        if holder:
            outbox.put(kit, change, notice, _channels(kit, change, event.model))


def tell_of_hook(kit: Kit, entry: Entry) -> None:
    """Tell the holder of the duty to deploy that a hook has stopped a version. One that takes it back opens an incident."""
    event = entry.event
    assert isinstance(event, HookAnswered)
    if event.follows != OnFailure.STOP:
        return
    with kit.store.transaction() as change:
        project = change.project(event.model)
        holder = ownership_of(project, change.people.by_email(), change.teams.by_name()).of(Duty.DEPLOY).holder
        title = f"{event.model}: the hook {event.hook} stopped v{event.number}"
        text = f"{event.why}\nNothing was changed.\n{kit.settings.url}/rollouts/{event.rollout}"
        about = "rollout.stopped"
        notice = Notice(entry.sequence, "", holder, event.rollout, event.model, title, text, about=about, at=entry.at)
        if holder:
            outbox.put(kit, change, notice, _channels(kit, change, event.model))


def release(kit: Kit, entry: Entry) -> None:
    """Tell the channels that want to know which version answers now. What happens where models are developed is nobody's
    business but theirs."""
    event = entry.event
    assert isinstance(event, WentLive | RolledBack)
    with kit.store.transaction() as change:
        place = change.environments.find(name=event.environment)
        wanted = [name for name in _channels(kit, change, event.model) if receivers.hears_of_releases(kit.settings, name)]
        if place is None or place.level is Level.DEVELOPMENT or not wanted:
            return
        verb, about = ("went live", "went-live") if isinstance(event, WentLive) else ("is back", "rolled-back")
        before = f" v{event.previous} answered before." if event.previous else ""
        why = f" {event.why}" if isinstance(event, RolledBack) and event.why else ""
        title = f"{event.model}: v{event.number} {verb} in {event.environment}"
        text = f"v{event.number} has all traffic of {event.model} in {event.environment}.{before}{why}\nBy {entry.actor}."
        version = f"{event.model}@{event.number}"
        notice = Notice(
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
        outbox.put(kit, change, notice, tuple(wanted))


def announce(kit: Kit, entry: Entry) -> None:
    """Tell somebody of an emergency through every channel that there is: nobody passes the calendar in silence."""
    event = entry.event
    assert isinstance(event, EmergencyAnnounced)
    with kit.store.transaction() as change:
        found = change.emergencies.find(id=event.emergency)
        if found is None or not event.person:
            return
        what = "the review is overdue" if event.overdue else f"emergency for v{found.number} in {found.environment}"
        notice = Notice(
            event=entry.sequence,
            channel="",
            person=event.person,
            incident=found.id,
            model=found.model,
            title=f"{found.model}: {found.id}, {what}",
            text=_of_emergency(kit, found),
            about="emergency.overdue" if event.overdue else "emergency.declared",
            at=entry.at,
        )
        outbox.put(kit, change, notice, (*_channels(kit, change, found.model), *kit.settings.channel_names))


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


def try_channel(kit: Kit, actor: Actor, name: str) -> None:
    """Send a message of no meaning through a channel at once; raises `NotFound`, or `Unavailable` if it does not arrive."""
    known = {*kit.settings.channels, *kit.settings.channel_names}
    if name not in known:
        raise NotFound(
            "There is no channel of that name.",
            why=f"Known: {', '.join(sorted(known))}.",
            fix="Name one of them, or add it to config.toml.",
            code="E1246",
        )
    title, text = "A test of lamplighter", f"{actor.email} tries whether messages arrive. Nothing is wrong.\n{kit.settings.url}"
    notice = Notice(0, name, actor.email, "test", "lamplighter", title, text, about="channel.tested", at=kit.clock.now())
    why = messages.send(kit, notice)
    with kit.store.transaction() as change:
        kit.record(change, Notified(person=actor.email, channel=name, delivered=not why, why=why), actor)
    if why:
        raise Unavailable(
            "The test message did not arrive.",
            why=why,
            fix=f"Correct {name} in config.toml or its receiver, then repeat.",
            code="E1569",
        )
