"""`lamp export backstage`: the package of its catalog takes every entity, and finds all that one names but people and teams."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from tests.cli.commands import told
from tests.web import seed

from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.source import Source
from lamplighter.lifecycle import design
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk.backstage import named, owner
from lamplighter.sdk.embedded import Embedded

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    kit = seed.open_kit(tmp_path_factory.mktemp("home"))
    seed.fill(kit, models=1)
    limit = Embedded(kit, PLATFORM).project("credit-limit")
    # What another model answers, and a name that no catalog takes as it is. It is live nowhere: no process is told of it.
    sources = (Source(name="late-flights"), Source(name="fares: été/net", owner=seed.ADA), Source(name="weather"))
    design.save_project(kit, PLATFORM, "credit-limit", msgspec.structs.replace(limit, source=sources))
    yield kit
    kit.close()


@pytest.fixture(scope="module")
def made(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("catalog")
    done = told(Embedded(kit, PLATFORM), "-C", str(folder), "export", "backstage", "--address", "https://lamp.example.com/")
    assert done.code == 0, done.err
    return list(yaml.safe_load_all((folder / "catalog-info.yaml").read_text()))


def read(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    packages = ROOT / ".venv-clients" / "catalog" / "node_modules"
    assert packages.exists(), "scripts/clients catalog makes the environment of the clients"
    script = ROOT / "tests" / "serving" / "clients" / "scripts" / "backstage_valid.cjs"
    variables = {**os.environ, "NODE_PATH": str(packages)}
    done = subprocess.run(
        ["node", script], input=json.dumps(entities), env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_the_catalog_takes_everything_and_finds_what_is_named(made: list[dict[str, Any]]) -> None:
    broken = [made[0] | {"spec": {**made[0]["spec"], "lifecycle": ""}}, made[0] | {"metadata": {"name": "a b"}}]
    found = read([*made, *broken])
    assert [one["wrong"] for one in found[: len(made)]] == [""] * len(made)
    assert all(one["wrong"] for one in found[len(made) :])
    names = {one["name"] for one in found if not one["wrong"]}
    assert len(names) == len(made)
    references = {ref for one in found if not one["wrong"] for ref in one["references"]}
    assert {ref for ref in references if not ref.startswith(("group:", "user:"))} <= names
    apis = {one["metadata"]["name"] for one in made if one["kind"] == "API"}
    assert {name for one in made for name in one["spec"].get("providesApis", ())} == apis


def test_what_is_known_of_a_model_stands_in_its_place(made: list[dict[str, Any]]) -> None:
    found = {(one["kind"], one["metadata"]["name"]): one for one in made}
    flights = found["Component", "late-flights"]
    assert flights["spec"] == {
        "type": "ml-model", "lifecycle": "production", "owner": "group:default/it-ops", "providesApis": ["late-flights"],
        "dependsOn": ["resource:default/weather", "resource:default/schedule"],
    }  # fmt: skip
    assert flights["metadata"]["annotations"]["lamplighter/version"] == "late-flights@2"
    assert flights["metadata"]["links"][0]["url"] == "https://lamp.example.com/m/late-flights"
    assert found["Component", "credit-limit"]["spec"]["lifecycle"] == "experimental"
    assert "providesApis" not in found["Component", "credit-limit"]["spec"]
    assert found["Component", "credit-limit"]["spec"]["dependsOn"] == [
        "component:default/late-flights", "resource:default/fares-t-net", "resource:default/weather",
    ]  # fmt: skip
    assert found["Resource", "fares-t-net"]["metadata"]["title"] == "fares: été/net"
    assert found["Resource", "fares-t-net"]["spec"]["owner"] == "user:default/ada"
    document = json.loads(found["API", "late-flights"]["spec"]["definition"])
    assert (document["openapi"], document["info"]["version"]) == ("3.1.0", "2")
    assert "/m/late-flights" in document["paths"]
    assert seed.HOSTILE not in {one["metadata"]["name"] for one in made}


def test_one_model_alone_and_an_unknown_one(kit: Kit, tmp_path: Path) -> None:
    platform = Embedded(kit, PLATFORM)
    assert told(platform, "-C", str(tmp_path), "export", "backstage", "credit-limit").code == 0
    found = [(one["kind"], one["metadata"]["name"]) for one in yaml.safe_load_all((tmp_path / "catalog-info.yaml").read_text())]
    assert found == [("Component", "credit-limit"), ("Resource", "fares-t-net"), ("Resource", "weather")]
    assert "E1201" in told(platform, "-C", str(tmp_path), "export", "backstage", "nothing").err


def test_names_of_owners_and_of_data() -> None:
    assert [owner(one) for one in ("@it-ops", "ada.b@example.com", "")] == [
        "group:default/it-ops", "user:default/ada.b", "group:default/nobody",
    ]  # fmt: skip
    assert [named(text) for text in ("a" * 80, "-- x --", "été")] == ["a" * 63, "x", "t"]
