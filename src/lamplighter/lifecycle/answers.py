"""What the platform does by itself when an incident opens, as the policy of the model's criticality says."""

import msgspec

from lamplighter.domain.contract import Meaning
from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.environment import Level
from lamplighter.domain.errors import Blocked, Conflict
from lamplighter.domain.events.incident import IncidentOpened, RollbackWeighed
from lamplighter.domain.events.run import RetrainingMoved
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.incident import Incident, Weighed
from lamplighter.domain.journal import Entry
from lamplighter.domain.monitor import QUARANTINE, Kind, Severity, is_of_run
from lamplighter.domain.policy import Answer
from lamplighter.domain.retraining import State
from lamplighter.domain.version import Version
from lamplighter.lifecycle import challenges, returning, shadowing, weighing
from lamplighter.lifecycle.kit import Kit
from lamplighter.measures import watched
from lamplighter.store.transaction import Transaction


def roll_back(kit: Kit, entry: Entry) -> None:
    """Return to the version before where the policy says so, there is a way, and the live version is the likely cause."""
    event = entry.event
    assert isinstance(event, IncidentOpened)
    with kit.store.transaction() as change:
        incident = change.incidents.find(id=event.incident)
        if incident is None:
            return
        live = change.routings.of(incident.model, incident.environment)
        answers = live.champion is not None and live.champion.number == incident.finding.number
        # Nothing here moves the traffic of what runs elsewhere; whoever has the incident does it there.
        if live.elsewhere or not answers or live.previous is None or not _wanted(kit, change, incident):
            return
        environment = change.environment(incident.environment)
        weighed = incident.weighed or _weigh(kit, change, incident)
    if weighed.rolls_back:
        # The number is named: without it a trial that happens to be open would be ended, and the failing version would stay.
        why = f"{incident.id}: {incident.finding.sentence} {weighed.why}"
        returning.roll_back(kit, PLATFORM, incident.model, environment, live.previous.number, why)


def _wanted(kit: Kit, look: Transaction, incident: Incident) -> bool:
    """Whether the policy lets the platform go back by itself for what was found."""
    finding = incident.finding
    if finding.measure == QUARANTINE:
        return True
    if finding.rule is not None:
        # Whoever may bring alerts may not move traffic by it.
        return False
    if is_of_run(finding.measure):
        # No caller is answered by a run; whoever is told starts it again.
        return False
    tier = tier_of(kit.policy, criticality_of(look.project(incident.model), kit.policy).tier)
    answer = {Kind.TECHNICAL: tier.technical, Kind.FUNCTIONAL: tier.functional}.get(finding.kind)
    return answer is Answer.ROLL_BACK and finding.severity is Severity.PAGE


def _weigh(kit: Kit, change: Transaction, incident: Incident) -> Weighed:
    """Ask whether the version is the cause, once, and write the answer down before anything is done."""
    weighed = weighing.weigh(change, incident, kit.clock.now())
    after = msgspec.structs.replace(incident, weighed=weighed, revision=incident.revision + 1)
    change.incidents.replace(after, revision=incident.revision)
    event = RollbackWeighed(
        model=incident.model,
        incident=incident.id,
        environment=incident.environment,
        number=incident.finding.number,
        rolls_back=weighed.rolls_back,
        why=weighed.why,
    )
    kit.record(change, event, PLATFORM)
    return weighed


def try_out(kit: Kit, entry: Entry) -> None:
    """What a training made scores along with the live version, in the most protected environment where one is live."""
    event = entry.event
    assert isinstance(event, RetrainingMoved)
    if event.state != State.FINISHED:
        return
    order = list(Level)
    with kit.store.reading() as look:
        version = look.versions.find(model=event.model, number=event.number)
        places = [look.environment(routing.environment) for routing in look.routings.all(model=event.model) if routing.champion]
        known = any(trial.challenger == event.number for trial in look.challenges.all(model=event.model))
        metric = look.project(event.model).monitor.quality.metric
    if version is None or not places or known:
        return
    environment = max(places, key=lambda place: order.index(place.level))
    try:
        shadowing.shadow(kit, PLATFORM, event.model, environment, version.number)
        challenges.challenge(kit, PLATFORM, version, environment, _deciding(metric, version), least_rows=1000)
    except (Blocked, Conflict):
        return


def _deciding(metric: str, version: Version) -> str:
    """The figure that is watched, or where rows cannot be compared by it one after the other, the usual one of such answers."""
    meaning = version.manifest.contract.output.meaning
    told = watched(metric, meaning)
    return told if told in challenges.METRICS else {Meaning.PROBABILITY: "brier", Meaning.NUMBER: "mae"}[meaning]
