"""The exports against a platform with traffic, drift, labels and a fault, read by a real Prometheus."""

import os
import re
import subprocess
import sysconfig
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx2
import msgspec
import pytest
from tests.bridges import raising
from tests.bridges.prometheus import Prometheus, promtool, running
from tests.cli.commands import lamp
from tests.sdk import models
from tests.sdk.grounds import Ground, served
from tests.sdk.homes import until
from tests.sdk.notebooks import ran

from lamplighter.domain.alert import ALERTS
from lamplighter.domain.errors import LampError
from lamplighter.domain.identity import Role
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.release import release

MODEL = "exported-trains"
ROOT = Path(__file__).parents[2]
#: A Monday, in seconds since the epoch.
MONDAY = 19_000 * 86_400
#: Parses a dashboard with the classes of Grafana's own library and prints how many panels it has found.
PARSED = """
import json, sys
from grafana_foundation_sdk.models.dashboard import Dashboard
board = Dashboard.from_json(json.load(open(sys.argv[1])))
print(board.uid, board.schema_version, len(board.panels), sorted({variable.name for variable in board.templating.list_val}))
"""


class World(NamedTuple):
    ground: Ground
    prometheus: Prometheus
    #: Folder with the exported files.
    exported: Path


def lived(ground: Ground) -> None:
    """A model in production with a day of labelled rows, whose inputs are not those that it learned on."""
    quality = {"metric": "brier", "limit": 0.9, "window": "1d", "least_rows": 100}
    project = models.project(MODEL, monitor={"quality": quality}, consumer=[{"name": "display", "owner": "@it-ops"}])
    built = replace(models.build(), model=raising.probability, trust=True)
    ground.live(release(ground["dana"], project, built, ground.settings.signing_key), "prod")
    endpoint, (columns, late) = ground.endpoint(MODEL, "prod"), models.columns(300)
    shifted = {**columns, "delay": [value + 9.0 for value in columns["delay"]]}
    answer = endpoint.predict(shifted, event_time=moment(6))
    endpoint.predict({name: values[:1] for name, values in columns.items()}, event_time=moment(25))
    until(lambda: ground["dana"].status(MODEL).rows == 301, 60.0)
    labels = [models.label(key, value) for key, value in zip(answer.ids, late, strict=True)]
    ground["display"].push_labels(MODEL, labels)
    until(lambda: ground["dana"].readings(MODEL, "prod", "quality"), 60.0)


def moment(hours: float) -> str:
    return datetime.fromtimestamp(MONDAY + hours * 3600, UTC).isoformat()


def call(ground: Ground, ending: threading.Event) -> None:
    """Ask for one row after the other."""
    endpoint, (columns, _) = ground.endpoint(MODEL, "prod"), models.columns(1)
    while not ending.wait(0.2):
        with suppress(LampError):
            endpoint.predict(columns, event_time=moment(26))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with served(tmp_path_factory.mktemp("platform")) as ground:
        lived(ground)
        exported = tmp_path_factory.mktemp("exported")
        for tool in ("prometheus", "grafana"):
            url, token = ground.settings.url, ground.tokens["rita"]
            done = lamp("export", tool, "--out", str(exported), LAMP_URL=url, LAMP_TOKEN=token)
            assert done.code == 0, done.err
        ground.owner.save_person("prometheus@trains.example", "Prometheus", (Role.OBSERVER,))
        token = ground.owner.issue_token("prometheus@trains.example", "prometheus").secret
        ending = threading.Event()
        calling = threading.Thread(target=call, args=(ground, ending), daemon=True)
        calling.start()
        with running(tmp_path_factory.mktemp("prometheus"), exported, token) as prometheus:
            yield World(ground, prometheus, exported)
        ending.set()
        calling.join(30.0)


def test_every_target_of_the_stanza_is_scraped(world: World) -> None:
    # Nothing is live in the other environments, so nothing listens there.
    prod = next(place for place in world.ground["rita"].environments() if place.name == "prod")
    wanted = {world.ground.settings.url.removeprefix("http://"), prod.address.removeprefix("http://")}
    until(lambda: wanted <= {place for place, health in world.prometheus.targets().items() if health == "up"})


def test_every_query_of_the_dashboard_finds_something(world: World) -> None:
    board = msgspec.json.decode((world.exported / "lamplighter-dashboard.json").read_bytes())
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    assert len(asked) > 20
    for expression in asked:
        chosen = expression.replace("$model", MODEL).replace("$env", "prod").replace("$__rate_interval", "1m")
        assert until(lambda chosen=chosen: world.prometheus.ask(chosen), 60.0), expression  # type: ignore[misc]


def test_every_rule_can_be_asked(world: World) -> None:
    for alert in ALERTS:
        world.prometheus.ask(alert.owned)


def test_figures_are_those_of_the_platform(world: World) -> None:
    (reading,) = world.ground["dana"].readings(MODEL, "prod", "quality", "brier")
    (found,) = world.prometheus.ask(f'lamp_quality{{model="{MODEL}",env="prod",metric="brier",kind="measured"}}')
    assert float(found["value"][1]) == reading.value
    drift = {one["metric"]["feature"]: one for one in world.prometheus.ask(f'lamp_input_drift{{model="{MODEL}"}}')}
    assert set(drift) == {"delay", "load"}
    assert float(drift["delay"]["value"][1]) > float(drift["load"]["value"][1])


def test_failing_requests_reach_whoever_has_the_duty(world: World) -> None:
    assert not [alert for alert in world.prometheus.alerts() if alert["alertname"] == "LampRequestsFail"]
    endpoint = world.ground.endpoint(MODEL, "prod")
    for _ in range(40):
        with pytest.raises(LampError):
            endpoint.predict({"delay": [1000.0], "load": [0.5]})

    def fired() -> list[dict[str, str]]:
        return [alert for alert in world.prometheus.alerts() if alert["alertname"] == "LampRequestsFail"]

    (alert,) = until(fired, 60.0)
    assert {**alert, "alertname": ""} == {
        "alertname": "", "model": MODEL, "env": "prod", "owner": "@it-ops", "severity": "page", "duty": "monitor-technical",
    }  # fmt: skip


def test_promtool_has_nothing_to_say_of_the_page_of_serving(world: World) -> None:
    prod = next(place for place in world.ground["rita"].environments() if place.name == "prod")
    serving = httpx2.get(f"{prod.address}/metrics", trust_env=False)
    assert MODEL in serving.text
    done = subprocess.run(["promtool", "check", "metrics"], input=serving.text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_stanza_is_a_part_of_a_configuration(world: World) -> None:
    promtool("check", "config", "--syntax-only", str(world.exported / "lamplighter-scrape.yml"))


def test_the_dashboard_is_read_by_the_library_of_grafana(world: World) -> None:
    python = ROOT / ".venv-clients" / "rest" / "bin" / "python"
    assert python.exists(), "scripts/clients rest makes the environment of the clients"
    board = world.exported / "lamplighter-dashboard.json"
    told = subprocess.run([python, "-c", PARSED, str(board)], capture_output=True, text=True, check=True).stdout
    panels = len(msgspec.json.decode(board.read_bytes())["panels"])
    assert told.strip() == f"lamplighter 36 {panels} ['datasource', 'env', 'model']"


def test_the_notebook_runs_from_top_to_bottom(world: World, tmp_path: Path) -> None:
    access = {"LAMP_URL": world.ground.settings.url, "LAMP_TOKEN": world.ground.tokens["rita"]}
    done = lamp("monitor", "notebook", MODEL, "--out", str(tmp_path / "trains.ipynb"), **access)  # type: ignore[arg-type]
    assert done.code == 0, done.err
    written = (tmp_path / "trains.ipynb").read_text()
    assert access["LAMP_TOKEN"] not in written
    assert "http" not in written
    told = ran(tmp_path / "trains.ipynb", **access)
    assert len(told) == 4
    assert ["image/png" in text for text in told] == [False, True, False, True]
    assert "300 labelled rows" in told[2]
    assert all(name in told[3] for name in ("delay", "load", "@prediction"))


def test_the_commands_of_the_documentation_run_as_they_stand(world: World, tmp_path: Path) -> None:
    blocks = re.findall(r"```console\n(.+?)```", (ROOT / "docs" / "prometheus.md").read_text(), re.DOTALL)
    owner = {"LAMP_URL": world.ground.settings.url, "LAMP_TOKEN": local_token(world.ground.settings)}
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    for line in "".join(blocks).splitlines():
        command = ["bash", "-ec", line.removeprefix("$ ")]
        variables = {**os.environ, **owner, "PATH": path}
        done = subprocess.run(command, cwd=tmp_path, env=variables, check=False, capture_output=True, text=True)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    secret = (tmp_path / "lamplighter.token").read_text().strip()
    answer = httpx2.get(f"{world.ground.settings.url}/metrics", headers={"Authorization": f"Bearer {secret}"}, trust_env=False)
    assert (answer.status_code, MODEL in answer.text) == (200, True)
    assert len(list((tmp_path / "exported").iterdir())) == 5
