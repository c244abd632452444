"""The bill of materials is made from the record alone; the library of CycloneDX reads it, and its strict validator takes it."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.lifecycle.lives import Life, lived, prepared
from tests.lifecycle.test_vulnerabilities import entry, zipped
from tests.sdk import models

from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.record import digest_of
from lamplighter.domain.version import Artifact, Elsewhere, Lock, Version
from lamplighter.lifecycle import advisories
from lamplighter.sdk.answers import Facts

ROOT = Path(__file__).parents[2]
WHEELS = ("ab" * 32, "cd" * 32)
PACKAGES = Lock(python="3.11", packages={"Typing_Extensions": "4.1", "numpy": "2.4.0+cpu"}, hashes={"numpy": WHEELS})


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with lived(tmp_path_factory.mktemp("home")) as life:
        yield life


@pytest.fixture(scope="module")
def version(life: Life) -> Version:
    criterion = {"column": "sex", "metric": "demographic_parity_ratio", "bound": 0.8, "groups": ["f", "m"]}
    limits = ["Trains of the night are not in the sample: « € \U0001f6a6 »."]
    project = models.critical("arrivals", fairness={"criterion": [criterion]})
    model = msgspec.structs.replace(project.model, limitations=tuple(limits), licence="Apache-2.0 OR MIT")
    return life.version(msgspec.structs.replace(project, model=model))


def locked(life: Life, version: Version, **changes: Any) -> Version:
    """A version of the same files with packages that it loads."""
    manifest = msgspec.structs.replace(version.manifest, lock=PACKAGES, **changes)
    return life["dana"].register(version.model, manifest, prepared(0.5, blind=False).evidence)


def vendored(life: Life, version: Version) -> Version:
    """A version of a model that is served elsewhere."""
    dana = life["dana"]
    dana.save_project("vendored", models.project("vendored"))
    changes = {"runtime": "external", "artifacts": (), "elsewhere": Elsewhere(at="the vendor's cloud"), "lock": PACKAGES}
    return dana.register("vendored", msgspec.structs.replace(version.manifest, model="vendored", **changes))


def told(life: Life, version: Version) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(life["dana"].bom(version.name))
    return found


def read(*bills: bytes) -> list[dict[str, Any]]:
    """What the library says of each."""
    python = ROOT / ".venv-clients" / "ci" / "bin" / "python"
    assert python.exists(), "scripts/clients ci makes the environment of the clients"
    script = ROOT / "tests" / "serving" / "clients" / "scripts" / "cyclonedx_read.py"
    given = json.dumps([one.decode() for one in bills])
    done = subprocess.run([python, script], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_the_library_takes_and_reads_every_bill(life: Life, version: Version, tmp_path: Path) -> None:
    runs = locked(life, version, runtime="python")
    away = vendored(life, version)
    dana = life["dana"]
    before = dana.bom(runs.name)
    advisories.load(life.kit, PLATFORM, zipped(tmp_path, entry(aliases=["CVE-2026-1"])))
    bills = [dana.bom(one.name) for one in (version, runs, away)]
    broken = bills[1].replace(b'"specVersion": "1.6"', b'"specVersion": "1.6", "extra": 1')
    found = read(before, *bills, broken)
    assert [bool(one["wrong"]) for one in found] == [False, False, False, False, True], found
    plain, compiled, loads, _, _ = found
    assert loads["model"] == ["machine-learning-model", "arrivals", str(runs.number), [runs.digest]]
    assert loads["packages"] == {
        "Typing_Extensions": ["pkg:pypi/typing-extensions@4.1", []],
        "numpy": ["pkg:pypi/numpy@2.4.0%2Bcpu", sorted(WHEELS)],
    }
    assert sorted(loads["dependencies"]) == ["pkg:pypi/numpy@2.4.0%2Bcpu", "pkg:pypi/typing-extensions@4.1"]
    assert loads["vulnerabilities"] == {"GHSA-1": ["pkg:pypi/numpy@2.4.0%2Bcpu"]}
    assert plain["vulnerabilities"] == {}
    assert all(all(one["purls"]) for one in found)
    assert set(compiled["files"]) == {one.name for one in version.manifest.artifacts}


def test_every_hash_is_that_of_the_bytes_that_are_handed_out(life: Life, version: Version) -> None:
    model, dana = told(life, version)["metadata"]["component"], life["dana"]
    assert [digest_of(dana.artifact(one["content"])) for one in model["hashes"]] == [version.digest]
    required = {one["name"]: one for one in model["components"] if one["scope"] == "required"}
    assert {one["name"]: digest_of(dana.artifact(one["hashes"][0]["content"])) for one in required.values()} == {
        one.name: one.digest for one in version.manifest.artifacts if one.role in ("plan", "model")
    }
    assert required


def test_what_is_on_record_is_told_in_its_place(life: Life, version: Version) -> None:
    card = told(life, version)["metadata"]["component"]["modelCard"]
    parameters = card["modelParameters"]
    assert parameters["task"] == "classification"
    assert [one["format"].split(",")[0] for one in parameters["inputs"]] == ["delay: number", "load: number"]
    digests = {one["name"]: one["contents"]["properties"][0]["value"] for one in parameters["datasets"]}
    evidence = {one.kind: one.facts for one in life["dana"].version(version.name).evidence}
    assert digests["evaluation set"] == evidence["evaluation"]["digest"]
    figures = {one["type"]: one for one in card["quantitativeAnalysis"]["performanceMetrics"] if "slice" not in one}
    for metric, measured in evidence["performance"]["figures"][""].items():
        assert float(figures[metric]["value"]) == measured["value"]
        if measured["low"] is not None:
            bounds = figures[metric]["confidenceInterval"]
            assert (float(bounds["lowerBound"]), float(bounds["upperBound"])) == (measured["low"], measured["high"])
    considered = card["considerations"]
    assert considered["technicalLimitations"] == ["Trains of the night are not in the sample: « € \U0001f6a6 »."]
    assert considered["fairnessAssessments"] == [
        {
            "groupAtRisk": "groups of sex: f, m",
            "mitigationStrategy": "No version goes on unless demographic_parity_ratio >= 0.8 by sex",
        }
    ]
    assert {"name": "It decides without a person."} in considered["ethicalConsiderations"]


def test_the_same_facts_give_the_same_bytes_and_others_give_others(life: Life, version: Version) -> None:
    before = life["dana"].bom(version.name)
    life.clock.forward(86_400)
    assert life["milo"].bom(f"{version.model}@sha256:{version.digest[:12]}") == before
    life["dana"].add_evidence(version.name, Facts(kind="review", facts={"seen": True}))
    after = life["dana"].bom(version.name)
    assert json.loads(after)["serialNumber"] != json.loads(before)["serialNumber"]


def test_what_nobody_loads_is_not_told_as_safe(life: Life, version: Version, tmp_path: Path) -> None:
    runs = locked(life, version, runtime="python")
    compiled = locked(life, version)
    away = vendored(life, version)
    advisories.load(life.kit, PLATFORM, zipped(tmp_path, entry()))
    found = {one.manifest.runtime: told(life, one) for one in (runs, compiled, away)}
    states = {name: one["vulnerabilities"][0].get("analysis", {}).get("state") for name, one in found.items()}
    assert states == {"python": None, "compiled": "not_affected", "external": None}
    assert {name: one["components"][0]["scope"] for name, one in found.items()} == {
        "python": "required", "compiled": "excluded", "external": "required",
    }  # fmt: skip


def test_whether_anything_is_known_at_all_is_told(life: Life, version: Version, tmp_path: Path) -> None:
    with lived(tmp_path / "home") as other:
        unknown = told(other, other.version(models.project("arrivals")))
    advisories.load(life.kit, PLATFORM, zipped(tmp_path, entry()))
    known = told(life, version)
    name = "lamplighter:advisories:newest"
    assert unknown["metadata"]["properties"] == [{"name": name, "value": "none are loaded"}]
    assert known["metadata"]["properties"] == [{"name": name, "value": "2026-01-01T00:00:00Z"}]


def test_the_signature_of_a_version_is_named_with_its_hash(life: Life, version: Version) -> None:
    content = b"{}"
    digest = life["dana"].put_artifact(digest_of(content), content)
    signature = Artifact(role="signature", name="signature.json", digest=digest, size=len(content), format="dsse")
    signed = locked(life, version, artifacts=(*version.manifest.artifacts, signature))
    found = {one["type"]: one for one in told(life, signed)["metadata"]["component"]["externalReferences"]}
    assert found["digital-signature"]["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert found["digital-signature"]["url"].endswith(f"/api/v1/artifacts/{digest}")
    assert "digital-signature" not in {
        one["type"] for one in told(life, version)["metadata"]["component"]["externalReferences"]
    }
