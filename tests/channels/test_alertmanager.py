"""Alerts in a real Alertmanager: one for an incident, until it ends."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.channels.test_channels import MESSAGE
from tests.ports import free_port

from lamplighter.channels import alertmanager
from lamplighter.channels.base import Receiver


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An Alertmanager on loopback that tells nobody."""
    program = shutil.which("prometheus-alertmanager")
    assert program, "make test installs the package prometheus-alertmanager"
    folder = tmp_path_factory.mktemp("alertmanager")
    (folder / "alertmanager.yml").write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    port = free_port()
    place = [f"--storage.path={folder}", f"--config.file={folder / 'alertmanager.yml'}", "--cluster.listen-address="]
    log = (folder / "log").open("wb")
    process = subprocess.Popen([program, *place, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        _ready(f"http://127.0.0.1:{port}/-/ready", folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _ready(address: str, log: Path) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def active(address: str) -> list[dict[str, Any]]:
    """The alerts that have not ended, as amtool shows them."""
    command = ["amtool", f"--alertmanager.url={address}", "alert", "query", "-o", "json"]
    found: list[dict[str, Any]] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


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
