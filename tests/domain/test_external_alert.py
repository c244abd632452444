"""What an alert of another system is about, what a notification may hold, and what is kept of it when it is told again."""

import json
from typing import Any

import msgspec
import pytest

from lamplighter.channels.alertmanager import alerts
from lamplighter.channels.base import Message
from lamplighter.domain.alert import ALERTS
from lamplighter.domain.errors import Invalid
from lamplighter.domain.external_alert import AlertRoute, ExternalAlert, Known, Place, heard_again, place_of
from lamplighter.domain.monitor import Severity
from lamplighter.domain.notification import MOST_ALERTS, read_notification
from lamplighter.settings import Settings

SECOND = 1_000_000
BEGAN = 1_772_544_720 * SECOND
NAMES = Known(models={"churn"}, environments={"dev", "prod"}, sources={"weather"})


def one(**more: Any) -> dict[str, Any]:
    """An alert as an Alertmanager sends it."""
    return {
        "status": "firing",
        "labels": {"alertname": "DiskFull", "instance": "db1:9100", "severity": "critical"},
        "annotations": {"summary": "The disk of db1 is full."},
        "startsAt": "2026-03-03T13:32:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example:9090/graph?g0.expr=disk_free+%3C+1&g0.tab=1",
        "fingerprint": "c1a2b3c4d5e6f708",
        **more,
    }


def told(*alerts: dict[str, Any], **more: Any) -> bytes:
    """A notification."""
    body = {
        "version": "4",
        "groupKey": '{}:{alertname="DiskFull"}',
        "status": "firing",
        "receiver": "lamp",
        "truncatedAlerts": 0,
    }
    return json.dumps({**body, "alerts": alerts, **more}).encode()


def read(now: int = BEGAN + 5 * SECOND, **more: Any) -> ExternalAlert:
    """The alert as it is kept."""
    return read_notification(told(one(**more)), now)[0]


def test_an_alert_is_kept_with_what_people_need() -> None:
    assert read() == ExternalAlert(
        fingerprint="c1a2b3c4d5e6f708",
        name="DiskFull",
        labels={"alertname": "DiskFull", "instance": "db1:9100", "severity": "critical"},
        summary="The disk of db1 is full.",
        link="http://prometheus.example:9090/graph?g0.expr=disk_free+%3C+1&g0.tab=1",
        severity=Severity.PAGE,
        started_at=BEGAN,
        ended_at=0,
        heard_at=BEGAN + 5 * SECOND,
    )
    assert read(status="resolved", endsAt="2026-03-03T13:33:00Z").ended_at == BEGAN + 60 * SECOND


@pytest.mark.parametrize(
    ("severity", "loud"), [("critical", True), ("page", True), ("error", True), ("Warning", False), ("info", False), ("", True)]
)
def test_only_words_that_are_known_to_be_quiet_wake_nobody(severity: str, loud: bool) -> None:
    labels = {"alertname": "DiskFull", "severity": severity}
    assert read(labels=labels).severity is (Severity.PAGE if loud else Severity.NOTICE)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//prometheus.example/",
        "http://user:secret@prometheus.example/",
        "http://[::1",
        "http://",
        "graph",
        "http://x/ y",
        "http://x/\u202e",
        "http://x/" + "a" * 2000,
    ],
)
def test_an_address_to_which_no_browser_should_go_is_left_out(address: str) -> None:
    assert read(generatorURL=address).link == ""


def test_texts_are_cut_and_cannot_act_on_a_terminal() -> None:
    kept = read(labels={"alertname": "\x1b[31mDisk\nFull\u202e"}, annotations={"description": "x" * 5000})
    assert (kept.name, len(kept.summary)) == ("[31mDisk Full", 400)
    assert read(labels={}).name == "an alert without a name"
    assert len(read(labels={"alertname": "DiskFull" * 100}).measure) <= 64


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "It is not JSON of that form."),
        (b"[" * 100_000, "It is not JSON of that form."),
        (told(one(), version="1"), "Invalid value - at `$.version`."),
        (told(one(status="secret")), "Invalid value - at `$.alerts[0].status`."),
        (told(one(), one(labels={"a": 1})), "Expected `str`, got `int` - at `$.alerts[1].labels[...]`."),
        (told(one(startsAt="secret")), "Invalid RFC3339 encoded datetime - at `$.alerts[0].startsAt`."),
        (
            told(one(startsAt="2026-03-03T13:32:00")),
            "Expected `datetime` with a timezone component - at `$.alerts[0].startsAt`.",
        ),
        (told(*[one()] * (MOST_ALERTS + 1)), "Expected `array` of length <= 2000 - at `$.alerts`."),
    ],
)
def test_what_is_no_notification_is_refused_without_its_values(content: bytes, why: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_notification(content, BEGAN)
    assert (caught.value.why, caught.value.code) == (f"{why} Nothing of it was kept.", "E1290")


def test_a_fingerprint_is_a_key() -> None:
    for bad in ("", "a b", "x" * 65, "a\x00", "é"):
        with pytest.raises(Invalid):
            read(fingerprint=bad)


ROUTES = (
    AlertRoute(match={"instance": "db1:*"}, source="weather"),
    AlertRoute(match={"instance": "gate1:*", "job": "node"}, environment="prod"),
    AlertRoute(match={"job": "scorer"}, model="churn", environment="dev"),
    AlertRoute(match={"job": "old"}, source="gone"),
)


@pytest.mark.parametrize(
    ("labels", "place"),
    [
        ({"model": "churn"}, Place(model="churn")),
        ({"model": "churn", "env": "prod"}, Place(model="churn", environment="prod")),
        ({"model": "churn", "environment": "dev"}, Place(model="churn", environment="dev")),
        ({"model": "churn", "source": "weather"}, Place(source="weather")),
        ({"feed": "weather"}, Place(source="weather")),
        ({"instance": "db1:9100", "model": "churn"}, Place(source="weather")),
        ({"instance": "gate1:9100", "job": "node"}, Place(environment="prod")),
        ({"job": "scorer"}, Place(model="churn", environment="dev")),
    ],
)
def test_labels_and_routes_say_what_an_alert_is_about(labels: dict[str, str], place: Place) -> None:
    assert place_of(read(labels=labels), ROUTES, NAMES) == place


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ({"env": "prod"}, "No label names a model"),
        ({"model": "Samsung SSD"}, "No label names a model"),
        ({"instance": "gate1:9100"}, "No label names a model"),
        ({"model": "churn", "env": "production"}, "It names a model, and an environment that is not known here."),
        ({"job": "old"}, "The route in config.toml that takes it leads to nothing known."),
    ],
)
def test_what_names_nothing_known_is_about_nothing_and_says_why(labels: dict[str, str], why: str) -> None:
    place = place_of(read(labels=labels), ROUTES, NAMES)
    assert (place.words, place.why.startswith(why)) == ("", True)


def test_a_route_leads_to_one_place() -> None:
    for wrong in ({}, {"source": "weather", "model": "churn"}, {"source": "weather", "environment": "prod"}):
        with pytest.raises(msgspec.ValidationError, match="leads to a source, or to a model"):
            msgspec.convert({"alert_routes": [{"match": {"job": "x"}, **wrong}]}, Settings)
    with pytest.raises(msgspec.ValidationError, match="length >= 1"):
        msgspec.convert({"alert_routes": [{"match": {}, "model": "churn"}]}, Settings)


def test_alerts_of_ours_that_come_back_are_known() -> None:
    sent = json.loads(alerts(Message(id="1", person="", model="churn", incident="I-1", title="", text="")))[0]
    assert read(labels=sent["labels"]).is_ours
    assert all(read(labels={"alertname": alert.name, "model": "churn"}).is_ours for alert in ALERTS)
    for expression in ("lamp_model_status%7Benv%3D%22prod%22%7D+%3D%3D+2", "sum%28lamp_incidents_open%29+%3E+0"):
        assert read(generatorURL=f"http://p:9090/graph?g0.expr={expression}&g0.tab=1").is_ours
    assert not read(generatorURL="http://p:9090/graph?g0.expr=rate%28lamp_requests_total%5B5m%5D%29+%3E+9").is_ours


def test_only_news_changes_what_is_kept() -> None:
    known = msgspec.structs.replace(read(), told=("churn/prod/alert/DiskFull",))
    later = BEGAN + 9 * SECOND
    assert heard_again(None, known) == known
    assert heard_again(known, read(later)) == msgspec.structs.replace(known, heard_at=later)
    # Merged with one of a replica that began sooner, it is the same.
    assert heard_again(known, read(later, startsAt="2026-03-03T13:31:50Z")).started_at == BEGAN
    over = read(later, status="resolved", startsAt="2026-03-03T13:31:50Z", endsAt="2026-03-03T13:33:00Z")
    ended = heard_again(known, over)
    assert (ended.started_at, ended.ended_at, ended.told) == (BEGAN, BEGAN + 60 * SECOND, known.told)
    # An end that is older than the beginning is that of another time.
    assert heard_again(
        known, read(later, status="resolved", startsAt="2026-03-03T10:00:00Z", endsAt="2026-03-03T11:00:00Z")
    ).fires


def test_an_alert_that_has_ended_fires_again_when_it_began_later_or_is_told_long_after() -> None:
    ended = heard_again(read(), read(status="resolved", endsAt="2026-03-03T13:33:00Z"))
    assert not heard_again(ended, read(ended.heard_at + 10 * SECOND)).fires
    again = heard_again(ended, read(ended.heard_at + 10 * SECOND, startsAt="2026-03-03T14:00:00Z"))
    assert (again.fires, again.told) == (True, ())
    assert heard_again(ended, read(ended.heard_at + 90 * SECOND)).fires
