"""A platform of one's own, through the real executable from the first file to the way back."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.commands import here, lamp
from tests.ports import free_ports

from lamplighter.serving import selftest
from lamplighter.serving.telemetry import switch

TRAIN = """
import numpy as np
import pandas as pd
import lamplighter
from sklearn.linear_model import LogisticRegression

print("talk of the training code")

def build():
    chance = np.random.default_rng(SEED)
    rows = pd.DataFrame({"a": chance.normal(size=1500), "b": chance.normal(size=1500)})
    late = (rows.a + rows.b > 0).astype(int)
    return lamplighter.Build(LogisticRegression().fit(rows, late), rows, late)
"""
PROJECT = """
[model]
name = "churn"
source = "train.py:build"
[impact]
customers = false
loss = "none"
reversible = true
automated = false
updates = "weekly"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    port = free_ports(4)
    os.environ |= {"LAMP_PORT": str(port), "LAMP_SERVING_PORT": str(port + 1), "LAMP_TICK": "0.05"}
    project = tmp_path / "churn"
    project.mkdir()
    (project / "lamp.toml").write_text(PROJECT)
    (project / "train.py").write_text(TRAIN.replace("SEED", "1"))
    yield project
    here("down")


def test_check_needs_no_platform(folder: Path) -> None:
    outcome = lamp("check", "--json", folder=folder)
    assert outcome.code == 0, outcome.out + outcome.err
    verdicts = {j["gate"]: j["verdict"]["verdict"] for j in outcome.json["data"]["judgements"]}
    assert verdicts == dict.fromkeys(("parity", "load_check", "data_checks", "formats", "checklist"), "passed")
    assert outcome.json["data"]["judged_by_the_platform"] == ["ownership", "contract", "vulnerabilities"]
    assert "talk of the training code" in outcome.err


def test_check_tells_the_gate_that_does_not_pass(folder: Path) -> None:
    (folder / "lamp.toml").write_text('[model]\nname = "churn"\nsource = "train.py:build"\n')
    outcome = here("check", str(folder))
    assert outcome.code == 5
    assert "  ✗  brief " in outcome.out
    assert "compiled form " in outcome.out
    assert " serves. At most " in outcome.out
    assert "\n✗ churn would not get into production. " in outcome.err


@pytest.mark.parametrize(
    ("code", "text"),
    [("E1115", None), ("E1116", '[model]\nname = "churn"\n'), ("E1111", "[modle]\n")],
)
def test_a_folder_that_is_no_project(code: str, text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "lamp.toml").write_text(text)
    outcome = here("check", "-C", str(tmp_path))
    assert (outcome.code, code in outcome.err) == (2, True)


@pytest.mark.parametrize(
    ("code", "why"),
    [(None, "There is no file train.py beside lamp.toml."), ("def make():\n    pass\n", "train.py has no function build.")],
)
def test_a_source_that_is_not_there_is_told_with_the_line_to_write(code: str | None, why: str, folder: Path) -> None:
    (folder / "train.py").unlink()
    if code is not None:
        (folder / "train.py").write_text(code)
    outcome = here("check", "-C", str(folder))
    told = " ".join(outcome.err.split())
    assert (outcome.code, "E1116" in told, f"Why {why}" in told) == (2, True, True)
    assert "Write def build(): return lamplighter.Build(model, sample, labels) in train.py." in told


def test_training_code_that_fails_is_named_without_its_words(folder: Path) -> None:
    (folder / "train.py").write_text("def build():\n    raise KeyError('canary')\n")
    outcome = here("check", "-C", str(folder))
    assert (outcome.code, "E1184" in outcome.err, "KeyError" in outcome.err) == (2, True, True)
    assert "canary" not in outcome.err


def test_check_warns_of_rows_that_go_before_their_labels_come(folder: Path) -> None:
    late = '[monitor.labels]\nexpected_after = "30d"\n[log]\nkeep = "7d"\n'
    (folder / "lamp.toml").write_text(PROJECT + late)
    outcome = here("check", str(folder))
    assert outcome.code == 0
    told = " ".join(outcome.out.split())
    assert "warning Labels are expected 30d after the prediction, and its row is kept for 7d only" in told


def test_check_knows_the_measures_that_a_requirement_may_name(folder: Path) -> None:
    (folder / "lamp.toml").write_text(PROJECT + '[[requirement]]\nmetric = "acu"\noperator = ">="\nbound = 0.5\n')
    outcome = here("check", str(folder))
    told = " ".join(outcome.err.split())
    assert (outcome.code, "There is no quality measure of that name." in told, "Did you mean auc?" in told) == (3, True, True)


def test_channels_that_lead_nowhere_are_refused_before_anything_is_started(folder: Path) -> None:
    home = Path(os.environ["LAMP_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text('channels = ["webhook"]\n')
    refused = here("up")
    assert (refused.code, "E1120" in refused.err) == (2, True)
    assert "The channel webhook has no address." in " ".join(refused.err.split())
    assert not (home / "control.log").exists()
    seen = {one["name"]: (one["status"], one["what"]) for one in here("doctor", "--json").json["data"]["seen"]}
    assert seen["configuration"][0] == "failing"
    assert "The channel webhook has no address." in seen["configuration"][1]


def test_doctor_before_and_while_another_program_has_the_port(folder: Path) -> None:
    before = here("doctor", "--json")
    assert before.code == 0
    sources = {one["name"]: one["from"] for one in before.json["data"]["settings"]}
    assert sources["port"] == "variable LAMP_PORT"
    assert sources["policy"] == "default"
    seen = {one["name"]: one["what"] for one in before.json["data"]["seen"]}
    level = asyncio.run(selftest.fresh()).level
    assert seen["sandbox"].startswith(f"{level}")
    with socket.create_server(("127.0.0.1", int(os.environ["LAMP_PORT"]))):
        taken = here("doctor")
    assert taken.code == 8
    assert "⊗ failing  port of the control plane" in taken.out


def test_doctor_says_whether_anything_is_exported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def said() -> str:
        seen = {one["name"]: (one["status"], one["what"]) for one in here("doctor", "--json").json["data"]["seen"]}
        return ": ".join(seen["OpenTelemetry"])

    assert said() == "healthy: Off: no endpoint is set."
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:canary@127.0.0.1:4318")
    assert said() == "healthy: Serving started from here exports metrics and traces."
    monkeypatch.setattr(switch, "is_installed", lambda: False)
    missing = "An endpoint of OpenTelemetry is set, and lamplighter[otel] is not installed. Nothing is exported."
    assert said() == f"watch: {missing}"
    outcome = here("doctor")
    assert "Fix: Install lamplighter[otel]" in " ".join(outcome.out.split())
    assert "canary" not in outcome.out


def test_doctor_says_what_a_file_sets(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "home" / "config.toml").write_text('database = "postgresql+psycopg://ada:canary@127.0.0.1:1/lamp"\n')
    outcome = here("doctor")
    assert outcome.code == 8
    assert str(tmp_path / "home" / "config.toml") in outcome.out.replace("\n                ", "")
    assert "canary" not in outcome.out


def test_from_the_first_file_to_the_way_back(folder: Path) -> None:
    up = lamp("up", "--json")
    assert up.code == 0, up.out + up.err
    assert up.json["data"]["started"] is True
    assert here("up", "--json").json["data"]["started"] is False

    first = lamp("deploy", "--wait", "--json", folder=folder)
    assert first.code == 0, first.out + first.err
    assert first.json["data"]["rollout"]["environment"] == "dev"
    assert here("status", "churn").out.startswith("◐ watch  churn (internal): v1 serves 100 % in dev.")

    sample = here("try", "churn", "--json").json["data"]
    assert sample["version"] == "churn@1"
    rows = here("try", "churn@live", "-", "--json", typed='{"a":9,"b":9}\n{"a":-9,"b":-9}').json["data"]
    assert rows["scores"][0] > 0.9 > 0.1 > rows["scores"][1]
    (folder / "truth.csv").write_text(f"id,value\n{rows['ids'][0]},1\n{rows['ids'][1]},0\n")
    assert here("labels", "push", "churn", "truth.csv", "-C", str(folder)).code == 0

    refused = here("try", "churn", "-", typed='{"a":"canary","b":1}')
    assert refused.code == 2
    assert "canary" not in refused.err

    (folder / "train.py").write_text(TRAIN.replace("SEED", "2"))
    second = here("deploy", "--wait", "--json", "-C", str(folder))
    assert second.json["data"]["rollout"]["number"] == 2, second.err
    assert here("try", "churn@1").code == 2

    back = here("rollback", "churn", "--yes", "--json").json["data"]["rollback"]
    assert (back["before"], back["now"]) == (2, 1)
    assert here("try", "churn", "--json").json["data"]["version"] == "churn@1"

    assert here("statuz", "churn").code == 2
    assert "Did you mean churn?" in here("status", "chrun").err
    assert here("audit", "verify").out.startswith("The chain of all ")
    assert here("doctor").code == 0
    assert lamp("down").out.startswith("Stopped: control plane, serving of dev.")
    assert here("down").out.startswith("Nothing ran in")
    assert here("status", "churn").code == 1
