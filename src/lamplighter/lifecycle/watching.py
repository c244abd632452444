"""Monitoring: readings by window, and findings where a limit is crossed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from math import isfinite

from msgspec.structs import replace

from lamplighter.domain.duration import seconds
from lamplighter.domain.errors import Invalid
from lamplighter.domain.events.incident import FindingMade
from lamplighter.domain.events.routing import Withdrawn
from lamplighter.domain.events.run import JobRunMoved, RetrainingMoved
from lamplighter.domain.job import State as Run
from lamplighter.domain.journal import Entry
from lamplighter.domain.monitor import OUTAGE, QUARANTINE, Finding, Kind, Look, Reading
from lamplighter.domain.pushed import LabelsKept
from lamplighter.domain.record import Record
from lamplighter.domain.retraining import State as Training
from lamplighter.domain.route import Served
from lamplighter.domain.routing import Routing
from lamplighter.lifecycle import (
    answering,
    calibrating,
    drifting,
    emptied,
    ended_runs,
    findings,
    inputs,
    movement,
    presence,
    quality,
    windows,
)
from lamplighter.lifecycle import outcomes as outcomes_by_day
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.pace import Pace
from lamplighter.lifecycle.presence import Seen
from lamplighter.store.closed_days import Place
from lamplighter.store.transaction import Transaction

#: What a request's id and the number of its row can come to.
_LONGEST_ID = 80


class Label(Record, frozen=True):
    """What really happened to one prediction."""

    id: str
    value: float
    revision: int = 0


def push_labels(kit: Kit, model: str, labels: Sequence[Label]) -> LabelsKept:
    """Keep labels; a label may come before its prediction. Says how many came and how many of them change no figure; raises
    `Invalid` for what no label can be."""
    if any(len(one.id) > _LONGEST_ID or not 0 <= one.revision < 2**31 or not isfinite(one.value) for one in labels):
        raise Invalid(
            "A label cannot be kept.",
            why=f"A prediction id has at most {_LONGEST_ID} characters, a value is a number, and a revision lies between 0 and "
            "2147483647.",
            fix="Send the id as the prediction gave it, leave out what is not known, and count revisions from 0.",
            code="E1143",
        )
    newest: dict[str, Label] = {}
    for label in labels:
        known = newest.get(label.id)
        if known is None or (label.revision, label.value) > (known.revision, known.value):
            newest[label.id] = label
    with kit.store.transaction() as change:
        change.predictions.label([(label.id, label.value, label.revision) for label in newest.values()], kit.clock.now())
        change.predictions.advance_labels(newest, kit.clock.now())
        places = change.predictions.places_of(newest)
        waiting = newest.keys() - places.keys()
        change.labels.wait(model, waiting)
        closed = _soil(kit, change, {place for found in places.values() for place in found})
    late = sum(found <= closed for found in places.values())
    return LabelsKept(kept=len(labels), waiting=len(waiting), closed=late)


def _soil(kit: Kit, change: Transaction, places: AbstractSet[Place]) -> AbstractSet[Place]:
    """Say that the figures of days have to be made again, but for closed days; gives these."""
    closed = change.closed_days.among(places)
    changed = places - closed
    change.profiles.soil({(place.model, place.environment, place.day) for place in changed}, kit.clock.now())
    # Who closed one of them at the same time was waited for.
    return closed | change.closed_days.among(changed)


def claim_labels(kit: Kit) -> None:
    """Let labels go on whose prediction has come since, and drop those that have waited in vain for long enough."""
    now = kit.clock.now()
    with kit.store.transaction() as change:
        # Their days are made again: prediction and label may have come at once, each not knowing of the other.
        claimed = change.labels.claim()
        change.predictions.advance_labels(claimed, now)
        _soil(kit, change, {place for found in change.predictions.places_of(claimed).values() for place in found})
        for project in change.projects.all():
            change.labels.expire(project.name, now - int(seconds(project.monitor.labels.wait) * 1_000_000))


def observe(kit: Kit, pace: Pace | None = None) -> None:
    """Make the figures again of every window that changed, and say where a limit is crossed; `pace` says which models have to
    wait, because they have many rows and were looked at not long ago."""
    for step in steps(kit, pace or Pace()):
        step()


def steps(kit: Kit, pace: Pace) -> Iterator[Callable[[], None]]:
    """The same, one model in one environment at a time."""
    with kit.store.reading() as look:
        dirty = look.profiles.dirty()
    days: dict[tuple[str, str], list[int]] = {}
    for model, environment, day in dirty:
        days.setdefault((model, environment), []).append(day)
    for place, found in days.items():
        if pace.due(place, kit.clock.elapsed()):
            yield partial(_at_pace, kit, pace, place, found)


def _at_pace(kit: Kit, pace: Pace, place: tuple[str, str], days: list[int]) -> None:
    begun = kit.clock.elapsed()
    try:
        _observe(kit, *place, days)
    finally:
        pace.took(place, kit.clock.elapsed() - begun, kit.clock.elapsed())


def _observe(kit: Kit, model: str, environment: str, days: list[int]) -> None:
    begun = kit.clock.now()
    # Many rows may have to be read, and nobody who writes has to wait for that.
    with kit.store.reading() as look:
        marks = {day: seen for day, seen in look.profiles.marks(model, environment).items() if day in days}
        # The windows of the other versions are as they were.
        numbers = look.predictions.scored(model, environment, look.versions.numbers(model), list(marks))
        fresh = outcomes_by_day.read(look, model, environment, numbers, marks)
        found = windows.readings(kit, look, model, numbers, environment, list(marks), fresh)
    with kit.store.transaction() as change:
        change.profiles.hold_days(model, environment)
        outcomes_by_day.keep(change, model, environment, fresh)
        readings = change.readings.state(found)
        inputs.note(change, readings)
        change.profiles.clean(model, environment, marks, begun)
        champion = change.routings.of(model, environment).champion
        if champion is not None:
            _judge(kit, change, [reading for reading in readings if reading.number == champion.number])


def _judge(kit: Kit, change: Transaction, readings: Sequence[Reading]) -> None:
    """Say what is wrong with the live version. What the labels say of a window goes before what was expected of it."""
    measured = {(reading.measure, reading.start) for reading in readings if reading.aspect == "quality"}
    for reading in readings:
        known = reading.aspect == "estimate" and (reading.measure, reading.start) not in measured
        if reading.crossed and (reading.aspect == "quality" or known):
            _find(kit, change, reading)
        _empty(kit, change, reading)
    calibration = _calibration(kit, change, readings)
    if calibration is not None:
        findings.report(kit, change, calibration)
    moved = movement.finding(readings)
    if moved is not None:
        findings.report(kit, change, replace(moved, after_rows=change.answered.count(moved.model, moved.environment)))


def _calibration(kit: Kit, change: Transaction, readings: Sequence[Reading]) -> Finding | None:
    live = next(((one.model, one.number) for one in readings), None)
    version = change.versions.find(model=live[0], number=live[1]) if live else None
    return calibrating.finding(kit, change, version, readings) if version is not None else None


def _empty(kit: Kit, change: Transaction, reading: Reading) -> None:
    version = change.versions.find(model=reading.model, number=reading.number) if reading.crossed else None
    found = emptied.finding(kit, change, version, reading) if version is not None else None
    if found is not None:
        findings.report(kit, change, found)


def _find(kit: Kit, change: Transaction, reading: Reading) -> None:
    assert reading.limit is not None
    finding = Finding(
        model=reading.model,
        environment=reading.environment,
        number=reading.number,
        kind=Kind.FUNCTIONAL,
        measure=reading.measure,
        value=reading.value,
        limit=reading.limit,
        sentence=quality.sentence(change, reading) if reading.aspect == "quality" else drifting.sentence(reading),
        start=reading.start,
        end=reading.end,
        after_rows=change.answered.count(reading.model, reading.environment),
    )
    findings.report(kit, change, finding)


def watch_service(kit: Kit, turned_away: Mapping[tuple[str, str], int] | None = None) -> None:
    """Hold what callers feel against the limits of each live model; what they no longer feel is mitigated. Of each model in
    each environment `turned_away` counts requests of the last minute that a process refused for want of room."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        routings = answering.telling(look, now, turned_away or {})
        seen = [one for routing in routings for one in _looks(look, routing, now, turned_away or {})]
    findings.settle(kit, seen, answering.CALM)


def _looks(look: Transaction, routing: Routing, now: int, turned_away: Mapping[tuple[str, str], int]) -> Iterator[Look]:
    return answering.looks(look, routing, now, turned_away.get((routing.model, routing.environment), 0))


def watch_processes(kit: Kit, name: str, quarantined: Mapping[str, str], seen: Seen) -> None:
    """Find the live versions of an environment that answer nobody: those in quarantine, by digest with the reason, and those
    whose processes are not there."""
    with kit.store.reading() as look:
        live = [(one, one.champion) for one in look.routings.all(environment=name) if one.champion is not None]
    calm: list[Look] = []
    for routing, champion in live:
        why = quarantined.get(champion.digest, "")
        if why:
            _absent(kit, routing, champion, QUARANTINE, f"v{champion.number} answers nobody. {why}")
        if routing.model in seen.absent:
            measure = presence.UNLOADED if routing.model in seen.unloaded else OUTAGE
            _absent(kit, routing, champion, measure, seen.absent[routing.model])
        elif routing.model in seen.present:
            calm.append(Look(routing.model, name, presence.UNLOADED, calm=seen.present[routing.model]))
    if not seen.absent.keys() - seen.unloaded:
        calm += [Look(model, name, OUTAGE, calm=there) for model, there in seen.present.items()]
    findings.settle(kit, calm)


def _absent(kit: Kit, routing: Routing, champion: Served, measure: str, sentence: str) -> None:
    now = kit.clock.now()
    with kit.store.transaction() as change:
        finding = Finding(
            model=routing.model,
            environment=routing.environment,
            number=champion.number,
            kind=Kind.TECHNICAL,
            measure=measure,
            value=1.0,
            limit=0.0,
            sentence=sentence,
            start=now,
            end=now,
            after_rows=change.answered.count(routing.model, routing.environment),
        )
        findings.report(kit, change, finding)


def report_end(kit: Kit, entry: Entry) -> None:
    """A run of a job or a training that failed for good is a finding, and one that succeeds calms it."""
    event = entry.event
    assert isinstance(event, JobRunMoved | RetrainingMoved)
    with kit.store.reading() as look:
        if isinstance(event, JobRunMoved):
            run = look.job_runs.find(id=event.run)
            ended = run is not None and run.state in (Run.FINISHED, Run.FAILED)
            seen = ended_runs.of_run(look, run) if run is not None and ended else None
        else:
            asked = look.retrainings.find(id=event.retraining)
            ended = asked is not None and asked.state in (Training.FINISHED, Training.FAILED)
            seen = ended_runs.of_training(look, asked) if asked is not None and ended else None
        told = [one.event.finding for one in look.journal.of(event.model) if isinstance(one.event, FindingMade)]
    if seen is not None and (seen.finding is None or seen.finding not in told):
        findings.settle(kit, [seen])


def report_withdrawal(kit: Kit, entry: Entry) -> None:
    """A version that lost its trial is a technical finding, if it broke."""
    event = entry.event
    assert isinstance(event, Withdrawn)
    signal, _, why = event.why.partition(": ")
    if signal not in ("broken", "overdue"):
        return
    finding = Finding(
        model=event.model,
        environment=event.environment,
        number=event.number,
        kind=Kind.TECHNICAL,
        measure=f"trial-v{event.number}",
        value=0.0,
        limit=0.0,
        sentence=f"v{event.number} was taken back from its trial by itself. {why}",
        start=entry.at,
        end=entry.at,
        after_rows=0,
    )
    with kit.store.transaction() as change:
        told = (entry.event for entry in change.journal.of(event.model) if isinstance(entry.event, FindingMade))
        if not any(known.finding == finding for known in told):
            findings.report(kit, change, finding)
