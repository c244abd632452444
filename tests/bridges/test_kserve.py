"""What is exported for KServe: its own classes read it, its command serves that version to its own client, and nothing else."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
import yaml
from tests.bridges.test_kubernetes import VALIDATOR
from tests.cli.commands import LAMP, Outcome, here, told
from tests.lifecycle.lives import Life, lived
from tests.ports import free_port
from tests.sdk import models
from tests.sdk.homes import until

from lamplighter.domain.version import Version

ROOT = Path(__file__).parents[2]
MODEL, TOKEN, SPACE = "night-trains", "of-the-board", "models"
STORAGE = "s3://bucket/night-trains/1"
#: What KServe calls, and where what it mounts lies in the container.
PORT, PATHS = "8080", ("/mnt/models", "/etc/lamplighter/pinned", "/etc/lamplighter/callers", "/var/lib/lamplighter")


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with lived(tmp_path_factory.mktemp("home")) as life:
        yield life


@pytest.fixture(scope="module")
def version(life: Life) -> Version:
    """A version that the gates let in, and that is live."""
    made = life.version(models.project(MODEL))
    assert life["dana"].deploy(made.name, "prod").decision.passed
    life.appoint(made)
    return made


@pytest.fixture(scope="module")
def made(life: Life, version: Version, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that was exported, with the files of the version."""
    folder = tmp_path_factory.mktemp("kserve")
    words = ["export", "kserve", f"{MODEL}@live", "--storage", STORAGE, "--host", "trains.example.com"]
    done = told(life["dana"], "-C", str(folder), *words)
    assert done.code == 0, done.err
    return folder


def objects(folder: Path) -> dict[str, Any]:
    texts = [(folder / name).read_text() for name in ("serving-runtime.yml", f"{MODEL}.yml")]
    return {one["kind"]: one for text in texts for one in yaml.safe_load_all(text)}


def container(folder: Path) -> dict[str, Any]:
    """The container as KServe makes it: arguments of the service stand behind those of the runtime."""
    found = objects(folder)
    (base,) = found["ServingRuntime"]["spec"]["containers"]
    own = found["InferenceService"]["spec"]["predictor"]["model"]
    further = {name: part for name, part in own.items() if name in ("env", "resources", "volumeMounts", "startupProbe")}
    probes = {"readinessProbe": own["readinessProbe"]}
    whole: dict[str, Any] = base | further | probes | {"args": [*base["args"], *own["args"]]}
    return whole


class Disks:
    """Folders in the place of what is mounted."""

    def __init__(self, root: Path, exported: Path) -> None:
        self._root, self.port = root, str(free_port())
        for path in PATHS:
            self[path].mkdir(parents=True)
        data = objects(exported)["ConfigMap"]["data"]
        for name, text in data.items():
            (self["/etc/lamplighter/pinned"] / name).write_text(text)
        for file in (exported / f"{MODEL}-1").iterdir():
            (self["/mnt/models"] / file.name).write_bytes(file.read_bytes())
        (self["/etc/lamplighter/callers"] / "board").write_text(f"{TOKEN}\n")

    def __getitem__(self, path: str) -> Path:
        return self._root / path.lstrip("/")

    def words(self, exported: Path) -> list[str]:
        """The command line, with these folders, a port of the test and the variables in their places."""
        one = container(exported)
        return [self._here(word) for word in (*one["command"][1:], *one["args"])]

    def variables(self) -> dict[str, str]:
        return {"LAMP_HOME": str(self["/var/lib/lamplighter"]), "HOME": str(self["/var/lib/lamplighter"])}

    def _here(self, word: str) -> str:
        if word == PORT:
            return self.port
        word = word.replace("$(NAMESPACE)", SPACE)
        return str(self[word]) if word.startswith(PATHS) else word


@contextmanager
def running(disks: Disks, exported: Path) -> Iterator[subprocess.Popen[str]]:
    """The exported command; it is ready when the probe of the pod says so."""
    # Nothing of a platform is known to it.
    known = {name: value for name, value in os.environ.items() if not name.startswith("LAMP")}
    process = subprocess.Popen(
        [LAMP, *disks.words(exported)], env={**known, **disks.variables()}, stderr=subprocess.PIPE, text=True
    )
    asked = container(exported)["readinessProbe"]["httpGet"]
    assert asked["port"] == int(PORT)
    try:
        headers = {one["name"]: one["value"] for one in asked["httpHeaders"]}
        until(lambda: process.poll() is not None or status(disks, asked["path"], headers) == 200)
        assert process.poll() is None, process.communicate()[1]
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=60)


def status(disks: Disks, path: str, headers: dict[str, str], body: object = None) -> int:
    try:
        method = "GET" if body is None else "POST"
        return httpx2.request(method, f"http://127.0.0.1:{disks.port}{path}", headers=headers, json=body).status_code
    except httpx2.TransportError:
        return 0


def script(environment: str, name: str, given: object) -> Any:
    python = ROOT / ".venv-clients" / environment / "bin" / "python"
    assert python.exists(), f"scripts/clients {environment} makes the environment of the clients"
    file = ROOT / "tests" / "serving" / "clients" / "scripts" / name
    done = subprocess.run([python, file], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_classes_of_kserve_read_every_field(made: Path) -> None:
    given = [one for one in objects(made).values() if one["kind"] != "ConfigMap"]
    assert script("rest", "kserve_objects.py", given) == given


def test_the_pod_fits_the_schemas_of_kubernetes(made: Path, tmp_path: Path) -> None:
    predictor = objects(made)["InferenceService"]["spec"]["predictor"]
    kept = {name: predictor[name] for name in ("volumes", "automountServiceAccountToken", "terminationGracePeriodSeconds")}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": MODEL}, "spec": {**kept, "containers": [container(made)]}}
    (tmp_path / "all.yml").write_text(yaml.safe_dump_all([pod, objects(made)["ConfigMap"]]))
    done = subprocess.run([VALIDATOR, "--strict", tmp_path / "all.yml"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    mounted = {one["name"] for one in container(made)["volumeMounts"]}
    assert mounted == {one["name"] for one in kept["volumes"]}


def test_its_client_gets_the_answers_of_this_version_without_any_platform(made: Path, tmp_path: Path) -> None:
    columns, _ = models.columns(20)
    table, _ = models.rows(20, 2)
    with running(disks := Disks(tmp_path, made), made) as process:
        found = script("rest", "kserve_rest.py", {"port": disks.port, "token": TOKEN, "model": MODEL, "columns": columns})
        scores = models.fitted().predict_proba(table)[:, 1].tolist()
        assert set(found) == {"v1", "v2 binary True", "v2 binary False"}
        for answers in found.values():
            assert answers == pytest.approx(scores, abs=1e-6)
        path, body = f"/v1/models/{MODEL}:predict", {"instances": [{"delay": 1.0, "load": 0.5}]}
        known = {"Authorization": f"Bearer {TOKEN}", "Host": f"{MODEL}-predictor.{SPACE}.svc.cluster.local"}
        assert status(disks, path, known, body) == 200
        assert status(disks, path, {**known, "Host": "trains.example.com"}, body) == 200
        assert status(disks, path, {**known, "Host": "elsewhere.example.com"}, body) == 421
        assert status(disks, path, {"Host": MODEL}, body) == 401
        # A Secret that is replaced counts from then on.
        (disks["/etc/lamplighter/callers"] / "board").write_text("another")
        until(lambda: status(disks, path, known, body) == 401)
        assert status(disks, path, {**known, "Authorization": "Bearer another"}, body) == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert status(disks, "/v2/health/live", {}) == 0


def refused(disks: Disks, exported: Path, *, platform: object = None) -> tuple[str, Outcome]:
    """The code with which the command ends, in this process; a platform is asked where one is given."""
    words = disks.words(exported)
    if platform is not None:
        place = words.index("--models")
        del words[place : place + 2]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in disks.variables().items():
            patch.setenv(name, value)
        done = told(platform, *words) if platform is not None else here(*words)
    return code(done), done


def code(done: Outcome) -> str:
    """The code of a refusal."""
    found = re.search(r" (E\d{4})$", done.err, re.MULTILINE)
    return found[1] if found else ""


def test_whatever_is_not_the_pinned_version_is_not_served(made: Path, tmp_path: Path) -> None:
    disks = Disks(tmp_path, made)
    folder, plan = disks["/mnt/models"], next(disks["/mnt/models"].iterdir())
    content = plan.read_bytes()
    plan.write_bytes(content + b" ")
    assert refused(disks, made)[0] == "E1141"
    plan.unlink()
    assert refused(disks, made)[0] == "E1474"
    plan.write_bytes(content)
    (disks["/etc/lamplighter/callers"] / "board").unlink()
    assert refused(disks, made)[0] == "E1473"
    assert len(list(folder.iterdir())) == len(list((made / f"{MODEL}-1").iterdir()))
    pinned = disks["/etc/lamplighter/pinned"] / "pinned.json"
    read = json.loads(pinned.read_text())
    read["route"]["models"][0]["previous"] = {"number": 1, "digest": "ab" * 32}
    elsewhere = pinned.read_text().replace('"environment":"prod"', '"environment":"../prod"')
    assert "../prod" in elsewhere
    for text in ("{}", json.dumps(read), elsewhere):
        pinned.write_text(text)
        assert refused(disks, made)[0] == "E1472"


def test_the_platform_gives_only_what_its_gates_let_in(life: Life, version: Version, made: Path, tmp_path: Path) -> None:
    disks = Disks(tmp_path, made)
    (disks["/etc/lamplighter/callers"] / "board").unlink()
    # It goes on to what comes behind the bytes: nobody may call.
    assert refused(disks, made, platform=life["dana"])[0] == "E1473"
    other = life.version(models.project(MODEL), threshold=0.7)
    pinned = disks["/etc/lamplighter/pinned"] / "pinned.json"
    pinned.write_text(pinned.read_text().replace(version.digest, other.digest))
    assert refused(disks, made, platform=life["dana"])[0] == "E1476"


def test_only_what_is_live_is_exported(life: Life, version: Version, tmp_path: Path) -> None:
    other = life.version(models.project(MODEL), threshold=0.8)
    for line, wanted in ((other.name, "E1470"), (f"{version.name} --env staging", "E1470"), ("nothing", "E1201")):
        done = told(life["dana"], "-C", str(tmp_path), "export", "kserve", *line.split())
        assert code(done) == wanted
    assert list(tmp_path.iterdir()) == []
    for line in (f"kserve {MODEL} --columns x", "grafana --image x", "inventory --env prod"):
        assert told(life["dana"], "-C", str(tmp_path), "export", *line.split()).code == 2


def test_nothing_that_is_declared_of_it_is_lost_on_the_way(life: Life, version: Version) -> None:
    found = life["dana"].pinned(f"{MODEL}@live")
    (route,) = found.route.models
    assert (found.digest, route.champion.digest) == (version.digest, version.digest)
    assert [route.challenger, route.shadow, route.previous, route.fallback] == [None] * 4
    assert route.log.sample == 0.0
    assert msgspec.json.decode(msgspec.json.encode(found), type=type(found)) == found


def test_without_a_storage_address_pods_ask_the_platform_with_a_token_of_a_secret(
    life: Life, version: Version, tmp_path: Path
) -> None:
    words = ["export", "kserve", version.name, "--address", "https://lamp.example.com", "--image", "hub.example.com/lamp:1"]
    assert told(life["dana"], "-C", str(tmp_path), *words).code == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"{MODEL}.yml", "serving-runtime.yml"]
    one = container(tmp_path)
    variables = {each["name"]: each.get("value") or each["valueFrom"] for each in one["env"]}
    assert (one["image"], variables["LAMP_URL"]) == ("hub.example.com/lamp:1", "https://lamp.example.com")
    assert variables["LAMP_TOKEN"] == {"secretKeyRef": {"name": f"lamplighter-{MODEL}-token", "key": "token"}}
    assert "--models" not in one["args"]
    assert TOKEN not in (tmp_path / f"{MODEL}.yml").read_text()
