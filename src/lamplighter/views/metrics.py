"""What monitoring systems read of every live model: few questions to the database, whatever the number of models."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, NamedTuple

from lamplighter.domain.environment import Environment
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.lifetime import lifetime_in
from lamplighter.domain.metric import METRICS, STATUS, Metric
from lamplighter.domain.monitor import Finding, Reading
from lamplighter.domain.policy import Policy
from lamplighter.domain.routing import Routing
from lamplighter.domain.stage import STAGE_OF
from lamplighter.monitoring.profile import PREDICTION
from lamplighter.views.aspects import aspects, expired, of_age
from lamplighter.views.false_alarms import summed
from lamplighter.views.handover import due
from lamplighter.views.known import Known, circle, known

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

#: Aspects of readings that are figures of quality, and how they came about.
_KINDS = {"quality": "measured", "estimate": "estimated"}
_ASPECTS = ("drift", *_KINDS)
_Place = tuple[str, str]


class Sample(NamedTuple):
    """One figure with the values of its labels, in their order."""

    metric: Metric
    labels: tuple[str, ...]
    value: float


class _Estate(NamedTuple):
    """Everything that is asked of the database."""

    known: Mapping[str, Known]
    places: Mapping[str, Environment]
    routings: Sequence[Routing]
    #: Those that are not resolved, by model and environment.
    incidents: Mapping[_Place, Sequence[Incident]]
    #: What was found of a model in an environment and is not over.
    felt: Mapping[_Place, Sequence[Finding]]
    #: Where an emergency is not reviewed.
    unreviewed: Set[_Place]
    #: Where a waiver is over and whoever owns the model has to see to it.
    lapsed: Set[_Place]
    #: Models with a finding of a validation that is overdue.
    late: Set[str]
    #: Models that were handed over, or whose handover somebody has started.
    given: Set[str]
    #: By aspect, then by model and environment.
    readings: Mapping[str, Mapping[_Place, Sequence[Reading]]]
    #: Versions whose inputs moved so far that it matters.
    moved: Set[tuple[str, str, int]]
    spans: Mapping[_Place, tuple[int, int]]
    label_heads: Mapping[_Place, int]


def samples(look: "Transaction", *, policy: Policy, now: int, allowed: float) -> Iterator[Sample]:
    """Every figure that the database knows, as of now; `allowed` is how many false alarms a month all models may give."""
    estate = _estate(look, policy, now)
    yield from _owners(estate)
    yield from _incidents(estate)
    yield from _consumers(look, estate)
    alarms = summed(estate.known, estate.routings, look.inputs.all(), policy, allowed)
    yield _sample("lamp_false_alarms_allowed", alarms.allowed)
    yield from (_sample("lamp_false_alarms_expected", expected, tier) for tier, expected in alarms.tiers.items())
    for routing in estate.routings:
        one = estate.known.get(routing.model)
        if one is not None:
            yield from _status(estate, one, routing, now)
        yield from _weights(routing)
        yield from _figures(estate, (routing.model, routing.environment))


def _estate(look: "Transaction", policy: Policy, now: int) -> _Estate:
    people, (handed, started) = circle(look, policy), look.handovers.under_way(now)
    every = (known(body, people, handed) for body in look.projects.bodies())
    routings = [routing for routing in look.routings.all() if routing.champion]
    champions = [(one.model, one.environment, one.champion.number) for one in routings if one.champion]
    incidents: dict[_Place, list[Incident]] = {}
    felt: dict[_Place, list[Finding]] = {}
    for incident in look.incidents.all(open=True):
        for place in dict.fromkeys((found.model, found.environment) for found in incident.findings):
            incidents.setdefault(place, []).append(incident)
        for found in incident.felt:
            felt.setdefault((found.model, found.environment), []).append(found)
    return _Estate(
        known={one.project.name: one for one in every},
        places={place.name: place for place in look.environments.all()},
        routings=routings,
        incidents=incidents,
        felt=felt,
        unreviewed={(one.model, one.environment) for one in look.emergencies.all(open=True)},
        lapsed={(one.model, one.environment) for one in look.waivers.all(open=True) if one.calls},
        late={one.model for one in look.validation_findings.all(open=True) if one.overdue(now)},
        given={*handed, *started},
        readings=_readings(look, champions),
        moved=look.inputs.moved(),
        spans=look.answered.spans(champions, now),
        label_heads=look.predictions.label_heads(),
    )


def _readings(look: "Transaction", champions: Sequence[tuple[str, str, int]]) -> dict[str, dict[_Place, list[Reading]]]:
    found: dict[str, dict[_Place, list[Reading]]] = {aspect: {} for aspect in _ASPECTS}
    for reading in look.readings.newest(champions, _ASPECTS):
        found[reading.aspect].setdefault((reading.model, reading.environment), []).append(reading)
    return found


def _sample(name: str, value: float, *labels: str) -> Sample:
    return Sample(METRICS[name], labels, value)


def _owners(estate: _Estate) -> Iterator[Sample]:
    for model, one in estate.known.items():
        for stage, owner in {STAGE_OF[held.duty]: held.accountable for held in one.ownership.assignments}.items():
            yield _sample("lamp_owner_info", 1.0, model, stage, owner)


def _incidents(estate: _Estate) -> Iterator[Sample]:
    for place, incidents in estate.incidents.items():
        felt = (one for one in incidents if one.state is not State.MITIGATED)
        for labels, count in Counter((one.finding.kind, one.finding.severity) for one in felt).items():
            yield _sample("lamp_incidents_open", float(count), *place, *labels)


def _consumers(look: "Transaction", estate: _Estate) -> Iterator[Sample]:
    """Names of callers come from the projects alone, so that nobody can make labels by calling."""
    declared = {model: {consumer.name for consumer in one.project.consumer} for model, one in estate.known.items()}
    counts: Counter[tuple[str, str, str]] = Counter()
    for model, environment, consumer, requests in look.traffic.all_callers():
        counts[model, environment, consumer if consumer in declared.get(model, ()) else "other"] += requests
    for labels, count in counts.items():
        yield _sample("lamp_consumer_requests_total", float(count), *labels)


def _status(estate: _Estate, one: Known, routing: Routing, now: int) -> Iterator[Sample]:
    place = (routing.model, routing.environment)
    lifetime = lifetime_in(one.tier, one.project, estate.places[routing.environment], routing, now)
    found = aspects(
        estate.felt.get(place, ()),
        live=True,
        moved=(*place, routing.champion.number if routing.champion else 0) in estate.moved,
        watched=one.project.monitor.quality.limit is not None,
        governed=not one.gaps
        and not expired(lifetime)
        and place not in estate.unreviewed | estate.lapsed
        and routing.model not in estate.late
        and not _is_late(estate, one, routing, now),
    )
    for aspect, status in of_age(found, lifetime, off=routing.off is not None).items():
        yield _sample("lamp_model_status", STATUS[status], *place, aspect)


def _is_late(estate: _Estate, one: Known, routing: Routing, now: int) -> bool:
    """Whether its handover is due and nobody has started it."""
    level = estate.places[routing.environment].level
    return routing.model not in estate.given and due(one.project, one.ownership, routing, level, now) is not None


def _weights(routing: Routing) -> Iterator[Sample]:
    for served, weight in ((routing.champion, 1.0 - routing.share), (routing.challenger, routing.share)):
        if served is not None:
            yield _sample("lamp_rollout_weight", weight, routing.model, routing.environment, str(served.number))


def _figures(estate: _Estate, place: _Place) -> Iterator[Sample]:
    for reading in estate.readings["drift"].get(place, ()):
        if reading.column == PREDICTION:
            yield _sample("lamp_prediction_drift", reading.value, *place)
        else:
            yield _sample("lamp_input_drift", reading.value, *place, reading.column)
    for aspect, kind in _KINDS.items():
        for reading in estate.readings[aspect].get(place, ()):
            yield _sample("lamp_quality", reading.value, *place, reading.measure, kind)
            yield _sample("lamp_quality_low", reading.low, *place, reading.measure, kind)
            yield _sample("lamp_quality_high", reading.high, *place, reading.measure, kind)
    span = estate.spans.get(place)
    if span is not None:
        first, last = span
        behind = max(0, last - estate.label_heads.get(place, first))
        yield _sample("lamp_label_lag_seconds", behind / 1_000_000, *place)
