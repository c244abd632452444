"""Jobs on a real Ray cluster: begun once, seen to their end by whoever asks, and sent to no cluster that is open or far."""

import json
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from tests.sdk.homes import home, until
from tests.sdk.training import TRAINED, training
from tests.trainers.rays import Head, running

from lamplighter.domain.errors import Invalid
from lamplighter.domain.job import Cause
from lamplighter.domain.retraining import State
from lamplighter.sdk import local
from lamplighter.sdk.build import read_folder
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.remote import remote
from lamplighter.trainers import ray
from lamplighter.trainers.base import Failed, Finished, Job, Outcome, Running
from lamplighter.trainers.ray import package as packages
from lamplighter.trainers.ray.cluster import Cluster
from lamplighter.trainers.ray.package import package

pytestmark = pytest.mark.timeout(300)

_JOB = """
import json, os, signal, sys, time
told = {"input": json.load(open(os.environ["LAMP_INPUT"])), "token": os.environ["LAMP_TOKEN"], "here": sorted(os.listdir("."))}
def leave(name, text):
    open(os.environ[name], "w").write(text)
if sys.argv[1] == "good":
    print(json.dumps(told))
    leave("LAMP_RESULT", '{\\n"number": 7}')
elif sys.argv[1] == "spoken":
    leave("LAMP_FAILURE", '{"cause": "data", "why": "A column is gone."}')
    raise SystemExit(1)
elif sys.argv[1] == "babble":
    leave("LAMP_RESULT", "seven")
elif sys.argv[1] == "broken":
    raise SystemExit(3)
elif sys.argv[1] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
elif sys.argv[1] == "endless":
    time.sleep(100)
"""
_LOG = "see output.log of"


@pytest.fixture(scope="module")
def head() -> Iterator[Head]:
    with running() as head, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_TOKEN", head.token)
        yield head


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made(tmp_path / "work")


def made(folder: Path) -> Path:
    folder.mkdir()
    (folder / "job.py").write_text(_JOB)
    return folder


def begun(head_url: str, folder: Path, place: Path, kind: str, seconds: float = 120.0) -> str:
    given = folder.parent / f"{place.name}.input.json"
    given.parent.mkdir(exist_ok=True)
    given.write_text('{"since": 1}')
    job = Job(command=("python", "job.py", kind), folder=str(folder), seconds=seconds, cluster=head_url)
    return ray.start(job, place, {"LAMP_INPUT": str(given), "LAMP_TOKEN": "lmp_x"})


def ended(place: Path) -> Outcome:
    until(lambda: ray.outcome("", place) != Running())
    return ray.outcome("", place)


@pytest.fixture(scope="module")
def places(head: Head, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One job of each kind, at once, each in its own place."""
    under = tmp_path_factory.mktemp("jobs")
    folder = made(under / "work")
    for kind in ("good", "spoken", "babble", "broken", "killed", "silent"):
        begun(head.url, folder, under / kind, kind)
    begun(head.url, folder, under / "endless", "endless", seconds=6.0)
    return under


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("good", Finished(7)),
        ("spoken", Failed("A column is gone.", Cause.DATA)),
        ("babble", Failed("What it left as its result cannot be read.")),
        ("broken", Failed(f"It ended without a version; {_LOG} broken.")),
        ("silent", Failed(f"It ended without a version; {_LOG} silent.")),
        (
            "killed",
            Failed(f"Its process was ended from outside, or never began; {_LOG} killed.", Cause.INFRASTRUCTURE, passing=True),
        ),
        ("endless", Failed("It took longer than it may.")),
    ],
)
def test_jobs_end_as_they_end_on_this_machine(places: Path, kind: str, outcome: Outcome) -> None:
    assert ended(places / kind) == outcome
    assert ray.outcome("", places / kind) == outcome
    assert (places / kind).stat().st_mode & 0o777 == 0o700


def test_a_job_finds_its_input_and_its_folder_there(places: Path) -> None:
    assert ended(places / "good") == Finished(7)
    (line,) = [one for one in (places / "good" / "output.log").read_text().splitlines() if one.startswith('{"input"')]
    assert json.loads(line) == {"input": {"since": 1}, "token": "lmp_x", "here": [".lamp", "job.py"]}
    # The secret went to the cluster and stands in no file here.
    assert not [file for file in places.rglob("*") if file.suffix == ".json" and "lmp_x" in file.read_text()]


def test_what_takes_too_long_is_stopped_there(head: Head, places: Path) -> None:
    ended(places / "endless")
    name = json.loads((places / "endless" / "started.json").read_text())["name"]
    until(lambda: head.asked(f"/api/jobs/{name}").json()["status"] == "STOPPED")


def test_a_place_begins_one_job_whoever_comes_and_goes(head: Head, folder: Path, tmp_path: Path) -> None:
    """The process that sent it is gone; another one, which asks again to begin it, sees how it ends."""
    place = tmp_path / "T-1"
    sender = (
        "import sys, time; from pathlib import Path; from tests.trainers.test_ray_trainer import begun\n"
        "print(begun(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), 'good'), flush=True); time.sleep(60)"
    )
    words = [sys.executable, "-c", sender, head.url, str(folder), str(place)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        until(lambda: head.asked(f"/api/jobs/{name}").status_code == 200)
        process.kill()
    assert begun(head.url, folder, place, "good") == name
    assert ended(place) == Finished(7)
    names = [one["submission_id"] for one in head.asked("/api/jobs/").json()]
    assert names.count(name) == 1


def test_a_job_that_the_cluster_does_not_know_has_failed_and_may_be_tried_again(head: Head, tmp_path: Path) -> None:
    tmp_path.joinpath("started.json").write_text(json.dumps({"address": head.url, "name": "lamp-x", "until": time.time() + 60}))
    assert ended(tmp_path) == Failed("The cluster does not know it.", Cause.INFRASTRUCTURE, passing=True)


def test_a_token_that_is_missing_after_a_restart_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    started = {"address": "http://127.0.0.1:1", "name": "lamp-x", "until": time.time() + 60}
    tmp_path.joinpath("started.json").write_text(json.dumps(started))
    assert ray.outcome("", tmp_path) == Failed("The cluster cannot be asked. There is no token for it.", Cause.CREDENTIALS)


def test_a_wrong_token_is_said(head: Head, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "wrong")
    begun(head.url, folder, tmp_path / "T-1", "good")
    why = "It could not be sent: The cluster does not answer. It answered 403."
    assert ended(tmp_path / "T-1") == Failed(why, Cause.INFRASTRUCTURE, passing=True)


def test_the_platform_trains_on_a_cluster(head: Head, tmp_path: Path) -> None:
    """A whole training: rows and all over the platform's own interface, and no key of the platform leaves it."""
    work = tmp_path / "work"
    lines = training(work, sys.executable, "-m", "lamplighter.sdk.training")
    (work / "train.py").write_text(
        "from lamplighter import Build\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "import os, pandas\n"
        "def build():\n"
        "    assert 'LAMP_SIGN_WITH' not in os.environ\n"
        "    rows = pandas.DataFrame({'delay': [row / 20 for row in range(200)]})\n"
        "    late = rows['delay'] > 5.0\n"
        "    return Build(model=LogisticRegression().fit(rows, late), sample=rows, labels=late)\n"
    )
    settings = home(tmp_path / "home", more=f'\n{lines}trainer = "ray"\ncluster = "{head.url}"\n')
    local.start(settings, wait=60.0)
    try:
        platform = remote(settings.url, local_token(settings))
        project = read_folder(work)
        me = platform.whoami().email
        owners = dict.fromkeys(("design", "industrialization", "deployment", "monitoring", "management"), me)
        platform.save_project(TRAINED, msgspec.structs.replace(project, owners=owners))
        platform.retrain(TRAINED)
        until(lambda: platform.trainings(TRAINED)[0].state not in (State.REQUESTED, State.RUNNING), 120.0)
        (done,) = platform.trainings(TRAINED)
        assert (done.state, done.number, done.why) == (State.FINISHED, 1, "")
        assert [one.number for one in platform.versions(TRAINED)] == [1]
        platform.close()
    finally:
        local.stop(settings)


@pytest.mark.parametrize(
    ("address", "token", "code"),
    [
        ("http://ray.example:8265", "secret", "E1643"),
        ("ray://127.0.0.1:8265", "secret", "E1643"),
        ("", "secret", "E1643"),
        ("http://127.0.0.1:8265", "", "E1644"),
        ("https://ray.example", "", "E1644"),
    ],
)
def test_no_token_goes_where_it_should_not(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, token: str, code: str
) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", token)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(Invalid) as refusal:
        begun(address, folder, tmp_path / "T-1", "good")
    assert refusal.value.code == code
    assert not (tmp_path / "T-1").exists()


def test_a_token_is_found_where_ray_looks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text("of the home\n")
    assert Cluster.at("https://ray.example").token == "of the home"
    (tmp_path / "file").write_text("of the file")
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "file"))
    assert Cluster.at("https://ray.example/").token == "of the file"


def test_an_open_cluster_is_sent_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "secret")
    asked: list[tuple[str, str, str | None]] = []

    class Open(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.command, self.path, self.headers["Authorization"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_PUT = do_GET

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Open)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    begun(f"http://127.0.0.1:{server.server_port}", folder, tmp_path / "T-1", "good")
    why = "It could not be sent: The cluster is open to everybody. It answers without a token."
    assert ended(tmp_path / "T-1") == Failed(why)
    assert asked == [("GET", "/api/version", None)]
    server.shutdown()
    server.server_close()


def test_a_cluster_that_is_away_may_be_tried_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "secret")
    begun("http://127.0.0.1:1", folder, tmp_path / "T-1", "good")
    why = "It could not be sent: The cluster does not answer. ConnectError."
    assert ended(tmp_path / "T-1") == Failed(why, Cause.INFRASTRUCTURE, passing=True)


def test_a_package_holds_the_folder_and_nothing_else(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "rows.csv").write_text("a\n1\n")
    (folder / "run.sh").write_text("true")
    (folder / "run.sh").chmod(0o755)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("secret")
    name, content = package(folder, {".lamp/job": b"T-1"})
    assert package(folder, {".lamp/job": b"T-1"}) == (name, content)
    assert package(folder, {".lamp/job": b"T-2"})[0] != name
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.namelist() == ["job.py", "run.sh", "data/rows.csv", ".lamp/job"]
        assert archive.getinfo("run.sh").external_attr >> 16 & 0o111


def test_a_package_leads_nowhere_and_has_an_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "link").symlink_to("/etc/hostname")
    with pytest.raises(Invalid, match="leads out of it"):
        package(folder, {})
    (folder / "link").unlink()
    monkeypatch.setattr(packages, "MOST", 10)
    with pytest.raises(Invalid, match="too large"):
        package(folder, {})
    with pytest.raises(Invalid, match="nothing to send"):
        package(folder / "gone", {})
