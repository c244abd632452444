"""Alerts in a real Alertmanager: one for an incident, until it ends."""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.bridges.test_bridges import ESTATE
from tests.channels.alertmanagers import active, amtool, running
from tests.channels.test_channels import MESSAGE
from tests.sdk.homes import until

from lamplighter.bridges.prometheus import files
from lamplighter.channels import alertmanager
from lamplighter.channels.base import Receiver
from lamplighter.domain.instant import rfc3339


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An Alertmanager on loopback that tells nobody."""
    told = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
    with running(tmp_path_factory.mktemp("alertmanager"), told) as address:
        yield address


def test_an_incident_is_one_alert_until_it_ends(address: str) -> None:
    now = time.time_ns() // 1000
    opened = msgspec.structs.replace(
        MESSAGE, at=now, opened_at=now, source="weather", url="http://127.0.0.1:7070/incidents/I-31"
    )
    alertmanager.send(opened, Receiver(address=address))
    # Told again of another person, it is the same alert.
    alertmanager.send(msgspec.structs.replace(opened, id="again", person="ada@example.com"), Receiver(address=address))
    (alert,) = active(address)
    assert alert["labels"] == {
        "alertname": "LamplighterIncident",
        "incident": "I-31",
        "model": "late-flights",
        "env": "prod",
        "kind": "functional",
        "severity": "page",
        "source": "weather",
    }
    assert alert["annotations"]["owner"] == "ada@example.com"
    assert alert["annotations"]["description"] == MESSAGE.text
    assert alert["generatorURL"] == "http://127.0.0.1:7070/incidents/I-31"
    alertmanager.send(msgspec.structs.replace(opened, id="over", at=now + 1, over=True), Receiver(address=f"{address}/"))
    assert active(address) == []


def test_what_nothing_would_end_ends_by_itself(address: str) -> None:
    now = time.time_ns() // 1000
    asked = msgspec.structs.replace(MESSAGE, about="rollout.asked", incident="R-91", at=now)
    alertmanager.send(asked, Receiver(address=address))
    (alert,) = active(address, "incident=R-91")
    assert alert["endsAt"] == rfc3339(now + 3_600_000_000)


def test_the_rule_on_open_incidents_is_silent_while_the_channel_shows_one_of_the_model(tmp_path: Path) -> None:
    (made,) = [file.content for file in files(ESTATE) if file.name == "lamplighter-inhibitions.yml"]
    now, rules = time.time_ns() // 1000, {("LampFunctionalIncident", "other"), ("LampFeedIncident", "late-flights")}
    with running(tmp_path, f"route: {{receiver: nobody}}\nreceivers: [{{name: nobody}}]\n{made}") as address:
        for name, model in (*rules, ("LampFunctionalIncident", "late-flights")):
            amtool(address, "alert", "add", name, f"model={model}", "env=prod")
        assert len(active(address)) == 3
        alertmanager.send(msgspec.structs.replace(MESSAGE, at=now, opened_at=now), Receiver(address=address))
        until(lambda: shown(address) == rules | {("LamplighterIncident", "late-flights")})


def shown(address: str) -> set[tuple[str, str]]:
    """Name and model of the alerts that people are told of."""
    return {(one["labels"]["alertname"], one["labels"]["model"]) for one in active(address)}
