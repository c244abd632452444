"""Incidents and releases on the way to a PagerDuty on loopback that is dead, comes back, and is told everything in order."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.channels.test_channels import receiving, status
from tests.channels.test_pagerduty import KEY, Acknowledge, Change, Resolve, Trigger, read
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_incidents import finding, found, react
from tests.sdk import models

from lamplighter.domain.events.notification import Notified
from lamplighter.lifecycle import outbox, returning


@pytest.fixture
def port() -> int:
    """A port that nobody listens at yet."""
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        found: int = held.getsockname()[1]
    return found


@pytest.fixture
def life(tmp_path: Path, port: int) -> Iterator[Life]:
    service = f'{{routing_key = "{KEY}", address = "http://127.0.0.1:{port}"}}'
    with lived(tmp_path / "home", f'channels = ["oncall"]\npagerduty = {{oncall = {service}}}\n') as life:
        yield life


def told(life: Life, port: int) -> list[Any]:
    """What PagerDuty has got after it came back."""
    life.clock.forward(20)
    with receiving(status(202), port) as receiver:
        outbox.deliver(life.kit)
    return [read(request.path, request.body) for request in receiver.requests]


def test_while_it_is_dead_nothing_is_lost_and_all_of_an_incident_has_one_key(life: Life, port: int) -> None:
    version = life.version(models.project("paged"))
    life.appoint(version)
    react(life)
    incident = found(life, finding(version))
    life["ines"].acknowledge(incident.id)
    react(life)
    assert [one.delivered for one in life.events(Notified)] == []
    release, opened, acknowledged = told(life, port)
    assert [type(one) for one in (release, opened, acknowledged)] == [Change, Trigger, Acknowledge]
    assert release.payload.summary == "paged: v1 went live in prod"
    life["ines"].resolve(incident.id)
    life.clock.forward(1)
    with receiving(status(202), port) as receiver:
        react(life)
    (over,) = [read(request.path, request.body) for request in receiver.requests]
    assert isinstance(over, Resolve)
    assert opened.dedup_key == acknowledged.dedup_key == over.dedup_key
    assert {(one.channel, one.delivered) for one in life.events(Notified)} == {("oncall", True)}
    with life.kit.store.reading() as look:
        assert KEY not in "".join(str(entry) for entry in look.journal.newest(limit=500))


def test_an_incident_that_ended_while_it_was_dead_wakes_nobody(life: Life, port: int) -> None:
    version = life.version(models.project("paged"))
    life.appoint(version)
    incident = found(life, finding(version))
    life["ines"].resolve(incident.id)
    react(life)
    assert [type(one) for one in told(life, port)] == [Change, Resolve, Resolve]


def test_releases_are_told_where_they_matter_and_a_way_back_is_one(life: Life, port: int) -> None:
    first, second = life.versions(models.project("released"), 2)
    life.appoint(first, "dev")
    life.appoint(first)
    life.appoint(second)
    with life.kit.store.reading() as look:
        place = look.environment("prod")
    returning.roll_back(life.kit, life.actor("ines"), "released", place, 0, "Too many gates call.")
    react(life)
    changes = told(life, port)
    assert [type(one) for one in changes] == [Change] * 3
    assert [one.payload.summary for one in changes] == [
        "released: v1 went live in prod",
        "released: v2 went live in prod",
        "released: v1 is back in prod",
    ]
    assert "Too many gates call." in changes[-1].payload.custom_details["text"]


def test_a_channel_is_tried_without_a_page(life: Life, port: int) -> None:
    with receiving(status(202), port) as receiver:
        life["ines"].test_channel("oncall")
    assert [request.path for request in receiver.requests] == ["/v2/change/enqueue"]
