"""Who should deploy this model, who has which duty, and telling the one whose duty it is."""

import socket
import time

import msgspec

from lamplighter import plugins
from lamplighter.channels.base import Channel, Message, Undelivered
from lamplighter.domain.advice import advise, situation_of
from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import NotFound
from lamplighter.domain.events import IncidentMoved, IncidentOpened, Notified, RolloutMoved
from lamplighter.domain.identity import PLATFORM, Role
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.journal import Entry
from lamplighter.domain.monitor import Severity
from lamplighter.domain.names import is_team
from lamplighter.domain.ownership import ownership_of
from lamplighter.domain.project import Project, seconds
from lamplighter.domain.readiness import Part, Readiness
from lamplighter.domain.rollout import Phase
from lamplighter.domain.stage import Duty, Stage
from lamplighter.domain.who import Who
from lamplighter.lifecycle.kit import Kit
from lamplighter.probes.base import Ground
from lamplighter.store.notices import Notice
from lamplighter.store.transaction import Transaction

#: The stages that a receiving team takes over.
_RECEIVING = (Stage.DEPLOYMENT, Stage.MONITORING)
#: Waiting time after each failed try, seconds; then the message is given up and that is recorded.
_TRIES = (1, 2, 5, 15, 60, 300, 900, 3600)


def who(kit: Kit, model: str) -> Who:
    """The arrangement, the rule that fired, the people and the four lights, measured now; raises `NotFound`."""
    with kit.store.reading() as look:
        project = look.project(model)
        ground = _ground(kit, look, project)
    readiness = Readiness(readings=tuple(plugins.plugin("probes", part.value).probe(ground) for part in Part))
    criticality = criticality_of(project, kit.policy)
    advice = advise(
        situation_of(
            critical=tier_of(kit.policy, criticality.tier).critical,
            often=bool(project.impact.updates and project.impact.updates.often),
            receiver=_receiver(project),
            readiness=readiness,
        )
    )
    return Who(
        model=model,
        advice=advice,
        criticality=criticality,
        readiness=readiness,
        ownership=ground.ownership,
        business=project.owners.business,
        risk=project.owners.risk,
    )


def _receiver(project: Project) -> bool:
    """Whether a team is named that has, or takes over, deployment or monitoring."""
    holders = [project.owners.holder(stage) for stage in _RECEIVING]
    return any(is_team(party) for holder in holders if holder for party in (holder.first, holder.then) if party)


def _ground(kit: Kit, look: Transaction, project: Project) -> Ground:
    people = look.people.by_email()
    environment = _main(look)
    observation = kit.target(environment).observe(environment)
    begun = time.perf_counter()
    answers = _answers(environment) if observation.alive else None
    version = look.versions.newest(project.name)
    fed = {column for source in project.source for column in source.columns}
    inputs = [column.name for column in version.manifest.contract.inputs] if version else []
    return Ground(
        project=project,
        ownership=ownership_of(project, people, look.teams.by_name()),
        environment=environment.name,
        answers=answers,
        answer_ms=(time.perf_counter() - begun) * 1000.0,
        port_free=answers is not None or not _answers(environment),
        operators=tuple(p.email for p in people.values() if p.active and {Role.IT, Role.ADMINISTRATOR} & set(p.roles)),
        version=version,
        evidence=look.evidence.newest(version.digest) if version else {},
        unfed=tuple(name for name in inputs if name not in fed),
    )


def _main(look: Transaction) -> Environment:
    """The most protected environment."""
    order = list(Level)
    return max(look.environments.all(), key=lambda environment: order.index(environment.level))


def _answers(environment: Environment) -> bool:
    try:
        with socket.create_connection((environment.host, environment.port), timeout=1.0):
            return True
    except OSError:
        return False


def notify(kit: Kit, entry: Entry) -> None:
    """Tell the holder of the duty. The kind of incident decides who, never the channel."""
    event = entry.event
    assert isinstance(event, IncidentOpened)
    with kit.store.transaction() as change:
        incident = change.incidents.find(id=event.incident)
        if incident is not None and incident.holder:
            _post(kit, change, incident, incident.holder, entry.sequence)


def ask(kit: Kit, entry: Entry) -> None:
    """Tell the holder of the duty to deploy that a rollout waits for a decision, where the platform has paused it."""
    event = entry.event
    assert isinstance(event, RolloutMoved)
    if event.phase != Phase.PAUSED or event.outcome is None:
        return
    with kit.store.transaction() as change:
        project = change.project(event.model)
        duties = ownership_of(project, change.people.by_email(), change.teams.by_name())
        holder = duties.of(Duty.DEPLOY).holder
        title = f"{event.model}: rollout {event.rollout} asks for a decision"
        text = f"{event.why}\nSafe action: lamp rollout stop {event.rollout}\n{kit.settings.url}/rollouts/{event.rollout}"
        if holder:
            _put(kit, change, project, Notice(entry.sequence, "", holder, event.rollout, event.model, title, text))


def escalate(kit: Kit) -> None:
    """Tell the deputy of every incident that nobody acknowledged within the time of its tier."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        waiting = [i for i in look.incidents.all(open=True) if _escalates(i)]
    for incident in waiting:
        with kit.store.transaction() as change:
            tier = tier_of(kit.policy, criticality_of(change.project(incident.model), kit.policy).tier)
            if now - incident.opened_at < seconds(tier.escalate_after) * 1_000_000:
                continue
            _escalate(kit, change, incident)


def _escalates(incident: Incident) -> bool:
    """Whether the deputy has to be told if nobody answers: a notice waits for working hours."""
    unanswered = incident.state is State.OPEN and not incident.escalated and bool(incident.deputy)
    return unanswered and incident.finding.severity is Severity.PAGE


def _escalate(kit: Kit, change: Transaction, incident: Incident) -> None:
    after = msgspec.structs.replace(incident, escalated=True, revision=incident.revision + 1)
    change.incidents.replace(after, revision=incident.revision)
    note = f"Nobody acknowledged it in time; {incident.deputy} is told."
    event = IncidentMoved(model=incident.model, incident=incident.id, state=incident.state, note=note)
    _post(kit, change, after, incident.deputy, kit.record(change, event, PLATFORM))


def _post(kit: Kit, change: Transaction, incident: Incident, person: str, sequence: int) -> None:
    """Tell a person of an incident."""
    what = "notice" if incident.finding.severity is Severity.NOTICE else "incident"
    title = f"{incident.model}: {incident.finding.kind} {what} {incident.id}"
    notice = Notice(sequence, "", person, incident.id, incident.model, title, _text(kit, incident))
    _put(kit, change, change.project(incident.model), notice)


def _put(kit: Kit, change: Transaction, project: Project, notice: Notice) -> None:
    """Put one message for each channel in the outbox. A second time for the same event adds nothing."""
    for channel in dict.fromkeys((*kit.settings.channels, *project.monitor.notify)):
        change.notices.add(msgspec.structs.replace(notice, channel=channel), kit.clock.now())


def _text(kit: Kit, incident: Incident) -> str:
    page = f"{kit.settings.url}/incidents/{incident.id}"
    return f"{incident.finding.sentence}\nSafe action: lamp rollback {incident.model}\n{page}"


def deliver(kit: Kit) -> None:
    """Try every message whose time has come; each outcome is in the journal."""
    with kit.store.reading() as look:
        due = look.notices.due(kit.clock.now())
    for key, notice in due:
        why = _send(kit, notice)
        with kit.store.transaction() as change:
            if why and notice.attempts < len(_TRIES):
                change.notices.defer(key, notice, kit.clock.now() + _TRIES[notice.attempts] * 1_000_000)
                continue
            change.notices.close(key)
            event = Notified(
                model=notice.model,
                incident=notice.incident,
                person=notice.person,
                channel=notice.channel,
                delivered=not why,
                why=why,
            )
            kit.record(change, event, PLATFORM)


def _send(kit: Kit, notice: Notice) -> str:
    """Deliver one message; the reason if it did not arrive, else nothing."""
    kind, address = _address(kit, notice.channel)
    message = Message(
        id=f"{notice.event}-{notice.channel}",
        person=notice.person,
        model=notice.model,
        incident=notice.incident,
        title=notice.title,
        text=notice.text,
    )
    try:
        channel: Channel = plugins.plugin("channels", kind)
        channel.send(message, address)
    except NotFound:
        return f"The configuration has no channel {kind} any more."
    except Undelivered as error:
        return str(error)
    return ""


def _address(kit: Kit, name: str) -> tuple[str, str]:
    """The plugin behind the name of a channel, and where it sends to."""
    if name in kit.settings.webhooks:
        return "webhook", kit.settings.webhooks[name]
    if name in kit.settings.apprise:
        return "apprise", kit.settings.apprise[name]
    return name, ""
