"""The table of reactions: whoever is told the same entry a second time, as after a crash, changes nothing."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.domain import specimens
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_incidents import finding, found, react
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.emergency import Emergency
from lamplighter.domain.errors import Blocked
from lamplighter.domain.events import AnyEvent
from lamplighter.domain.events.base import Event
from lamplighter.domain.events.emergency import EmergencyAnnounced
from lamplighter.domain.events.handover import (
    HandoverAccepted,
    HandoverDiscussed,
    HandoverEnded,
    HandoverShown,
    HandoverStarted,
)
from lamplighter.domain.events.incident import FindingMade, IncidentJoined, IncidentMoved, IncidentOpened
from lamplighter.domain.events.lowering import LoweringAsked
from lamplighter.domain.events.retirement import RetirementFinished, RetirementTold
from lamplighter.domain.events.rollout import HookAnswered, RolloutMoved
from lamplighter.domain.events.routing import RolledBack, SwitchedOff, SwitchedOn, WentLive, Withdrawn
from lamplighter.domain.events.run import JobRunMoved, RetrainingMoved, RetrainingRefused
from lamplighter.domain.events.spot_check import SpotCheckOverdue
from lamplighter.domain.events.validation import ValidationFindingOverdue
from lamplighter.domain.events.version import VersionExtended, VersionRegistered
from lamplighter.domain.events.waiver import WaiverAnnounced, WaiverEndsSoon
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.job import Cause, Failure, Run
from lamplighter.domain.job import State as RunState
from lamplighter.domain.journal import Entry
from lamplighter.domain.monitor import Kind
from lamplighter.domain.outcome import Judgement, Outcome
from lamplighter.domain.replay import Replay
from lamplighter.domain.retraining import Retraining
from lamplighter.domain.retraining import State as Ended
from lamplighter.domain.version import Version
from lamplighter.lifecycle import quarantines
from lamplighter.lifecycle.reactions import REACTIONS
from lamplighter.store import schema

MODEL = "reacting"


def record(life: Life, event: AnyEvent) -> Entry:
    """Write an event into the journal; its entry."""
    with life.kit.store.transaction() as change:
        return change.journal.append(event, PLATFORM, life.clock.now())


def newest(life: Life, kind: type[Event]) -> Entry:
    """The last entry about a type of event."""
    return life.entries(kind)[-1]


def opened(life: Life, versions: list[Version], kind: Kind) -> Entry:
    """The entry of an incident that has opened and that nothing has reacted to."""
    made = finding(versions[1], kind, start=life.clock.now(), end=life.clock.now())
    REACTIONS[FindingMade][0](life.kit, record(life, FindingMade(model=MODEL, finding=made)))
    return newest(life, IncidentOpened)


def moved(life: Life, versions: list[Version]) -> Entry:
    """The entry of an incident that was given to somebody, which nothing has reacted to."""
    opened(life, versions, Kind.TECHNICAL)
    life["ines"].assign(life.events(IncidentOpened)[-1].incident, address("milo"))
    return newest(life, IncidentMoved)


def joined(life: Life, entry: Entry) -> Entry:
    """The entry of another model that has the trouble of an incident."""
    return record(life, IncidentJoined(model=MODEL, incident=incident_of(entry), environment="prod"))


def resolved(life: Life, entry: Entry) -> Entry:
    """The entry of an incident that is over."""
    quarantines.withhold(life.kit, entry)
    life["ines"].resolve(incident_of(entry))
    return newest(life, IncidentMoved)


def incident_of(entry: Entry) -> str:
    """The incident that has opened."""
    assert isinstance(entry.event, IncidentOpened)
    return entry.event.incident


def withheld(life: Life) -> list[bool]:
    """Whether each quarantine of the model has an end."""
    return [bool(one.end) for one in life["dana"].quarantines(MODEL)]


def trial(life: Life, versions: list[Version]) -> Entry:
    """The entry of the incident of a trial that was taken back."""
    made = finding(versions[2], measure="trial-v3")
    REACTIONS[FindingMade][0](life.kit, record(life, FindingMade(model=MODEL, finding=made)))
    return newest(life, IncidentOpened)


def mitigable(life: Life, versions: list[Version], event: AnyEvent) -> Entry:
    """An entry that follows an open incident of the second version."""
    found(life, finding(versions[1], Kind.FUNCTIONAL))
    return record(life, event)


#: What the journal says of a rollout that the platform has paused, because too little was seen.
UNDECIDED = RolloutMoved(
    model=MODEL,
    rollout="R-1",
    environment="prod",
    number=3,
    phase="paused",
    why="Too little was seen.",
    outcome=Outcome(judgement=Judgement.UNDECIDED, why="Too little was seen.", checks=()),
)


#: What the journal says of a training that is refused.
SWITCHED: dict[str, Any] = {
    "model": MODEL,
    "environment": "prod",
    "number": 1,
    "reason": "It is wrong.",
    "told": (address("ines"),),
}
REFUSED = RetrainingRefused(model=MODEL, retraining="T-1", cause="volume", person=address("dana"), why="Too many.")


def replays(life: Life) -> list[Replay]:
    """Replays of the model."""
    with life.kit.store.reading() as look:
        return [replay for replay in look.replays.all() if replay.model == MODEL]


def handed_over(event: AnyEvent) -> tuple[Callable[[Life, list[Version]], Entry], Callable[[Life], Any]]:
    """A step of a handover of which one person is told."""

    def begin(life: Life, _: list[Version]) -> Entry:
        with life.kit.store.transaction() as change:
            change.handovers.add(specimens.handover(model=MODEL, giver=address("dana"), started_by=address("dana")))
        return record(life, event)

    return begin, lambda life: len(outbox(life)) == 1


#: For each name of a reaction, an entry that it has something to do for, and what it has then done.
SITUATIONS: Mapping[str, tuple[Callable[[Life, list[Version]], Entry], Callable[[Life], Any]]] = {
    "ask_everywhere": (
        lambda life, versions: newest(life, VersionRegistered),
        lambda life: [(replay.number, replay.live_number) for replay in replays(life)] == [(3, 2)],
    ),
    "ask": (lambda life, versions: record(life, UNDECIDED), lambda life: len(outbox(life)) == 1),
    "report_withdrawal": (
        lambda life, versions: record(life, Withdrawn(model=MODEL, environment="prod", number=3, why="broken: It raised.")),
        lambda life: [event.finding.measure for event in life.events(FindingMade) if event.finding] == ["trial-v3"],
    ),
    "tell_of_switch": (
        lambda life, versions: released(life, SwitchedOff(**SWITCHED)),
        lambda life: {notice.person for _, notice in outbox(life)} == {address("ines")},
    ),
    "tell_of_switch of SwitchedOn": (
        lambda life, versions: released(life, SwitchedOn(**SWITCHED)),
        lambda life: {notice.person for _, notice in outbox(life)} == {address("ines")},
    ),
    "tell_of_training": (
        lambda life, versions: released(life, REFUSED),
        lambda life: {notice.person for _, notice in outbox(life)} == {address("dana")},
    ),
    "withhold": (lambda life, versions: opened(life, versions, Kind.FEED), lambda life: withheld(life) == [False]),
    "withhold of IncidentJoined": (
        lambda life, versions: joined(life, opened(life, versions, Kind.FEED)),
        lambda life: withheld(life) == [False],
    ),
    "withhold of IncidentMoved": (
        lambda life, versions: resolved(life, opened(life, versions, Kind.FEED)),
        lambda life: withheld(life) == [True],
    ),
    "open_incident": (
        lambda life, versions: record(life, FindingMade(model=MODEL, finding=finding(versions[1]))),
        lambda life: len(life["rita"].incidents(MODEL)) == 1,
    ),
    "notify": (lambda life, versions: opened(life, versions, Kind.TECHNICAL), lambda life: len(outbox(life)) == 1),
    "follow": (moved, lambda life: [notice.person for _, notice in outbox(life)] == [address("milo")]),
    "mitigate_withdrawn": (trial, lambda life: life["rita"].incidents(MODEL)[0].state is State.MITIGATED),
    "roll_back": (
        lambda life, versions: opened(life, versions, Kind.TECHNICAL),
        lambda life: [event.number for event in life.events(RolledBack)] == [1],
    ),
    "answer": (
        lambda life, versions: opened(life, versions, Kind.FUNCTIONAL),
        lambda life: len(life["dana"].trainings(MODEL)) == 1,
    ),
    "mitigate": (
        lambda life, versions: mitigable(life, versions, RolledBack(model=MODEL, environment="prod", number=1, previous=2)),
        lambda life: mitigated(life).notes[-1].endswith("Rolled back to v1."),
    ),
    "mitigate of WentLive": (
        lambda life, versions: mitigable(life, versions, WentLive(model=MODEL, environment="prod", number=3, previous=2)),
        lambda life: mitigated(life).notes[-1].endswith("Replaced by v3."),
    ),
    "tell_of_hook": (
        lambda life, versions: record(
            life, HookAnswered(model=MODEL, rollout="R-1", environment="prod", number=3, hook="warm-up", follows="stop")
        ),
        lambda life: [notice.title for _, notice in outbox(life)] == [f"{MODEL}: the hook warm-up stopped v3"],
    ),
    "announce": (
        lambda life, versions: declared(life, versions[2]),
        lambda life: {notice.person for _, notice in outbox(life)} == {address("ines")},
    ),
    "tell_of_waivers_end": (
        lambda life, versions: ending(life, versions[1]),
        lambda life: {notice.person for _, notice in outbox(life)} == {address("ines")},
    ),
    "tell_of_waiver": (
        lambda life, versions: lapsed(life, versions[1]),
        lambda life: {notice.person for _, notice in outbox(life)} == {address("ines")},
    ),
    "tell_of_lowering": (
        lambda life, versions: falling(life),
        lambda life: {(notice.about, notice.person) for _, notice in outbox(life)} == {("lowering.asked", address("bea"))},
    ),
    "inform": (
        lambda life, versions: retiring(life),
        lambda life: (
            {(notice.about, notice.person) for _, notice in outbox(life)} == {("retirement.announced", address("ines"))}
        ),
    ),
    "end_work": (
        lambda life, versions: retired(life, versions[1]),
        lambda life: life["rita"].incidents(MODEL, closed=True)[0].state is State.RESOLVED,
    ),
    "tell_of_spot_check": (
        lambda life, versions: unchecked(life),
        lambda life: {(notice.about, notice.person) for _, notice in outbox(life)} == {("spot-check.overdue", address("rita"))},
    ),
    "tell_of_finding": (
        lambda life, versions: late(life, versions[1]),
        lambda life: {notice.person for _, notice in outbox(life)} == {address("dana")},
    ),
    "release": (
        lambda life, versions: released(life, RolledBack(model=MODEL, environment="prod", number=1, previous=2)),
        lambda life: [notice.title for _, notice in outbox(life)] == [f"{MODEL}: v1 is back in prod"],
    ),
    "release of WentLive": (
        lambda life, versions: released(life, WentLive(model=MODEL, environment="prod", number=3, previous=2)),
        lambda life: [notice.title for _, notice in outbox(life)] == [f"{MODEL}: v3 went live in prod"],
    ),
    "renewed": (
        lambda life, versions: renewal(life, versions),
        lambda life: life["rita"].incidents(MODEL, closed=True)[0].notes[-1].endswith("extended v2: It is needed."),
    ),
    "try_out": (
        lambda life, versions: record(life, RetrainingMoved(model=MODEL, retraining="T-1", state="finished", number=3)),
        lambda life: [trial.challenger for trial in life["rita"].challenges(MODEL)] == [3],
    ),
    "tell": handed_over(HandoverStarted(model=MODEL, handover="H-1", receiver="@it-ops")),
    "tell of HandoverDiscussed": handed_over(HandoverDiscussed(model=MODEL, handover="H-1", text="So.")),
    "tell of HandoverAccepted": handed_over(HandoverAccepted(model=MODEL, handover="H-1", receiver="@it-ops")),
    "tell of HandoverEnded": handed_over(HandoverEnded(model=MODEL, handover="H-1", state="refused")),
    "end_page": (
        lambda life, versions: released(life, HandoverShown(model=MODEL, handover="H-1", drill="page", person=address("ivo"))),
        lambda life: [notice.about for _, notice in outbox(life)] == ["handover.answered"],
    ),
    "report_end": (lambda life, versions: failed_training(life), lambda life: measures(life) == ["training"]),
    "report_end of JobRunMoved": (
        lambda life, versions: failed_run(life, versions),
        lambda life: measures(life) == ["job-nightly"],
    ),
}


def measures(life: Life) -> list[str]:
    """What was found."""
    return [event.finding.measure for event in life.events(FindingMade) if event.finding]


def failed_training(life: Life) -> Entry:
    """The entry of a training that has ended without a version."""
    asked = Retraining(id="T-1", model=MODEL, cause="", author="", state=Ended.FAILED, why="It raised.", failed_by="code")
    with life.kit.store.transaction() as change:
        change.retrainings.add(asked)
    return record(life, RetrainingMoved(model=MODEL, retraining="T-1", state="failed", why="It raised."))


def failed_run(life: Life, versions: list[Version]) -> Entry:
    """The entry of a run that has ended without its output."""
    declared = {"name": "nightly", "schedule": "0 3 * * *", "environment": "prod", "input": "a", "output": "b"}
    run = Run(
        id="J-1", model=MODEL, job="nightly", due_at=1, state=RunState.FAILED, failure=Failure(cause=Cause.CODE, why="So.")
    )  # fmt: skip
    with life.kit.store.transaction() as change:
        change.projects.put(models.critical(MODEL, job=[declared]))
        change.job_runs.add(run)
    return record(life, JobRunMoved(model=MODEL, run="J-1", job="nightly", state="failed"))


def released(life: Life, event: AnyEvent) -> Entry:
    """The entry of a release of a model whose project names a channel that hears of it."""
    with life.kit.store.transaction() as change:
        change.projects.put(models.critical(MODEL, monitor={"notify": ["oncall"]}))
    return record(life, event)


def late(life: Life, version: Version) -> Entry:
    """The entry of a finding that is overdue, of which its owner is told."""
    with life.kit.store.transaction() as change:
        change.validation_findings.add(specimens.validation_finding(model=MODEL, owner=address("dana")))
    return record(life, ValidationFindingOverdue(model=MODEL, finding="V-1", person=address("dana")))


def unchecked(life: Life) -> Entry:
    """The entry of a spot check that is overdue, of which its validator is told."""
    with life.kit.store.transaction() as change:
        change.spot_checks.add(specimens.spot_check(model=MODEL, person=address("rita")))
    return record(life, SpotCheckOverdue(model=MODEL, check="S-1", number=2, person=address("rita")))


def falling(life: Life) -> Entry:
    """The entry of a tier that would fall, of which the business is told through the channel that the project names."""
    with life.kit.store.transaction() as change:
        change.projects.put(models.critical(MODEL, monitor={"notify": ["oncall"]}))
    with pytest.raises(Blocked):
        life["dana"].save_project(MODEL, models.project(MODEL))
    return life.entries(LoweringAsked)[-1]


def retiring(life: Life) -> Entry:
    """The entry of a model that is to end, of which the owner of a consumer is told."""
    with life.kit.store.transaction() as change:
        change.retirements.add(specimens.retirement(model=MODEL))
    return record(life, RetirementTold(model=MODEL, retirement="X-1", person=address("ines"), about="announced"))


def retired(life: Life, version: Version) -> Entry:
    """The entry of a model that has ended while something of it was wrong and a trial ran."""
    found(life, finding(version))
    return record(life, RetirementFinished(model=MODEL, retirement="X-1", environments=("prod",), reason="Too old."))


def lapsed(life: Life, version: Version) -> Entry:
    """The entry of a waiver that is over, of which somebody is told."""
    with life.kit.store.transaction() as change:
        change.waivers.add(specimens.waiver(model=MODEL, number=version.number, version=version.digest))
    return record(
        life,
        WaiverAnnounced(model=MODEL, waiver="W-1", environment="prod", number=version.number, person=address("ines")),
    )


def ending(life: Life, version: Version) -> Entry:
    """The entry of a waiver that ends, of which somebody is told through the channel that the project names."""
    with life.kit.store.transaction() as change:
        change.projects.put(models.critical(MODEL, monitor={"notify": ["oncall"]}))
        change.waivers.add(specimens.waiver(model=MODEL, number=version.number, version=version.digest))
    return record(
        life, WaiverEndsSoon(model=MODEL, waiver="W-1", environment="prod", number=version.number, person=address("ines"))
    )


def declared(life: Life, version: Version) -> Entry:
    """The entry of an emergency of which somebody is told."""
    now = life.clock.now()
    emergency = Emergency(
        id="E-1", model=MODEL, environment="prod", number=version.number, version=version.digest, author=address("dana"),
        person=address("milo"), why="It has to be.", passed=("freeze year-end",), opened_at=now, until=now + 1, due_at=now + 2,
    )  # fmt: skip
    with life.kit.store.transaction() as change:
        change.emergencies.add(emergency)
    told = EmergencyAnnounced(model=MODEL, emergency="E-1", environment="prod", number=version.number, person=address("ines"))
    return record(life, told)


def renewal(life: Life, versions: list[Version]) -> Entry:
    """The entry of an extension that follows an open incident about the version's age."""
    found(life, finding(versions[1], Kind.LIFETIME))
    return record(life, VersionExtended(model=MODEL, environment="prod", number=2, why="It is needed."))


def mitigated(life: Life) -> Incident:
    """The one incident, which is mitigated."""
    (incident,) = life["rita"].incidents(MODEL)
    assert incident.state is State.MITIGATED
    return incident


def outbox(life: Life) -> list[Any]:
    """Messages that wait."""
    with life.kit.store.reading() as look:
        return look.notices.due(2**62)


def contents(life: Life) -> dict[str, list[Any]]:
    """Every row of every table."""
    with life.kit.store.reading() as look:
        tables = schema.metadata.sorted_tables
        return {table.name: sorted(map(repr, look.connection.execute(select(table)))) for table in tables}


def situations() -> list[Any]:
    """Every pair of the table, with its name."""
    pairs = [(kind, reaction) for kind, reactions in REACTIONS.items() for reaction in reactions]
    names = [reaction.__name__ for _, reaction in pairs]
    return [
        pytest.param(
            reaction, f"{name} of {kind.__name__}" if names.index(name) < place else name, id=f"{kind.__name__}-{name}"
        )
        for place, ((kind, reaction), name) in enumerate(zip(pairs, names, strict=True))
    ]


@pytest.fixture
def trained(tmp_path: Path) -> Iterator[Life]:
    """A platform that knows a training, and a channel that a project may name."""
    oncall = f'[pagerduty.oncall]\nrouting_key = "{"0" * 32}"\naddress = "http://127.0.0.1:9"\n'
    with lived(tmp_path / "home", f'[trainings.again]\ncommand = ["python"]\nfolder = "{tmp_path}"\n{oncall}') as life:
        yield life


@pytest.mark.parametrize(("reaction", "name"), situations())
def test_told_twice_is_told_once(trained: Life, reaction: Callable[..., None], name: str) -> None:
    """Every row of the store is the same after the second time."""
    life = trained
    project = models.critical(MODEL, retrain={"run": "again", "when": ["quality"]})
    versions = life.versions(project, 3)
    life.appoint(versions[0])
    life.appoint(versions[1])
    prepare, done = SITUATIONS[name]
    entry = prepare(life, versions)
    reaction(life.kit, entry)
    assert done(life)
    before = contents(life)
    life.restart()
    reaction(life.kit, entry)
    after = contents(life)
    assert {table: rows for table, rows in after.items() if rows != before[table]} == {}


def test_an_incident_that_is_over_is_not_opened_again_by_its_own_finding(life: Life) -> None:
    version = life.version(models.project(MODEL))
    life.appoint(version)
    incident = found(life, finding(version))
    life["ines"].resolve(incident.id)
    REACTIONS[FindingMade][0](life.kit, life.entries(FindingMade)[0])
    assert life["rita"].incidents(MODEL, closed=True) == [life["rita"].incident(incident.id)]


def test_the_reactions_go_on_where_they_stopped(life: Life) -> None:
    version = life.version(models.project(MODEL))
    life.appoint(version)
    for place in range(3):
        record(life, FindingMade(model=MODEL, finding=finding(version, measure=f"trial-v{place}")))
        life.restart()
        react(life)
    react(life)
    assert len(life["rita"].incidents(MODEL)) == 3
    with life.kit.store.reading() as look:
        assert look.counters.value("reactions") == look.journal.newest(limit=1)[0].sequence
