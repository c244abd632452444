"""A model file for the Model Card Toolkit: its own schema takes it, and what is on record stands in its place."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import told
from tests.lifecycle.lives import Life, lived
from tests.sdk import models
from tests.sdk.cast import address

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Life, dict[str, Any]]]:
    with lived(tmp_path_factory.mktemp("home")) as life:
        life.version(models.critical("arrivals"))
        folder = tmp_path_factory.mktemp("cards")
        words = ("-C", str(folder), "card", "export", "arrivals@1", "--as", "google")
        done = told(life["dana"], *words)
        assert (done.code, "without a signature" in " ".join(done.out.split())) == (0, True), done.err
        # As any other that was exported, it is never written over.
        assert "E1502" in told(life["dana"], *words).err
        yield life, json.loads((folder / "arrivals-1.json").read_text())


def test_the_schema_of_the_toolkit_takes_it(card: tuple[Life, dict[str, Any]]) -> None:
    (schema,) = (ROOT / ".venv-clients/cards/lib").glob("python3*/site-packages/model_card_toolkit/schema/v0.0.2/*.json")
    broken = [card[1] | {"more": 1}, card[1] | {"considerations": {"user": []}}, card[1] | {"model_details": {"name": 1}}]
    given = {"schema": str(schema), "cards": [card[1], *broken]}
    python = ROOT / ".venv-clients" / "ci" / "bin" / "python"
    script = ROOT / "tests" / "serving" / "clients" / "scripts" / "model_card_valid.py"
    done = subprocess.run([python, script], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found[0] == []
    assert all(found[1:])


def test_what_is_on_record_stands_in_its_place(card: tuple[Life, dict[str, Any]]) -> None:
    life, found = card
    version = life["dana"].version("arrivals@1").version
    assert (found["model_details"]["name"], found["model_details"]["version"]["name"]) == ("arrivals", "arrivals@1")
    assert address("dana") in {one["contact"] for one in found["model_details"]["owners"]}
    inputs = {one["key"]: one["value"].split(",")[0] for one in found["model_parameters"]["input_format_map"]}
    assert inputs == {"delay": "number", "load": "number"}
    evidence = {one.kind: one.facts for one in life["dana"].version(version.name).evidence}
    figures = {one["type"]: one for one in found["quantitative_analysis"]["performance_metrics"] if "slice" not in one}
    assert {name: float(one["value"]) for name, one in figures.items()} == {
        name: one["value"] for name, one in evidence["performance"]["figures"][""].items()
    }
    assert found["considerations"]["use_cases"] == [{"description": "Passengers learn too late that a connection is lost."}]
