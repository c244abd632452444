"""From a finding to the person whose duty it is, and on to the deputy when nobody answers."""

from typing import Any

import msgspec
import pytest
from tests.lifecycle.lives import Life
from tests.lifecycle.receivers import Receiver
from tests.lifecycle.segments import Segment, failed, scored
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.errors import NotFound
from lamplighter.domain.events.incident import FindingMade, IncidentOpened
from lamplighter.domain.events.notification import Notified
from lamplighter.domain.events.routing import RolledBack
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.incident import Incident, State, Step
from lamplighter.domain.monitor import Finding, Kind
from lamplighter.domain.project import Project
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection, findings, incidents, outbox, reactions, responding, watching

SENTENCE = "12 of 100 requests failed in the last minute; v1 answers."


def finding(version: Version, kind: Kind = Kind.TECHNICAL, **more: Any) -> Finding:
    """Something that monitoring has found of a version in prod."""
    measure = "failures" if kind is Kind.TECHNICAL else "brier"
    made = Finding(
        model=version.model, environment="prod", number=version.number, kind=kind, measure=measure, value=0.12, limit=0.01,
        sentence=SENTENCE, start=1, end=2, after_rows=100,
    )  # fmt: skip
    return msgspec.structs.replace(made, **more)


def found(life: Life, made: Finding) -> Incident:
    """Let the platform find something and react to it; the newest incident."""
    with life.kit.store.transaction() as change:
        findings.report(life.kit, change, made)
    react(life)
    return life["rita"].incidents(made.model, closed=True)[0]


def react(life: Life) -> None:
    """React to everything that is in the journal, as the reconciler does, and deliver what is due."""
    with life.kit.store.reading() as look:
        cursor = look.counters.value("reactions")
        entries = look.journal.after(cursor)
    for entry in entries:
        reactions.react(life.kit, entry)
        with life.kit.store.transaction() as change:
            change.counters.set("reactions", entry.sequence)
    if entries:
        react(life)
    outbox.deliver(life.kit)


def appointed(life: Life, project: Project) -> Version:
    """A version that is live by the record."""
    version = life.version(project)
    life.appoint(version)
    return version


def test_technical_trouble_is_for_it_and_functional_for_the_owner_of_the_model(told: Life, receiver: Receiver) -> None:
    version = appointed(told, models.project("told"))
    technical, functional = found(told, finding(version)), found(told, finding(version, Kind.FUNCTIONAL))
    assert (technical.duty, technical.holder, technical.deputy) == ("monitor-technical", address("ines"), address("milo"))
    assert (functional.duty, functional.holder) == ("monitor-functional", address("dana"))
    assert (receiver.told(technical.id), receiver.told(functional.id)) == ([address("ines")], [address("dana")])
    event = receiver.events[0]
    assert (event["specversion"], event["type"]) == ("1.0", "lamplighter.incident.opened.v1")
    assert event["subject"] == f"told/{technical.id}"
    assert event["data"]["text"].splitlines() == [
        f"told (internal): {SENTENCE}",
        event["data"]["text"].splitlines()[1],
        "Safe action: none: no version was live before",
        f"Who has it: {address('ines')}, then {address('milo')}",
        f"{told.settings.url}/incidents/{technical.id}",
    ]
    assert [(one.person, one.channel, one.delivered) for one in told.events(Notified)] == [
        (address("ines"), "pager", True),
        (address("dana"), "pager", True),
    ]


def test_whoever_left_is_not_told_but_the_next_of_the_team(told: Life, receiver: Receiver) -> None:
    version = appointed(told, models.project("told"))
    told["dana"].save_person(address("ines"), "Ines", [], active=False)
    assert receiver.told(found(told, finding(version)).id) == [address("ivo")]


def test_one_thing_that_is_wrong_is_one_incident(told: Life, receiver: Receiver) -> None:
    version = appointed(told, models.project("told"))
    first = found(told, finding(version))
    assert found(told, finding(version, end=3)) == first
    assert len(told.events(FindingMade)) == 1
    told["ines"].acknowledge(first.id)
    assert found(told, finding(version, end=4)).id == first.id
    told["ines"].resolve(first.id)
    assert found(told, finding(version, end=5)).id != first.id
    assert receiver.verbs(first.id) == ["incident.opened", "incident.acknowledged", "incident.resolved"]


def test_what_begins_again_after_it_was_mitigated_is_told_again(told: Life, receiver: Receiver) -> None:
    project = models.project("told")
    first, second = told.versions(project, 2)
    told.appoint(second)
    gone = found(told, finding(second))
    incidents.move(told.kit, PLATFORM, gone.id, Step.MITIGATE, "Rolled back to v1.")
    told.appoint(first)
    back = found(told, finding(first, end=9))
    assert (back.id != gone.id, back.state, back.finding.number) == (True, State.OPEN, 1)
    assert told["rita"].incident(gone.id).state is State.RESOLVED
    assert receiver.told(back.id) == [address("ines")]


def test_going_back_takes_the_harm_out_of_what_the_version_did_and_of_no_run_that_failed(told: Life) -> None:
    _, second = told.versions(models.project("told"), 2)
    told.appoint(second)
    failing = found(told, finding(second))
    night = found(told, finding(second, measure="job-nightly", run="J-7"))
    with told.kit.store.transaction() as change:
        told.kit.record(change, RolledBack(model="told", environment="prod", number=1, previous=2), PLATFORM)
    react(told)
    assert [told["rita"].incident(one.id).state for one in (failing, night)] == [State.MITIGATED, State.OPEN]


def test_nobody_answers_so_the_deputy_is_told_and_then_the_business_once_each(told: Life, receiver: Receiver) -> None:
    version = appointed(told, models.critical("critical"))
    incident = found(told, finding(version, Kind.FUNCTIONAL))
    told.clock.forward(14 * 60)
    responding.escalate(told.kit)
    react(told)
    assert receiver.told(incident.id) == [address("dana")]
    # The tier says 15 minutes.
    told.clock.forward(2 * 60)
    for _ in range(3):
        responding.escalate(told.kit)
        react(told)
    assert receiver.told(incident.id) == [address("dana"), address("milo")]
    assert told["rita"].incident(incident.id).has_it == address("milo")
    told.clock.forward(16 * 60)
    for _ in range(3):
        responding.escalate(told.kit)
        react(told)
        told.clock.forward(16 * 60)
    assert receiver.told(incident.id) == [address("dana"), address("milo"), address("bea")]


def test_whoever_answers_in_time_keeps_it(told: Life, receiver: Receiver) -> None:
    version = appointed(told, models.critical("critical"))
    incident = found(told, finding(version, Kind.FUNCTIONAL))
    told["dana"].acknowledge(incident.id)
    told.clock.forward(24 * 3600)
    responding.escalate(told.kit)
    react(told)
    assert receiver.told(incident.id) == [address("dana")]


def test_a_message_is_tried_again_until_it_arrives(told: Life, receiver: Receiver) -> None:
    receiver.status = 500
    incident = found(told, finding(appointed(told, models.project("told"))))
    outbox.deliver(told.kit)
    assert (receiver.told(incident.id), told.events(Notified)) == ([address("ines")], [])
    receiver.status = 200
    told.clock.forward(1.5)
    told.restart()
    outbox.deliver(told.kit)
    assert len(receiver.told(incident.id)) == 2
    # The receiver can see that it is the same message.
    assert len({headers["webhook-id"] for headers in receiver.headers}) == 1
    assert [event.delivered for event in told.events(Notified)] == [True]
    told.clock.forward(10_000)
    outbox.deliver(told.kit)
    assert len(receiver.events) == 2


def test_a_message_that_never_arrives_is_given_up_and_that_is_on_record(told: Life, receiver: Receiver) -> None:
    receiver.status = 503
    found(told, finding(appointed(told, models.project("told"))))
    for _ in range(12):
        told.clock.forward(8 * 3600)
        outbox.deliver(told.kit)
    assert [(event.delivered, event.why) for event in told.events(Notified)] == [(False, "The receiver answered 503.")]
    assert len(receiver.events) == 10


def test_a_channel_that_is_gone_keeps_no_other_message_back(told: Life, receiver: Receiver) -> None:
    with pytest.raises(NotFound) as refusal:
        told["dana"].save_project("told", models.project("told", monitor={"notify": ["pagr"]}))
    assert (refusal.value.what, refusal.value.fix) == ("There is no channel of that name.", "Did you mean pager?")
    version = appointed(told, models.project("told"))
    # The configuration changed after the project was saved.
    with told.kit.store.transaction() as change:
        change.projects.put(models.project("told", monitor={"notify": ["removed"]}))
    incident = found(told, finding(version))
    other = found(told, finding(version, Kind.FUNCTIONAL))
    outbox.deliver(told.kit)
    assert (receiver.told(incident.id), receiver.told(other.id)) == ([address("ines")], [address("dana")])


def test_failing_answers_of_the_last_minute_are_found(told: Life) -> None:
    version = appointed(told, models.project("failing"))
    now = told.clock.now()
    segment = Segment(told.settings)
    segment.write(*(scored(version, f"good{i}", [0.5], at=now) for i in range(60)))
    collection.collect(told.kit, "prod")
    watching.watch_service(told.kit)
    assert told.events(FindingMade) == []
    segment.write(*(failed(version, f"bad{i}", at=now) for i in range(40)))
    collection.collect(told.kit, "prod")
    watching.watch_service(told.kit)
    (event,) = told.events(FindingMade)
    assert event.finding is not None
    assert (event.finding.kind, event.finding.measure, event.finding.number) == (Kind.TECHNICAL, "failures", 1)
    assert event.finding.sentence == "40 of 100 requests failed in the last minute; v1 answers."


def test_what_failed_before_a_version_was_live_is_not_held_against_it(told: Life) -> None:
    first, second = told.versions(models.project("failing"), 2)
    told.appoint(first)
    Segment(told.settings).write(*(failed(first, f"bad{i}", at=told.clock.now()) for i in range(100)))
    collection.collect(told.kit, "prod")
    for version in (second, first):
        told.clock.forward(2)
        told.appoint(version)
        watching.watch_service(told.kit)
    assert told.events(FindingMade) == []
    assert told.events(IncidentOpened) == []
