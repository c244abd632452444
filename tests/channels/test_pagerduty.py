"""What PagerDuty is sent: events of the form that its reference states, one key for one incident, and no page for a release."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta
from tests.channels.test_channels import MESSAGE, receiving, status, undelivered_as

from lamplighter.channels import pagerduty
from lamplighter.channels.base import Message, Receiver
from lamplighter.settings import Settings

KEY = "e93facc04764012d7bfb002500d5d1a6"
Kept = msgspec.structs.replace


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    """Nothing beside what the reference names."""


class Link(Strict):
    href: Annotated[str, Meta(pattern="^https?://")]
    text: str = ""


class Changed(Strict):
    summary: Annotated[str, Meta(min_length=1, max_length=1024)]
    source: str = ""
    timestamp: datetime | None = None
    custom_details: dict[str, Any] = {}


class Payload(Strict, kw_only=True):
    summary: Annotated[str, Meta(min_length=1, max_length=1024)]
    source: Annotated[str, Meta(min_length=1)]
    severity: Literal["critical", "error", "warning", "info"]
    timestamp: datetime | None = None
    component: str = ""
    group: str = ""
    class_: str = msgspec.field(name="class", default="")
    custom_details: dict[str, Any] = {}


class Trigger(Strict, tag_field="event_action", tag="trigger", kw_only=True):
    """A problem."""

    routing_key: Annotated[str, Meta(min_length=32, max_length=32)]
    payload: Payload
    dedup_key: Annotated[str, Meta(max_length=255)] = ""
    links: list[Link] = []
    client: str = ""
    client_url: Annotated[str, Meta(pattern="^https?://")] = ""


class Acknowledge(Strict, tag_field="event_action", tag="acknowledge"):
    """Somebody has it."""

    routing_key: Annotated[str, Meta(min_length=32, max_length=32)]
    dedup_key: Annotated[str, Meta(min_length=1, max_length=255)]


class Resolve(Acknowledge, tag_field="event_action", tag="resolve"):
    """It is over."""


class Change(Strict):
    """What has changed, at `/v2/change/enqueue`."""

    routing_key: Annotated[str, Meta(min_length=32, max_length=32)]
    payload: Changed
    links: list[Link] = []


def read(path: str, body: object) -> Trigger | Acknowledge | Resolve | Change:
    """The event, if PagerDuty would take it at this path."""
    assert path in ("/v2/enqueue", "/v2/change/enqueue")
    kind: Any = Change if path.endswith("/change/enqueue") else Trigger | Acknowledge | Resolve
    found: Trigger | Acknowledge | Resolve | Change = msgspec.convert(body, kind)
    return found


def sent(*messages: Message) -> list[Trigger | Acknowledge | Resolve | Change]:
    """What a receiver on loopback gets."""
    with receiving(status(202)) as receiver:
        for message in messages:
            pagerduty.send(message, Receiver(address=receiver.address("/"), secrets=(KEY,)))
    return [read(request.path, request.body) for request in receiver.requests]


OPENED = Kept(MESSAGE, opened_at=MESSAGE.at, url="http://127.0.0.1:7070/incidents/I-31")


def step(name: str, **more: Any) -> Message:
    """The incident after a step."""
    return Kept(OPENED, about=f"incident.{name}", at=OPENED.at + 5, id=name, **more)


def test_an_incident_is_one_alert_from_its_trigger_to_its_end() -> None:
    steps = ["opened", "escalated", "acknowledged", "joined", "noted", "snoozed", "woken", "assigned"]
    got = sent(*(step(name) for name in steps), step("mitigated", over=True), step("resolved", over=True))
    kinds = [Trigger, Trigger, Acknowledge, Acknowledge, Trigger, Trigger, Resolve, Resolve]
    assert [type(one) for one in got] == kinds
    assert {one.dedup_key for one in got if not isinstance(one, Change)} == {"lamplighter/I-31/1772544720000000"}
    first = got[0]
    assert isinstance(first, Trigger)
    assert (first.payload.summary, first.payload.source) == (MESSAGE.title, "late-flights/prod")
    assert (first.payload.component, first.payload.group, first.payload.class_) == ("late-flights", "prod", "functional")
    assert first.payload.custom_details == {"text": MESSAGE.text, "who": MESSAGE.person}
    assert (first.client, first.client_url, first.links[0].href) == ("lamplighter", OPENED.url, OPENED.url)


@pytest.mark.parametrize(
    ("kind", "severity", "said"),
    [
        ("technical", "page", "critical"),
        ("feed", "page", "critical"),
        ("functional", "page", "error"),
        ("functional", "notice", "warning"),
        ("", "", "info"),
    ],
)
def test_severities_are_those_of_pagerduty(kind: str, severity: str, said: str) -> None:
    (got,) = sent(Kept(OPENED, kind=kind, severity=severity))
    assert isinstance(got, Trigger)
    assert got.payload.severity == said


def test_nobody_is_woken_by_what_was_over_before_it_could_be_told() -> None:
    (got,) = sent(Kept(OPENED, over=True))
    assert isinstance(got, Resolve)


@pytest.mark.parametrize("about", ["version.went-live", "version.rolled-back", "rollout.asked", "channel.tested"])
def test_what_nothing_would_end_is_a_change_and_pages_nobody(about: str) -> None:
    (got,) = sent(Kept(MESSAGE, about=about, incident="late-flights@7", title="v7 is live", url="http://127.0.0.1:7070"))
    assert isinstance(got, Change)
    assert (got.payload.summary, got.payload.source, got.links[0].href) == (
        "v7 is live",
        "late-flights/prod",
        "http://127.0.0.1:7070",
    )


def test_long_texts_are_cut_to_what_is_taken() -> None:
    (got,) = sent(Kept(OPENED, title="x" * 5000, text="y" * 1_000_000))
    assert isinstance(got, Trigger)
    assert len(msgspec.json.encode(got)) < 512_000


def test_what_it_does_not_take_is_not_delivered_and_the_key_is_not_told() -> None:
    with receiving(status(429)) as receiver:
        why = undelivered_as(OPENED, pagerduty, Receiver(address=receiver.address(""), secrets=(KEY,)))
    assert why == "PagerDuty answered 429."


@pytest.mark.parametrize(
    "service",
    [
        {"routing_key": "short"},
        {"routing_key": KEY[:-1] + "!"},
        {"routing_key": KEY, "address": "http://events.pagerduty.com"},
        {"routing_key": KEY, "address": "ftp://events.pagerduty.com"},
        {"routing_key": KEY, "address": "https://events.pagerduty.com", "region": "eu"},
    ],
)
def test_a_service_that_cannot_be_is_refused_and_the_key_is_not_repeated(service: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({"pagerduty": {"oncall": service}}, Settings)
    assert service["routing_key"] not in str(caught.value)
    assert "pagerduty" in str(caught.value)


def test_a_name_is_one_receiver() -> None:
    lawful = {"routing_key": KEY, "address": "https://events.eu.pagerduty.com"}
    msgspec.convert({"pagerduty": {"oncall": lawful}}, Settings)
    with pytest.raises(msgspec.ValidationError, match="two receivers are called oncall"):
        msgspec.convert({"pagerduty": {"oncall": lawful}, "webhooks": {"oncall": "http://127.0.0.1:9/"}}, Settings)
