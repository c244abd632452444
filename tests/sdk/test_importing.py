"""Models of an MLflow server: what is brought in, what is left out and why, and a server that means no good."""

import hashlib
import json
import platform
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from tests.cli.commands import told
from tests.lifecycle.lives import Life
from tests.sdk.registries import Answered, Registry, serving

from lamplighter.domain.errors import Invalid, LampError, NotFound, Unauthenticated, Unavailable
from lamplighter.domain.imported import KIND, Imported
from lamplighter.domain.version import Provenance
from lamplighter.packaging.sources import example
from lamplighter.packaging.sources.mlmodel import Directory
from lamplighter.sdk.importing import artifacts, registry
from lamplighter.sdk.importing.packing import Order
from lamplighter.sdk.importing.plan import ModelPlan, Plan, Wanted, local_name, read_plan
from lamplighter.sdk.importing.process import Process
from lamplighter.sdk.importing.registry import Alias, Choice, Model, Version, choice_of, chosen
from lamplighter.sdk.importing.report import Outcome, Report
from lamplighter.sdk.importing.run import imported
from lamplighter.sdk.importing.server import Server

MLMODEL = """
flavors:
  lightgbm: {data: model.lgb, model_class: lightgbm.basic.Booster}
  python_function: {loader_module: mlflow.lightgbm, python_version: PYTHON}
mlflow_version: 3.17.2
signature:
  inputs: '[{"type": "double", "name": "delay", "required": true}, {"type": "long", "name": "stops", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
"""
EXAMPLE = b'{"columns": ["delay", "stops"], "data": [[1, 0.0], [7.5, 1.0], [30.0, 2.0]]}'
WHO = {"MLFLOW_TRACKING_TOKEN": "secret-token"}


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    life = Life(tmp_path_factory.mktemp("life"))
    yield life
    life.kit.close()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """A booster as MLflow saves it."""
    import lightgbm

    source = np.random.default_rng(3)
    table = np.column_stack([source.normal(5, 20, 400), source.integers(0, 3, 400)])
    data = lightgbm.Dataset(table, table[:, 0] * 2 + table[:, 1], feature_name=["delay", "stops"])
    booster = lightgbm.train({"objective": "regression", "verbose": -1, "num_threads": 1}, data, 4)
    pins = b"mlflow==3.17.2\nscikit-learn==1.2.3\n"
    text: bytes = booster.model_to_string().encode()
    return {
        "MLmodel": MLMODEL.replace("PYTHON", platform.python_version()).encode(),
        "model.lgb": text,
        "input_example.json": EXAMPLE,
        "requirements.txt": pins,
    }


def brought(life: Life, url: str, **wanted: Any) -> Report:
    with closing(Server(url, WHO)) as server:
        return imported(life["dana"], server, Wanted(**wanted))


def test_a_version_comes_with_its_words_and_its_origin_and_only_once(life: Life, files: dict[str, bytes]) -> None:
    there = Registry(files, description="Four\ntrees.", tags=[{"key": "seen", "value": "yes"}])
    with serving(there) as url:
        assert brought(life, url, names=("m",), dry_run=True).rows[0].outcome is Outcome.READY
        with pytest.raises(NotFound):
            life["dana"].versions("m")
        (row,) = brought(life, url, owner="@it-ops").rows
        assert {who for _, who in there.asked} == {"Bearer secret-token"}
        there.asked.clear()
        (again,) = brought(life, url, owner="@it-ops").rows
    assert (row.outcome, row.version, again.outcome, again.version) == (Outcome.IMPORTED, "m@1", Outcome.KNOWN, "m@1")
    assert not any("artifacts" in path for path, _ in there.asked)
    assert {text.partition(":")[0] for text in row.unverified} == {
        "quality", "drift", "training rows", "scikit-learn 1.2.3", "metrics", "code",
    }  # fmt: skip
    view = life["dana"].version("m@1")
    manifest = view.version.manifest
    assert view.version.note == "Four trees."
    digest = manifest.provenance.imported.digest if isinstance(manifest.provenance.imported, Imported) else ""
    assert manifest.provenance == Provenance(imported=Imported("m", 1, "r", 5, digest))
    assert [column.kind for column in manifest.contract.inputs] == ["number", "integer"]
    # What was not measured is not there: no reference of three rows, and no training that this process has not seen.
    assert {artifact.role for artifact in manifest.artifacts} & {"profile", "sample"} == {"sample"}
    kinds = {evidence.kind: evidence.facts for evidence in view.evidence}
    assert {"parity", "load-check"} <= kinds.keys()
    assert not {"training", "performance"} & kinds.keys()
    said = {name: kinds[KIND][name] for name in ("server", "tags", "metrics", "flavors")}
    assert said == {
        "server": url, "tags": {"seen": "yes"}, "metrics": {"nan": "NaN"}, "flavors": ["lightgbm", "python_function"],
    }  # fmt: skip
    assert life["dana"].project("m").owners.parties() == ("@it-ops",)


def test_rows_with_their_truth_are_a_reference_and_are_measured(life: Life, files: dict[str, bytes], tmp_path: Path) -> None:
    source = np.random.default_rng(4)
    lines = [
        f"{delay:.3f},{stops},{2 * delay:.3f}" for delay, stops in zip(source.normal(5, 20, 150), [0, 1, 2] * 50, strict=True)
    ]
    (tmp_path / "rows.csv").write_text("\n".join(["delay,stops,minutes", *lines]))
    plan = Plan(model={"m": ModelPlan(name="measured", sample="rows.csv", label="minutes")})
    bare = {name: content for name, content in files.items() if name != "input_example.json"}
    with serving(Registry(bare)) as url:
        row, refused = brought(life, url, names=("m", "bare"), plan=plan, folder=str(tmp_path)).rows[::-1]
    assert (refused.outcome, refused.code) == (Outcome.REFUSED, "E1456")
    assert "without an example" in refused.why
    assert not {"quality", "drift"} & {text.partition(":")[0] for text in row.unverified}
    view = life["dana"].version(row.version)
    assert "performance" in {evidence.kind for evidence in view.evidence}
    assert view.version.manifest.artifact("profile").size > 0
    # Nobody was named, and nobody is made up.
    assert life["dana"].project("measured").owners.parties() == ()
    with pytest.raises(NotFound):
        life["dana"].project("bare")


def test_one_that_is_refused_leaves_the_others_alone_and_the_command_says_so(life: Life, files: dict[str, bytes]) -> None:
    code = {**files, "MLmodel": b"flavors: {python_function: {loader_module: own}}"}
    there = Registry(code)
    two = {"registered_models": [{"name": "m"}, {"name": "runs-code"}, {"name": "Runs Code"}]}
    there.instead["/api/2.0/mlflow/registered-models/search"] = (200, {}, json.dumps(two).encode())
    with serving(there) as url:
        said = told(life["dana"], "import", "mlflow", url, "--all", "--versions", "all", "--json")
        for words in ((), ("m", "--all"), ("m", "--versions", "some"), ("m", "--owner", "Dana")):
            assert told(life["dana"], "import", "mlflow", url, *words).code == 2
        assert told(life["dana"], "import", "mlflow", url, "n", "--file", "nowhere.toml").code == 3
    assert (said.code, said.json["error"]["code"]) == (5, "E1455")
    rows = said.json["data"]["report"]["rows"]
    assert [(row["model"], row["outcome"], row["code"]) for row in rows] == [
        ("Runs Code", "not imported", "E1454"), ("m", "already there", ""), ("runs-code", "not imported", "E1454"),
    ]  # fmt: skip


def test_a_server_that_falls_silent_ends_it(life: Life) -> None:
    there = Registry({})
    models = {"registered_models": [{"name": f"m-{number}"} for number in range(9)]}
    there.instead["/api/2.0/mlflow/registered-models/search"] = (200, {}, json.dumps(models).encode())
    there.instead["/api/2.0/mlflow/model-versions/search"] = (500, {}, b"{}")
    with serving(there) as url, pytest.raises(Unavailable, match="E1451"):
        brought(life, url)
    assert len(there.asked) == 1 + 3


def test_what_runs_code_takes_trust(life: Life, files: dict[str, bytes]) -> None:
    code = {**files, "MLmodel": b"flavors: {python_function: {loader_module: own}}"}
    with serving(Registry(code, run_id="other")) as url:
        (row,) = brought(life, url).rows
    assert (row.outcome, row.code) == (Outcome.REFUSED, "E1155")
    assert "--trust" in row.fix


NAMES = [
    "../../decoy/x", "a/../../decoy/x", "..", "/etc/x", "C:\\x", "a\\..\\x", "a//b", "", "./x", "x\x00", "x" * 201,
    "a" + "\uff0e\uff0e" + ":x", "x?", "model.lgb\n",
]  # fmt: skip


@pytest.fixture
def decoy(tmp_path: Path) -> Iterator[Path]:
    """A folder beside which nothing may be written."""
    for name in ("decoy", "in/target"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "decoy" / "x").write_text("decoy")
    before = tree(tmp_path)
    yield tmp_path / "in" / "target"
    assert tree(tmp_path) == before


def tree(folder: Path) -> dict[str, str]:
    found = {file: file.read_bytes() if file.is_file() else b"" for file in folder.rglob("*")}
    return {str(file): hashlib.sha256(content).hexdigest() for file, content in found.items()}


def fetched(url: str, version: Version, folder: Path) -> str:
    with closing(Server(url, WHO)) as server:
        return artifacts.download(artifacts.files_of(server, version), folder)


@pytest.mark.parametrize("name", NAMES)
def test_a_server_does_not_say_where_files_are_written(decoy: Path, name: str) -> None:
    with serving(Registry({"MLmodel": b"x", name: b"hostile"})) as url, pytest.raises(Invalid, match="E1453"):
        fetched(url, Version("m", "1"), decoy)


@pytest.mark.parametrize(
    "names", [("Model", "model"), ("a", "a/b"), tuple(f"f{number}" for number in range(1001))], ids=["case", "both", "many"]
)
def test_names_that_do_not_go_together_are_refused_before_anything_is_written(decoy: Path, names: tuple[str, ...]) -> None:
    there = Registry(dict.fromkeys(names, b"x"))
    listed: list[dict[str, Any]] = [{"path": name.rpartition("/")[2]} for name in names]
    if "a/b" in names:
        listed = [{"path": "a"}, {"path": "a", "is_dir": True}]
        there.files = {"a": b"x", "a/a": b"x"}
    there.instead["/api/2.0/mlflow-artifacts/artifacts"] = (200, {}, json.dumps({"files": listed}).encode())
    with serving(there) as url, pytest.raises(Invalid, match="E1453"):
        fetched(url, Version("m", "1"), decoy)
    assert not any(path.endswith("/f0") for path, _ in there.asked)


@pytest.mark.parametrize(
    "place",
    ["mlflow-artifacts://other.example.com/1/r", "mlflow-artifacts:/1/../../x", "mlflow-artifacts:/", "s3://bucket/model"],
)
def test_files_come_from_that_server_and_nowhere_else(decoy: Path, place: str) -> None:
    there = Registry({"MLmodel": b"x"})
    there.place = place
    with serving(there) as url, pytest.raises(LampError, match=r"E1453|E1456"):
        fetched(url, Version("m", "1", run_id="r"), decoy)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((302, {"Location": "http://127.0.0.1:9/"}, b""), "E1453"),
        ((200, {"Content-Encoding": "gzip"}, b"{}"), "E1453"),
        ((200, {}, b"<html>"), "E1453"),
        ((200, {}, b"[" * 100_000), "E1453"),
        ((200, {}, b'{"registered_models": [{"name": 5}]}'), "E1453"),
        ((200, {}, b" " * ((16 << 20) + 1)), "E1453"),
        ((401, {}, b"{}"), "E1452"),
        ((500, {}, b"{}"), "E1451"),
    ],
    ids=["moved", "compressed", "page", "deep", "other", "large", "who", "broken"],
)
def test_what_a_server_answers_is_bounded_and_of_one_form(answer: Answered, code: str) -> None:
    there = Registry({})
    there.instead["/api/2.0/mlflow/registered-models/search"] = answer
    with serving(there) as url, closing(Server(url, WHO)) as server, pytest.raises(LampError, match=code):
        registry.models(server)


def test_pages_end_even_where_a_server_gives_the_same_again() -> None:
    there = Registry({})
    page = {"registered_models": [{"name": "m"}], "next_page_token": "again"}
    there.instead["/api/2.0/mlflow/registered-models/search"] = (200, {}, json.dumps(page).encode())
    with serving(there) as url, closing(Server(url, WHO)) as server:
        assert len(registry.models(server)) == 2


@pytest.mark.parametrize("url", ["mlflow", "ftp://a", "http://", "http://u:p@a", "http://a?x", "http://a#x", "http://a:x"])
def test_an_address_is_one_and_holds_no_secret(url: str) -> None:
    with pytest.raises(Invalid, match="E1450"):
        Server(url, {})


def test_a_secret_does_not_go_in_the_clear() -> None:
    Server("http://mlflow.example.com", {}).close()
    for who in (WHO, {"MLFLOW_TRACKING_USERNAME": "u", "MLFLOW_TRACKING_PASSWORD": "p"}):
        Server("https://mlflow.example.com", who).close()
        with pytest.raises(Invalid, match="in the clear"):
            Server("http://mlflow.example.com", who)


def test_a_name_with_a_password_goes_before_a_token_and_a_token_is_one() -> None:
    there = Registry({})
    who = {**WHO, "MLFLOW_TRACKING_USERNAME": "u", "MLFLOW_TRACKING_PASSWORD": "p"}
    with serving(there) as url, closing(Server(url, who)) as server:
        registry.models(server)
        with pytest.raises(Unauthenticated):
            Server(url, {"MLFLOW_TRACKING_TOKEN": "no token"})
    assert there.asked[0][1] == "Basic dTpw"


def test_a_process_that_takes_too_long_is_ended(tmp_path: Path, life: Life) -> None:
    order = Order(folder=str(tmp_path), project=life["dana"].project("m"), provenance=Provenance())
    with closing(Process(patience=0.01)) as process, pytest.raises(Invalid, match="E1457"):
        process.packed(order, tmp_path / "order.json")


def test_which_versions_are_meant() -> None:
    versions = [Version("m", number, current_stage="Production" if number == 2 else "None") for number in (1, 2, 3, 4)]
    plain, named = Model("m"), Model("m", aliases=(Alias("champion", "1"), Alias("other", "3")))

    def numbers(model: Model, text: str) -> list[int]:
        return [one.number for one in chosen(model, versions, choice_of(text))]

    assert (numbers(named, ""), numbers(named, "all"), numbers(plain, "3")) == ([1, 2], [1, 2, 3, 4], [2, 3, 4])
    assert [one.number for one in chosen(plain, versions[2:], Choice())] == [4]
    assert chosen(plain, versions[2:], Choice(live=True)) == []


def test_names_are_made_lawful_or_refused() -> None:
    assert [local_name(name) for name in ("Late Flights", "Prêt.à.porter_2", "-x-")] == ["late-flights", "pret-a-porter-2", "x"]
    with pytest.raises(Invalid, match="E1454"):
        local_name("模型")


@pytest.mark.parametrize(
    "text",
    ['[model.m]\nname = "No Name"', '[model.m]\nclasses = ["one"]', '[owners]\ndesign = "Dana"', "[model.m]\nsampel = 1", "="],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "import.toml").write_text(text)
    with pytest.raises(Invalid):
        read_plan(tmp_path / "import.toml")


@pytest.mark.parametrize(
    ("written", "columns"),
    [
        ({"columns": ["a"], "data": [[1], [None]]}, {"a": [1.0, None]}),
        ([[1, 2], [3, 4]], {"x0": [1.0, 3.0], "x1": [2.0, 4.0]}),
        ({"inputs": [[1.0], [2.0]]}, {"x0": [1.0, 2.0]}),
        ([{"a": 1}, {"a": 2}], {"a": [1.0, 2.0]}),
        ({"a": [1], "b": ["x"]}, {"a": [1.0], "b": ["x"]}),
        ({"a": 3, "b": "x"}, {"a": [3.0], "b": ["x"]}),
        ([[[1]]], None),
        ("words", None),
        ({"columns": ["a"], "data": [[1, 2]]}, None),
    ],
)
def test_examples_are_read_in_every_form_that_mlflow_writes(tmp_path: Path, written: Any, columns: Any) -> None:
    (tmp_path / "input_example.json").write_bytes(msgspec.json.encode(written))
    signature = {"inputs": '[{"name": "a", "type": "double"}]'}
    assert example.example(Directory(tmp_path, {}, {}, signature, "")) == columns
