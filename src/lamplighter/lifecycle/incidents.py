"""Incidents: one for each thing that is wrong, with somebody who has it, until it is over."""

from collections.abc import Sequence

from lamplighter.domain.criticality import criticality_of
from lamplighter.domain.events.incident import FindingMade, IncidentJoined, IncidentMoved, IncidentOpened
from lamplighter.domain.events.routing import RolledBack, WentLive
from lamplighter.domain.events.version import VersionExtended
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.incident import FELT, Incident, Linked, State, Step, advance, is_outgrown
from lamplighter.domain.journal import Entry
from lamplighter.domain.monitor import DUTY_OF, Finding, Kind, Severity
from lamplighter.domain.names import unknown
from lamplighter.domain.ownership import Assignment, last_resort, owner_of_source
from lamplighter.domain.project import Project
from lamplighter.domain.stage import Duty
from lamplighter.domain.trouble import is_of_version, is_shared, key_of, same_trouble
from lamplighter.lifecycle import affected, beside, causes, retirement
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: Earlier incidents of the same cause that are looked through.
_EARLIER = 20


def open_incident(kit: Kit, entry: Entry) -> None:
    """A finding becomes an incident of whoever holds the duty; one that is open already stays one, and the model joins it."""
    event = entry.event
    assert isinstance(event, FindingMade)
    finding = event.finding
    assert finding is not None
    if finding.severity is Severity.NOTE:
        return
    with kit.store.transaction() as change:
        if _is_gone(change, finding):
            return
        known = change.incidents.all(newest="opened_at", limit=_EARLIER, cause=key_of(finding))
        if any(finding in incident.findings for incident in known):
            return
        felt = next((incident for incident in known if incident.state in FELT), None)
        host = beside.host(change, finding)
        if felt is None and host is not None:
            beside.lay(change, host, finding, kit.clock.now())
        elif felt is None:
            _open(kit, change, finding, known)
        elif is_outgrown(felt, finding):
            _outgrow(kit, change, felt, finding)
        elif not any(same_trouble(told, finding) for told in felt.findings):
            _join(kit, change, felt, finding)


def _is_gone(look: Transaction, finding: Finding) -> bool:
    """Whether another version has taken the place of the one at fault since, or the model was retired: nobody has to be told,
    and the journal has it."""
    if retirement.is_finished(look, finding.model):
        return True
    live = look.routings.of(finding.model, finding.environment)
    on_trial = finding.measure.startswith("trial-")
    serving = {one.number for one in (live.champion, live.challenger) if one is not None}
    return _is_own(finding) and not on_trial and bool(serving) and finding.number not in serving


def _is_own(finding: Finding) -> bool:
    """Whether the version may be at fault. Of what another system found only that system knows; a run fails by its own."""
    return is_of_version(finding) and finding.rule is None


def _outgrow(kit: Kit, change: Transaction, notice: Incident, finding: Finding) -> None:
    """A page takes the place of a notice, with everything that the notice told of."""
    take(kit, change, notice, PLATFORM, Step.RESOLVE, "It is worse than a notice now; another incident follows.")
    page = _open(kit, change, finding, ())
    for told in notice.findings:
        if not any(same_trouble(told, known) for known in page.findings):
            page = _join(kit, change, page, told)


def _open(kit: Kit, change: Transaction, finding: Finding, known: Sequence[Incident]) -> Incident:
    for incident in known:
        if incident.state is State.MITIGATED:
            take(kit, change, incident, PLATFORM, Step.RESOLVE, "It has begun again; another incident follows.")
    project, assignment = _routed(kit, change, finding)
    own, now = change.project(finding.model), kit.clock.now()
    live = change.routings.of(finding.model, finding.environment)
    answers = live.champion is not None and live.champion.number == finding.number
    notices = beside.notices(change, finding)
    incident = Incident(
        id=change.counters.id("I"),
        model=finding.model,
        environment=finding.environment,
        finding=finding,
        duty=assignment.duty,
        holder=assignment.holder,
        deputy=assignment.deputy,
        opened_at=now,
        moved_at=now,
        source=finding.source,
        tier=criticality_of(project, kit.policy).tier,
        causes=causes.explain(change, finding, now),
        runbook=own.monitor.runbook,
        affected=affected.callers(change, own, finding.environment, now),
        way_back=live.previous.number if answers and live.previous else 0,
        beside=tuple(notice.finding for notice in notices),
    )
    change.incidents.add(incident)
    opened = IncidentOpened(
        model=incident.model, incident=incident.id, kind=finding.kind, duty=incident.duty, holder=incident.holder
    )
    kit.record(change, opened, PLATFORM)
    for told in (*notices, *_younger(change, incident)):
        take(kit, change, told, PLATFORM, Step.RESOLVE, f"It is told with {incident.id} now.")
    return incident


def _younger(look: Transaction, incident: Incident) -> list[Incident]:
    """What was told of the same version when it was younger."""
    if incident.finding.kind is not Kind.LIFETIME:
        return []
    known = look.incidents.all(model=incident.model, environment=incident.environment, open=True)
    ages = [one for one in known if one.finding.kind is Kind.LIFETIME and one.id != incident.id]
    return [one for one in ages if one.finding.number == incident.finding.number]


def _routed(kit: Kit, change: Transaction, finding: Finding) -> tuple[Project, Assignment]:
    """Whose duty it is, and the project whose tier sets the clock; never nobody while anybody is there."""
    people, teams = change.people.by_email(), change.teams.by_name()
    projects = _concerned(change, finding)
    worst = max(projects, key=lambda project: kit.policy.rank(criticality_of(project, kit.policy).tier))
    duty = DUTY_OF[finding.kind] if not is_shared(finding) else Duty.MONITOR_TECHNICAL
    held = change.duties(worst, kit.clock.now()).of(duty)
    if finding.source:
        held = owner_of_source(finding.source, projects, people, teams, held.holder) or held
    if not held.holder:
        last = last_resort(worst, people, teams)
        held = Assignment(duty=held.duty, accountable=held.accountable, holder=last, deputy="")
    return worst, held


def _concerned(change: Transaction, finding: Finding) -> list[Project]:
    """Projects of the models that may have this trouble: those that use the source, or are live where nobody is answered."""
    own = change.project(finding.model)
    if finding.source:
        named = [one for one in change.projects.all() if any(source.name == finding.source for source in one.source)]
        return named or [own]
    if is_shared(finding):
        live = [change.project(one.model) for one in change.routings.all(environment=finding.environment) if one.champion]
        return live or [own]
    return [own]


def _join(kit: Kit, change: Transaction, incident: Incident, finding: Finding) -> Incident:
    """Another model has the same trouble: it is linked, and nobody is told again."""
    link = Linked(model=finding.model, environment=finding.environment, finding=finding, at=kit.clock.now())
    ranks = {name: kit.policy.rank(name) for name in (incident.tier, _tier(kit, change, finding.model)) if name}
    worst = max(ranks, key=ranks.__getitem__)
    after = advance(
        incident, Step.JOIN, now=incident.moved_at, note="", linked=(*incident.linked, link), found_at=link.at, tier=worst
    )
    change.incidents.replace(after, revision=incident.revision)
    change.incidents.link(incident.id, finding.model)
    kit.record(change, IncidentJoined(model=finding.model, incident=incident.id, environment=finding.environment), PLATFORM)
    return after


def _tier(kit: Kit, change: Transaction, model: str) -> str:
    return criticality_of(change.project(model), kit.policy).tier


def mitigate_withdrawn(kit: Kit, entry: Entry) -> None:
    """An incident about a trial is mitigated as it opens: its traffic is back where it was."""
    event = entry.event
    assert isinstance(event, IncidentOpened)
    with kit.store.reading() as look:
        incident = look.incidents.find(id=event.incident)
    if incident is not None and incident.finding.measure.startswith("trial-") and incident.state is State.OPEN:
        move(kit, PLATFORM, incident.id, Step.MITIGATE, "All traffic is with the version before.")


def mitigate(kit: Kit, entry: Entry) -> None:
    """Another version takes the harm out of the incidents of the one that is gone."""
    event = entry.event
    assert isinstance(event, RolledBack | WentLive)
    how = "Rolled back to" if isinstance(event, RolledBack) else "Replaced by"
    with kit.store.reading() as look:
        incidents = look.incidents.all(model=event.model, environment=event.environment, open=True)
    for incident in incidents:
        if incident.finding.number == event.previous and incident.state in FELT and _is_own(incident.finding):
            move(kit, PLATFORM, incident.id, Step.MITIGATE, f"{how} v{event.number}.")


def renewed(kit: Kit, entry: Entry) -> None:
    """An extension ends the incidents of the version's age."""
    event = entry.event
    assert isinstance(event, VersionExtended)
    with kit.store.reading() as look:
        incidents = look.incidents.all(model=event.model, environment=event.environment, open=True)
    for incident in incidents:
        if incident.finding.kind is Kind.LIFETIME and incident.state is not State.RESOLVED:
            move(kit, PLATFORM, incident.id, Step.RESOLVE, f"Its owner extended v{event.number}: {event.why}")


def move(kit: Kit, actor: Actor, key: str, step: Step, note: str) -> Incident:
    """Acknowledge, note, mitigate or resolve an incident; raises `NotFound` and `Conflict`."""
    with kit.store.transaction() as change:
        more = {"who": actor.email} if step is Step.ACKNOWLEDGE else {}
        return take(kit, change, find(change, key), actor, step, note, **more)


def find(look: Transaction, key: str) -> Incident:
    """The incident of that name; raises `NotFound` with those that are open."""
    incident = look.incidents.find(id=key)
    if incident is None:
        raise unknown("incident", key, (found.id for found in look.incidents.all(open=True)))
    return incident


def take(
    kit: Kit,
    change: Transaction,
    incident: Incident,
    actor: Actor,
    step: Step,
    note: str,
    *,
    person: str = "",
    **more: object,
) -> Incident:
    """One step of an incident, and its event; `person` is who is told of it, the other words are fields of the incident."""
    said = f"{actor.email}: {note[:2000]}" if note else ""
    after = advance(incident, step, now=kit.clock.now(), note=said, **more)
    change.incidents.replace(after, revision=incident.revision)
    event = IncidentMoved(model=after.model, incident=after.id, state=after.state, note=said, step=step, person=person)
    kit.record(change, event, actor)
    return after
