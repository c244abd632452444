"""Many models with one trouble: one incident, one page, and whoever owns what is broken."""

from typing import Any

from tests.lifecycle.lives import Life
from tests.lifecycle.receivers import Receiver
from tests.lifecycle.test_incidents import finding, found, react
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.events.incident import FindingMade, IncidentJoined, IncidentOpened
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.monitor import OUTAGE, Kind, Look, Severity
from lamplighter.domain.routing import Routing
from lamplighter.domain.version import Version
from lamplighter.lifecycle import findings, routing

SENTENCE = "The source weather is 3 hours late."


def fed(life: Life, name: str, owner: str, **more: Any) -> Version:
    """A live model that needs the weather, from this owner."""
    version = life.version(models.project(name, source=[{"name": "weather", "owner": owner}], **more))
    life.appoint(version)
    return version


def late(life: Life, version: Version, source: str = "weather", **more: Any) -> None:
    """Let the platform find that the source of a model is late."""
    made = finding(version, Kind.FEED, measure="freshness", source=source, sentence=SENTENCE, **more)
    with life.kit.store.transaction() as change:
        findings.report(life.kit, change, made)
    react(life)


def test_models_of_one_broken_source_are_one_incident_of_its_owner(told: Life, receiver: Receiver) -> None:
    owners = (address("milo"), "@it-ops", "@it-ops", address("ada"))
    versions = [fed(told, f"model-{place}", owner) for place, owner in enumerate(owners)]
    for version in versions:
        late(told, version)
    (incident,) = told["rita"].incidents()
    assert (incident.source, incident.holder, incident.deputy) == ("weather", address("ines"), address("ivo"))
    assert incident.models == ("model-0", "model-1", "model-2", "model-3")
    assert [link.finding.model for link in incident.linked] == ["model-1", "model-2", "model-3"]
    assert receiver.told(incident.id) == [address("ines")]
    assert [event.model for event in told.events(IncidentJoined)] == ["model-1", "model-2", "model-3"]
    for version in versions:
        assert told["rita"].incidents(version.model) == [incident]
        assert told["rita"].status(version.model).incidents == (incident,)


def test_what_is_found_again_of_a_model_that_is_in_it_changes_nothing(told: Life, receiver: Receiver) -> None:
    versions = [fed(told, name, address("milo")) for name in ("one", "two")]
    for end in range(3):
        for version in versions:
            late(told, version, end=end)
    assert len(told.events(FindingMade)) == 2
    assert len(receiver.events) == 1


def test_two_sources_are_two_incidents_and_each_has_its_owner(told: Life) -> None:
    sources = [{"name": "weather", "owner": address("milo")}, {"name": "schedule", "owner": address("ada")}]
    version = told.version(models.project("both", source=sources))
    told.appoint(version)
    late(told, version)
    late(told, version, "schedule")
    assert {one.source: one.holder for one in told["rita"].incidents()} == {
        "weather": address("milo"),
        "schedule": address("ada"),
    }


def test_a_source_without_an_owner_goes_to_it_of_the_most_critical_model(told: Life) -> None:
    late(told, fed(told, "small", ""))
    assert told["rita"].incidents()[0].holder == address("ines")
    told["ines"].resolve(told["rita"].incidents()[0].id)
    great = told.version(
        models.critical("great", source=[{"name": "weather"}], owners={"monitoring": address("ada"), "deputy": address("milo")})
    )
    told.appoint(great)
    late(told, fed(told, "other", ""), end=7)
    (incident,) = told["rita"].incidents()
    assert (incident.model, incident.holder, incident.tier) == ("other", address("ada"), "mission-critical")


def test_an_owner_who_left_is_not_told(told: Life) -> None:
    version = fed(told, "left", address("milo"))
    told["dana"].save_person(address("milo"), "Milo", [], active=False)
    late(told, version)
    assert told["rita"].incidents()[0].holder == address("ines")


def test_an_environment_that_answers_nobody_is_one_incident(told: Life, receiver: Receiver) -> None:
    versions = [told.version(models.project(name)) for name in ("one", "two", "three")]
    for version in versions:
        told.appoint(version)
    for version in versions:
        found(told, finding(version, measure=OUTAGE))
    (incident,) = told["rita"].incidents()
    assert (incident.models, incident.safe_action) == (("one", "two", "three"), "")
    assert receiver.told(incident.id) == [address("ines")]


def test_after_it_is_over_the_same_source_is_another_incident(told: Life) -> None:
    one, two = (fed(told, name, address("milo")) for name in ("one", "two"))
    late(told, one)
    late(told, two)
    first = told["rita"].incidents()[0]
    told["milo"].resolve(first.id)
    late(told, two, end=9)
    (second,) = told["rita"].incidents()
    assert (second.id != first.id, second.model, second.linked) == (True, "two", ())
    assert told["rita"].incident(first.id).state is State.RESOLVED
    assert [one.id for one in told["rita"].incidents("two", closed=True)] == [second.id, first.id]


def test_a_note_is_written_down_once_and_opens_nothing(told: Life, receiver: Receiver) -> None:
    version = told.version(models.project("noted"))
    told.appoint(version)
    for end in (5, 5, 6):
        with told.kit.store.transaction() as change:
            findings.report(told.kit, change, finding(version, Kind.FUNCTIONAL, severity=Severity.NOTE, end=end))
        react(told)
    assert len(told.events(FindingMade)) == 2
    assert (told.events(IncidentOpened), receiver.events) == ([], [])


def test_nobody_who_holds_the_duty_is_here_so_the_business_is_told(told: Life) -> None:
    version = told.version(models.critical("orphan"))
    told.appoint(version)
    for name in ("ines", "ivo", "milo"):
        told["dana"].save_person(address(name), name, [], active=False)
    assert found(told, finding(version)).holder == address("bea")
    told["ada"].save_person(address("bea"), "Bea", [], active=False)
    assert found(told, finding(version, measure="latency")).holder == "root@localhost"


def down(life: Life, *versions: Version) -> Incident:
    """Let nothing answer for these models; the incident."""
    return [found(life, finding(version, measure=OUTAGE)) for version in versions][-1]


def well(life: Life, version: Version, measure: str = OUTAGE, source: str = "") -> State:
    """Let the platform see that one thing is well again; where the incident stands then."""
    seen = Look(version.model, "prod", measure, source, calm="It answers.")
    findings.settle(life.kit, [seen])
    return life["rita"].incidents(version.model, closed=True)[0].state


def test_an_outage_is_mitigated_when_the_last_of_its_models_is_back(told: Life) -> None:
    one, two, three = (told.version(models.project(name)) for name in ("one", "two", "three"))
    for version in (one, two, three):
        told.appoint(version)
    down(told, one, two, three)
    assert well(told, one) is State.OPEN
    assert well(told, three) is State.OPEN
    assert down(told, one).state is State.OPEN
    assert well(told, two) is State.OPEN
    assert well(told, one) is State.MITIGATED


def test_a_model_that_is_live_no_more_keeps_no_incident_open(told: Life) -> None:
    one, two = (told.version(models.project(name)) for name in ("one", "two"))
    for version in (one, two):
        told.appoint(version)
    down(told, one, two)
    with told.kit.store.transaction() as change:
        routing.change_routing(change, change.routings.of("one", "prod"), Routing(model="one", environment="prod"))
    assert well(told, two) is State.MITIGATED


def test_a_source_is_mitigated_when_everything_that_came_of_it_is_over(told: Life) -> None:
    one, two = (fed(told, name, address("milo")) for name in ("one", "two"))
    late(told, one)
    found(told, finding(two, measure="job-nightly", source="weather"))
    assert well(told, one, "freshness", "weather") is State.OPEN
    assert well(told, two, "job-nightly", "weather") is State.MITIGATED


def test_a_page_about_a_source_is_not_lost_in_a_notice_of_it(told: Life, receiver: Receiver) -> None:
    one, two = fed(told, "one", address("milo")), fed(told, "two", address("milo"))
    late(told, one, severity=Severity.NOTICE)
    (notice,) = told["rita"].incidents()
    late(told, two)
    (page,) = told["rita"].incidents()
    assert (page.finding.model, page.finding.severity, receiver.told(page.id)) == ("two", Severity.PAGE, [address("milo")])
    assert told["rita"].incident(notice.id).notes[-1].endswith("It is worse than a notice now; another incident follows.")
    assert page.models == ("two", "one")
