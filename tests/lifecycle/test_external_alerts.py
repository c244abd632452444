"""Alerts of another system on the way to whoever has the duty: one incident for each cause, until no alert says so any more."""

import itertools
from typing import Any

import pytest
from tests.domain.test_external_alert import one, told
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.receivers import Receiver
from tests.lifecycle.test_incidents import react
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.errors import Unavailable
from lamplighter.domain.events.incident import FindingMade, RollbackWeighed
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.monitor import Kind, Severity
from lamplighter.lifecycle import external_alerts, feeds, findings, forgetting, responding
from lamplighter.lifecycle.external_alerts import Taken, Unplaced
from lamplighter.views.external_alerts import AlertSeen

#: What reads and writes in ways of its own; the other rules are the same code on either.
on_each_database = pytest.mark.usefixtures("on_each_database")

DB1 = {"alertname": "DiskFull", "instance": "db1:9100", "severity": "critical"}
GATE = {"alertname": "HostDown", "instance": "gate1:9100"}
ROUTES = """alert_routes = [
    {match = {instance = "db1:*"}, source = "weather"},
    {match = {instance = "gate1:*"}, environment = "prod"},
]
"""


@pytest.fixture
def life(tmp_path: Any, receiver: Receiver) -> Any:
    pager = f'channels = ["pager"]\nwebhooks = {{ pager = "{receiver.url}" }}\n'
    with lived(tmp_path / "home", pager + ROUTES) as life:
        yield life


def fed(life: Life, name: str, **more: Any) -> None:
    """A live model that needs the weather."""
    source = [{"name": "weather", "owner": address("milo"), "freshness": "1h"}]
    life.appoint(life.version(models.project(name, source=source, **more)))


_keys: dict[str, str] = {}
_numbers = itertools.count(1)


def alert(life: Life, labels: dict[str, str], **more: Any) -> dict[str, Any]:
    """An alert that has just begun; its labels are its fingerprint."""
    key = _keys.setdefault(str(sorted(labels.items())), f"{next(_numbers):016x}")
    return one(labels=labels, startsAt=rfc3339(life.clock.now()), fingerprint=key, **more)


def ended(life: Life, alert: dict[str, Any]) -> dict[str, Any]:
    """The same alert when it is over."""
    return {**alert, "status": "resolved", "endsAt": rfc3339(life.clock.now())}


def bring(life: Life, *alerts: dict[str, Any]) -> Taken:
    """Take a notification, and look as the reconciler does."""
    taken = external_alerts.receive(life.kit, told(*alerts))
    look(life)
    return taken


def look(life: Life) -> None:
    external_alerts.watch(life.kit)
    react(life)


def only(life: Life) -> Incident:
    (incident,) = life["rita"].incidents()
    return incident


def seen(life: Life) -> list[AlertSeen]:
    return life["rita"].external_alerts()


@on_each_database
def test_an_alert_of_a_model_is_an_incident_of_the_technical_duty_until_it_ends(life: Life, receiver: Receiver) -> None:
    fed(life, "churn")
    fires = alert(life, {"alertname": "GatewayErrors", "model": "churn", "env": "prod"})
    assert bring(life, fires) == Taken(began=1, ended=0, known=0, ours=0, unplaced=())
    incident = only(life)
    finding = incident.finding
    assert (incident.model, incident.environment, incident.holder) == ("churn", "prod", address("ines"))
    assert (finding.kind, finding.severity, finding.measure) == (Kind.TECHNICAL, Severity.PAGE, "alert/GatewayErrors")
    assert finding.sentence == "GatewayErrors: The disk of db1 is full."
    assert receiver.told(incident.id) == [address("ines")]
    assert "Found by: GatewayErrors http://prometheus.example:9090/graph?" in receiver.of(incident.id)[0]["data"]["text"]
    assert [(entry.about, entry.why, entry.incident) for entry in seen(life)] == [("churn in prod", "", incident.id)]
    assert bring(life, ended(life, fires)) == Taken(began=0, ended=1, known=0, ours=0, unplaced=())
    assert life["rita"].incidents() == []
    assert life["rita"].incident(incident.id).notes[-1] == "platform@lamplighter: No alert says so any more."


@on_each_database
def test_what_is_told_again_changes_nothing(life: Life, receiver: Receiver) -> None:
    fed(life, "churn")
    fires = alert(life, {"alertname": "GatewayErrors", "model": "churn"})
    bring(life, fires)
    before = life["rita"].journal("", 500)
    for _ in range(3):
        assert bring(life, fires, fires) == Taken(began=0, ended=0, known=2, ours=0, unplaced=())
    assert life["rita"].journal("", 500) == before
    over = ended(life, fires)
    bring(life, over)
    # A repetition that was under way when it ended opens nothing.
    assert bring(life, over, fires).known == 2
    assert life["rita"].incidents() == []
    assert len(life.events(FindingMade)) == 1
    life.clock.forward(60)
    bring(life, alert(life, {"alertname": "GatewayErrors", "model": "churn"}))
    assert only(life).id != before[0].event.incident  # type: ignore[union-attr]


def test_what_fires_on_after_the_two_systems_had_not_reached_each_other_is_told_again(life: Life) -> None:
    """The Alertmanager has heard nothing of it for a while and called that its end; then it fires with the old beginning."""
    fed(life, "churn")
    fires = alert(life, {"alertname": "GatewayErrors", "model": "churn"})
    bring(life, fires)
    first = only(life)
    bring(life, ended(life, fires))
    life.clock.forward(90)
    bring(life, fires)
    assert only(life).id != first.id


@on_each_database
def test_models_of_one_source_are_one_incident_of_its_owner_and_join_what_is_open(life: Life, receiver: Receiver) -> None:
    for name in ("buses", "trains"):
        fed(life, name)
    life.appoint(life.version(models.project("apart")))
    full, slow = alert(life, DB1), alert(life, {**DB1, "alertname": "DiskSlow", "severity": "warning"})
    bring(life, full, slow)
    incident = only(life)
    assert (incident.source, incident.holder, incident.models) == ("weather", address("milo"), ("buses", "trains"))
    assert (incident.finding.kind, incident.safe_action) == (Kind.FEED, "")
    assert [rule.name for rule in incident.rules] == ["DiskFull", "DiskSlow"]
    assert receiver.told(incident.id) == [address("milo")]
    fed(life, "trams")
    look(life)
    assert only(life).models == ("buses", "trains", "trams")
    # The feed itself is late as well: it is over when both are.
    life["display"].push_arrival("weather", newest=life.clock.now() - 7_200_000_000)
    findings.settle(life.kit, feeds.looks(life.kit))
    react(life)
    bring(life, ended(life, full), ended(life, slow))
    assert only(life).state is State.OPEN
    life["display"].push_arrival("weather", newest=life.clock.now())
    findings.settle(life.kit, feeds.looks(life.kit))
    react(life)
    assert only(life).state is State.MITIGATED


def test_a_host_of_an_environment_is_one_incident_of_all_its_models(life: Life) -> None:
    for name in ("buses", "trains"):
        fed(life, name)
    fires = alert(life, GATE)
    bring(life, fires)
    incident = only(life)
    assert (incident.models, incident.duty, incident.safe_action) == (("buses", "trains"), "monitor-technical", "")
    assert bring(life, ended(life, fires)).ended == 1
    assert life["rita"].incidents() == []


def test_several_instances_of_one_rule_are_one_incident_until_the_last_ends(life: Life) -> None:
    fed(life, "churn")
    fires = [alert(life, {"alertname": "PodDown", "model": "churn", "pod": pod}) for pod in ("a", "b", "c")]
    assert bring(life, *fires).began == 3
    incident = only(life)
    bring(life, ended(life, fires[0]), ended(life, fires[1]))
    assert only(life).state is State.OPEN
    bring(life, ended(life, fires[2]))
    assert life["rita"].incident(incident.id).state is State.RESOLVED


def test_a_page_is_not_lost_in_a_notice_of_the_same_rule(life: Life, receiver: Receiver) -> None:
    fed(life, "churn")
    labels = {"alertname": "QueueLong", "model": "churn"}
    bring(life, alert(life, {**labels, "severity": "warning"}))
    notice = only(life)
    assert notice.finding.severity is Severity.NOTICE
    bring(life, alert(life, {**labels, "severity": "critical"}))
    page = only(life)
    assert (page.finding.severity, life["rita"].incident(notice.id).state) == (Severity.PAGE, State.RESOLVED)
    assert receiver.told(page.id) == [address("ines")]
    look(life)
    assert only(life).id == page.id


def test_what_names_nothing_known_is_listed_and_counts_as_soon_as_it_is_known(life: Life) -> None:
    fires = alert(life, {"alertname": "GatewayErrors", "model": "later"})
    why = "No label names a model or a source that is known here, and no route in config.toml takes it."
    assert bring(life, alert(life, DB1), fires).unplaced == (
        Unplaced(0, "The route in config.toml that takes it leads to nothing known."),
        Unplaced(1, why),
    )
    assert {entry.alert.name: entry.about for entry in seen(life)} == {"GatewayErrors": "", "DiskFull": ""}
    version = life.version(models.project("later"))
    look(life)
    assert (life["rita"].incidents(), seen(life)[1].about) == ([], "later")
    assert seen(life)[1].why == "No model that it concerns is live, or its incident was resolved by hand."
    life.appoint(version)
    look(life)
    assert only(life).model == "later"


def test_an_incident_that_somebody_resolves_stays_so_until_the_alert_begins_again(life: Life) -> None:
    fed(life, "churn")
    labels = {"alertname": "GatewayErrors", "model": "churn"}
    bring(life, alert(life, labels))
    life["ines"].resolve(only(life).id)
    look(life)
    assert life["rita"].incidents() == []
    life.clock.forward(60)
    bring(life, alert(life, labels))
    assert only(life).state is State.OPEN


def test_a_snooze_ends_with_a_page_while_the_alert_fires(life: Life) -> None:
    fed(life, "churn")
    bring(life, alert(life, {"alertname": "GatewayErrors", "model": "churn"}))
    life["ines"].snooze(only(life).id, "4h", "The gateway is being replaced.")
    life.clock.forward(4 * 3600 + 1)
    look(life)
    responding.wake(life.kit)
    assert only(life).state is State.OPEN


def test_whoever_brings_alerts_moves_no_traffic(life: Life) -> None:
    """Not even where the policy goes back by itself, the version has just gone live, and nothing else explains it."""
    project = models.critical("great")
    first, second = life.versions(project, 2)
    life.appoint(first)
    life.clock.forward(600)
    life.appoint(second)
    bring(life, alert(life, {"alertname": "GatewayErrors", "model": "great"}))
    assert (only(life).way_back, life.events(RollbackWeighed)) == (first.number, [])
    # Another version does not end it either: only the other system knows whether it helped.
    life.appoint(first)
    react(life)
    look(life)
    assert only(life).state is State.OPEN


def test_alerts_of_ours_are_left_out(life: Life) -> None:
    fed(life, "churn")
    ours = alert(life, {"alertname": "LamplighterIncident", "incident": "I-1", "model": "churn"})
    fed_back = alert(
        life, {"alertname": "ModelRed", "model": "churn"}, generatorURL="http://p/graph?g0.expr=lamp_model_status+%3D%3D+2"
    )
    assert bring(life, ours, fed_back) == Taken(began=0, ended=0, known=0, ours=2, unplaced=())
    assert (life["rita"].incidents(), seen(life)) == ([], [])


@on_each_database
def test_what_is_not_told_any_more_is_forgotten_after_a_month_and_there_is_an_end_to_what_is_kept(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed(life, "churn")
    fires = alert(life, {"alertname": "GatewayErrors", "model": "churn"})
    bring(life, fires)
    life.clock.forward(29 * 86_400)
    assert bring(life, fires).known == 1
    life.clock.forward(29 * 86_400)
    forgetting.forget(life.kit)
    assert len(seen(life)) == 1
    life.clock.forward(2 * 86_400)
    forgetting.forget(life.kit)
    look(life)
    assert (seen(life), life["rita"].incidents()) == ([], [])
    monkeypatch.setattr(external_alerts, "_MOST", 1)
    with pytest.raises(Unavailable):
        bring(life, fires, alert(life, GATE))
    assert seen(life) == []
