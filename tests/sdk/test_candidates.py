"""From MLflow to production: what its client registers is packed, judged by the gates like everything, and gets the traffic."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from tests.sdk import models
from tests.sdk.grounds import Ground
from tests.sdk.homes import until

from lamplighter.domain.acceptance import Side
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.imported import Imported
from lamplighter.domain.record import digest_of
from lamplighter.domain.rollout import Phase
from lamplighter.domain.tracking.artifact_path import Place
from lamplighter.domain.tracking.candidate import digest_of_files
from lamplighter.domain.version import PackedFrom, Version
from lamplighter.lifecycle.tracking import candidates, files, runs
from lamplighter.sdk.build import Build
from lamplighter.sdk.importing.plan import ModelPlan, Plan, Wanted
from lamplighter.sdk.importing.registry import Choice
from lamplighter.sdk.importing.report import Outcome
from lamplighter.sdk.importing.run import imported
from lamplighter.sdk.importing.server import Server
from lamplighter.sdk.release import release

ROOT = Path(__file__).parents[2]
MODEL = "late-trams"
PROJECT = models.critical(MODEL)
Ask = Callable[..., httpx2.Response]


#: The client speaks HTTP, so the story is told by the platform that has an address.
served = pytest.mark.parametrize("ground", ["remote"], indirect=True)


@pytest.fixture(scope="module")
def ask(ground: Ground) -> Iterator[Ask]:
    """A call of MLflow by somebody."""
    with httpx2.Client(base_url=ground.settings.url, trust_env=False, timeout=60.0) as client:

        def asked(method: str, path: str, body: Any = None, by: str = "dana") -> httpx2.Response:
            headers = {"Authorization": f"Bearer {ground.tokens[by]}", "Content-Type": "application/json"}
            content = body if isinstance(body, bytes) else msgspec.json.encode(body) if body is not None else None
            return client.request(method, f"/api/2.0/{path}", content=content, headers=headers)

        yield asked


@pytest.fixture(scope="module")
def told(ground: Ground) -> Any:
    """What the client of MLflow has to say."""
    (packages,) = (ROOT / ".venv-clients/rest/lib").glob("python3*/site-packages")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW")}
    access = {"MLFLOW_TRACKING_URI": ground.settings.url, "MLFLOW_TRACKING_TOKEN": ground.tokens["dana"]}
    quiet = {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
        "GIT_PYTHON_REFRESH": "quiet",
    }
    words = [sys.executable, str(Path(__file__).with_name("mlflow_candidate.py")), str(packages)]
    environment = {**kept, **access, **quiet, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def version(ground: Ground, told: Any) -> Version:
    """The candidate, packed where its packages are, and live in staging."""
    made = release(ground["dana"], PROJECT, packed(1))
    ground.live(made, "dev", "staging")
    return made


def packed(number: int) -> Build:
    return replace(models.build(), model=f"models:/{MODEL}/{number}")


def refusal(answer: httpx2.Response) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["error_code"], body["message"]


def champion(ask: Ask, number: int, by: str = "dana") -> httpx2.Response:
    body = {"name": MODEL, "alias": "champion", "version": str(number)}
    return ask("POST", "mlflow/registered-models/alias", body, by)


@served
def test_the_client_logs_registers_and_loads(told: Any) -> None:
    candidate = "PERMISSION_DENIED: Version 1 is a candidate"
    assert told["champion"].startswith(candidate)
    assert told["stage"].startswith(candidate)
    assert f"models:/{MODEL}/1" in told["champion"]
    assert told["elsewhere"].startswith("INVALID_PARAMETER_VALUE")
    assert told["unsafe"].startswith("INVALID_PARAMETER_VALUE")
    assert {name: told[name] for name in ("equal", "words", "outputs", "models:1", "models:2", "runs:2", "alias")} == {
        "equal": True, "words": "words", "outputs": 1, "models:1": True, "models:2": True, "runs:2": True, "alias": "2",
    }  # fmt: skip
    assert told["files"] == [["all/inner", True, None], ["all/large.bin", False, 5_120_000]]
    assert told["versions"] == [["2", "None"], ["1", "None"]]
    assert told["told"] == [{"seen": "yes"}, "The first.", models.OWNER]


@served
def test_the_files_of_a_candidate_are_read_where_it_is_packed(ground: Ground, told: Any) -> None:
    found = ground["rita"].candidate(MODEL, 1)
    assert "MLmodel" in found.files
    content = ground["rita"].candidate_file(MODEL, 1, found.files["MLmodel"])
    assert digest_of(content) == found.files["MLmodel"]
    with pytest.raises(NotFound):
        ground["rita"].candidate_file(MODEL, 1, "0" * 64)
    for text in (f"models:/{MODEL}@champion", "models:/x", f"models:/{MODEL}/one"):
        with pytest.raises(Invalid):
            release(ground["dana"], PROJECT, replace(models.build(), model=text))


@served
def test_the_version_names_the_candidate_and_its_files(ground: Ground, version: Version) -> None:
    digest = ground["rita"].candidate(MODEL, 1).candidate.digest
    assert version.manifest.provenance.candidate == PackedFrom(name=MODEL, number=1, digest=digest)
    assert version.manifest.runtime == "compiled"
    other = PackedFrom(name=MODEL, number=1, digest="0" * 64)
    provenance = msgspec.structs.replace(version.manifest.provenance, candidate=other)
    with pytest.raises(Invalid, match="was not made of this candidate"):
        ground["dana"].register(MODEL, msgspec.structs.replace(version.manifest, provenance=provenance))


@served
def test_an_alias_moves_traffic_only_through_the_gates(ground: Ground, ask: Ask, version: Version) -> None:
    # Whoever only looks asks for nothing, and a version that was never in staging is refused.
    assert refusal(champion(ask, 1, by="rita"))[:2] == (403, "PERMISSION_DENIED")
    second = release(ground["dana"], PROJECT, packed(2))
    status, word, message = refusal(champion(ask, 2))
    assert (status, word) == (403, "PERMISSION_DENIED")
    assert "never live at the level acceptance" in message
    assert f"{ground.settings.url}/m/{MODEL}/v/{second.number}" in message
    # The first one waits for two people, however often it is asked for; traffic stays as it is.
    for _ in range(2):
        status, word, message = refusal(champion(ask, 1))
        (rollout,) = (one for one in ground["dana"].rollouts(MODEL) if one.environment == "prod")
        assert (status, word) == (403, "PERMISSION_DENIED")
        assert f"{ground.settings.url}/approvals/{rollout.id}" in message
    live = [one.environment for one in ground["rita"].status(MODEL).live]
    assert live == ["dev", "staging"]
    assert ask("GET", f"mlflow/registered-models/alias?name={MODEL}&alias=champion").status_code == 404

    ground["bea"].sign(version.name, "prod", Side.BUSINESS, accepted=True)
    ground["ines"].sign(version.name, "prod", Side.IT, accepted=True)
    alias = f"mlflow/registered-models/alias?name={MODEL}&alias=champion"
    until(lambda: ask("GET", alias).status_code == 200)
    found = ask("GET", alias).json()["model_version"]
    assert (found["version"], found["current_stage"], found["aliases"]) == ("1", "Production", ["champion"])
    assert champion(ask, 1).status_code == 200
    # The name is there once the traffic is meant for it; it comes when the processes have taken it on.
    ground.reached(rollout, Phase.COMPLETED)
    answer = ground.endpoint(MODEL, "prod").predict({"delay": [5.0], "load": [0.5]})
    assert answer.version == version.name


@served
def test_what_has_the_traffic_keeps_its_name_and_its_files(ground: Ground, ask: Ask, version: Version) -> None:
    until(lambda: ask("GET", f"mlflow/registered-models/alias?name={MODEL}&alias=champion").status_code == 200)
    for method, path, body in (
        ("DELETE", "registered-models/alias", {"name": MODEL, "alias": "champion"}),
        ("POST", "model-versions/transition-stage", {"name": MODEL, "version": "1", "stage": "Archived"}),
    ):
        assert refusal(ask(method, f"mlflow/{path}", body))[:2] == (403, "PERMISSION_DENIED")
    for path, body in (
        ("model-versions/delete", {"name": MODEL, "version": "1"}),
        ("registered-models/delete", {"name": MODEL}),
    ):
        assert refusal(ask("DELETE", f"mlflow/{path}", body))[:2] == (409, "RESOURCE_CONFLICT")
    root = ground["rita"].candidate(MODEL, 1).candidate.root
    place = f"mlflow-artifacts/artifacts/versions/{root}/artifacts/MLmodel"
    assert refusal(ask("PUT", place, b"other"))[:2] == (403, "PERMISSION_DENIED")
    assert refusal(ask("DELETE", place))[:2] == (403, "PERMISSION_DENIED")


@served
def test_another_platform_brings_it_in(ground: Ground, told: Any, tmp_path: Path) -> None:
    """As from any server of MLflow, for this one speaks like one; what the client has logged is read by what we ask with."""
    assert told["versions"]
    sample, late = models.rows(models.ROWS)
    sample.assign(late=late).to_csv(tmp_path / "rows.csv", index=False)
    plan = Plan(model={MODEL: ModelPlan(name="old-trams", sample="rows.csv", label="late")})
    wanted = Wanted(names=(MODEL,), choice=Choice(all=True), plan=plan, folder=str(tmp_path))
    with closing(Server(ground.settings.url, {"MLFLOW_TRACKING_TOKEN": ground.tokens["dana"]})) as server:
        report = imported(ground["dana"], server, wanted)
    assert [(row.number, row.outcome, row.version) for row in report.rows] == [
        (1, Outcome.IMPORTED, "old-trams@1"), (2, Outcome.IMPORTED, "old-trams@2"),
    ]  # fmt: skip
    found = ground["dana"].version("old-trams@1").version.manifest
    files = ground["rita"].candidate(MODEL, 1).files
    assert isinstance(found.provenance.imported, Imported)
    assert found.provenance.imported.digest == digest_of_files(files)
    assert found.runtime == "compiled"


@served
def test_files_lie_where_they_may_and_nowhere_else(ask: Ask) -> None:
    run = f"0/{'0' * 32}/artifacts"
    for path in ("..", "x", "0/%2e%2e/x", f"{run}/../x", f"{run}/%2e%2e/x", f"{run}/a%5Cb", f"{run}//a", "/etc/passwd", "%00"):
        for method, body in (("PUT", b"x"), ("GET", None), ("DELETE", None)):
            answer = ask(method, f"mlflow-artifacts/artifacts/{path}", body)
            assert answer.status_code in (400, 404, 501), f"{path}: {answer.text}"


@pytest.mark.parametrize("ground", ["embedded"], indirect=True)
def test_an_embedded_platform_gives_the_same_files(ground: Ground) -> None:
    here: Any = ground["dana"]
    kit, actor = here._platform._kit, here._platform._actor
    run = runs.create(kit, actor, "0", "", 0, {}).run
    with files.Incoming(kit, Place(root=run.id, path="model/MLmodel")) as incoming:
        incoming.take(b"flavors: ")
        incoming.take(b"{}")
        incoming.keep()
    candidates.name_model(kit, actor, "embedded-trams", "", {})
    made = candidates.register(kit, actor, "embedded-trams", f"runs:/{run.id}/model", run.id, "", "", {})
    found = ground["rita"].candidate("embedded-trams", 1)
    assert (found.candidate, found.files) == (made, {"MLmodel": digest_of(b"flavors: {}")})
    assert ground["rita"].candidate_file("embedded-trams", 1, found.files["MLmodel"]) == b"flavors: {}"
    assert list((kit.settings.tracked / "incoming").iterdir()) == []
