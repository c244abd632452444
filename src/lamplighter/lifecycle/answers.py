"""What the platform does by itself when an incident opens, as the policy of the model's criticality says."""

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.environment import Level
from lamplighter.domain.errors import Conflict
from lamplighter.domain.events import IncidentOpened, RetrainingMoved
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.journal import Entry
from lamplighter.domain.monitor import QUARANTINE, Kind
from lamplighter.domain.policy import Answer
from lamplighter.domain.retraining import State
from lamplighter.lifecycle import deployment, management
from lamplighter.lifecycle.kit import Kit


def roll_back(kit: Kit, entry: Entry) -> None:
    """Return to the version before where the policy says so, the live version is the one that fails, and there is a way."""
    event = entry.event
    assert isinstance(event, IncidentOpened)
    with kit.store.reading() as look:
        incident = look.incidents.find(id=event.incident)
        if incident is None:
            return
        tier = tier_of(kit.policy, criticality_of(look.project(event.model), kit.policy).tier)
        environment = look.environment(incident.environment)
        live = look.routings.of(incident.model, incident.environment)
    wanted = tier.technical if incident.finding.kind is Kind.TECHNICAL else tier.functional
    measure = incident.finding.measure
    # A version in quarantine answers nobody, so there is nothing to weigh.
    due = measure == QUARANTINE or (wanted is Answer.ROLL_BACK and measure == "failures")
    if live.elsewhere:
        # Nothing here moves the traffic of what runs elsewhere; whoever has the incident does it there.
        return
    is_cause = live.champion is not None and live.champion.number == incident.finding.number
    if due and is_cause and live.previous is not None:
        # The number is named: without it a trial that happens to be open would be ended, and the failing version would stay.
        why = f"{incident.id}: {incident.finding.sentence}"
        deployment.roll_back(kit, PLATFORM, incident.model, environment, live.previous.number, why)


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
        deployment.shadow(kit, PLATFORM, event.model, environment, version.number)
        decides = metric if metric in management.METRICS else "brier"
        management.challenge(kit, PLATFORM, version, environment, decides, least_rows=1000)
    except Conflict:
        return
