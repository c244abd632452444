"""The exported proxy in front of a real control plane and a real machine: who comes in, how much, and what an end costs."""

import hashlib
import os
import ssl
import subprocess
import sysconfig
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx2
import msgspec
import pytest
import yaml
from tests.bridges import proxies
from tests.bridges.certificates import certified
from tests.bridges.proxies import Proxy
from tests.bridges.test_kubernetes import PROD
from tests.ports import free_port
from tests.sdk import models
from tests.sdk.homes import home, until

from lamplighter.bridges.base import Estate
from lamplighter.bridges.kubernetes import files
from lamplighter.domain.environment import Level
from lamplighter.sdk import local
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.deployed import bring_live
from lamplighter.sdk.release import release
from lamplighter.sdk.remote import remote

MODEL = "clustered-trains"
LAMP, PREDICTIONS = "lamp.example.com", "predictions.example.com"
ROW = b'{"dataframe_split": {"columns": ["delay", "load"], "data": [[9.0, 0.5]]}}'
JSON = {"Content-Type": "application/json"}
pytestmark = pytest.mark.timeout(300)


class World(NamedTuple):
    control: Proxy
    machines: Proxy
    #: Trusts what signed the certificates.
    trusted: ssl.SSLContext
    #: Of the owner of the machine.
    token: str
    #: `lamp nodes run`.
    machine: subprocess.Popen[bytes]
    link: str

    def caller(self, token: str = "") -> httpx2.Client:
        """Somebody who asks for predictions."""
        return self.machines.client(PREDICTIONS, self.trusted, {**JSON, "Authorization": f"Bearer {token or self.token}"})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("cluster")
    place = msgspec.structs.replace(PROD, name="far", port=free_port(), level=Level.DEVELOPMENT)
    made = {one.name: one.content for one in files(Estate(url=f"https://{LAMP}", environments=(place,)))}
    fronts = [
        next(yaml.safe_load_all(made[name]))["data"]["nginx.conf"] for name in ("control-plane.yml", "environment-far.yml")
    ]
    settings = home(folder / "control", more=f'public_url = "https://{LAMP}"')
    authority = certified(folder / "front", LAMP, PREDICTIONS, "localhost")
    for name in ("tls.crt", "tls.key"):
        (folder / "machines").mkdir(exist_ok=True)
        (folder / "machines" / name).write_bytes((folder / "front" / name).read_bytes())
    local.start(settings, wait=60.0)
    platform = remote(settings.url, local_token(settings), timeout=60.0)
    platform.save_environment("far", place)
    # The one machine that has to find the control plane by its name finds it by that of this machine.
    here = {"127.0.0.1:7070": f"127.0.0.1:{settings.port}", f"server_name {LAMP}": f"server_name {LAMP} localhost"}
    with proxies.running(folder / "front", fronts[0], here) as control:
        variables = {
            "LAMP_HOME": str(folder / "machine"),
            "LAMP_URL": f"https://localhost:{control.port}",
            "SSL_CERT_FILE": str(authority),
            "LAMP_TOKEN": platform.issue_node_token("far").secret,
        }
        command = [str(Path(sysconfig.get_path("scripts")) / "lamp"), "nodes", "run", "far", "--name", "lamplighter-far-0"]
        with (folder / "machine.log").open("wb") as log:
            machine = subprocess.Popen(
                [*command, "--known-as", PREDICTIONS], env={**os.environ, **variables}, stdout=log, stderr=log
            )
        with proxies.running(folder / "machines", fronts[1], {}) as machines:
            me = platform.whoami().email
            owners = dict.fromkeys(("design", "industrialization", "deployment", "monitoring", "management"), me)
            until(lambda: platform.nodes("far"))
            bring_live(platform, release(platform, models.project(MODEL, owners=owners), models.build()), "far", wait=60.0)
            yield World(
                control,
                machines,
                ssl.create_default_context(cafile=str(authority)),
                local_token(settings),
                machine,
                local.sign_in_url(settings),
            )
            machine.terminate()
            machine.wait(60)
    platform.close()
    local.stop(settings)


def test_a_person_signs_in(world: World) -> None:
    place, _, secret = world.link.partition("#")
    assert place == f"https://{LAMP}/sign-in"
    with world.control.client(LAMP, world.trusted, {}) as browser:
        assert browser.get("/sign-in").is_success
        done = browser.post("/sign-in", data={"secret": secret})
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert MODEL in browser.get("/").text


def test_a_caller_is_answered(world: World) -> None:
    with world.caller() as caller:
        answer = caller.post(f"/m/{MODEL}/invocations", content=ROW)
        assert (answer.status_code, len(answer.json()["predictions"])) == (200, 1)
        assert caller.get("/v2/health/ready").status_code == 200
    with world.caller("lmp_nobody") as stranger:
        assert stranger.post(f"/m/{MODEL}/invocations", content=ROW).status_code == 401


HOSTILE = (
    "evil.example.com",
    "lamplighter-far.evil.example.com",
    f"{PREDICTIONS}.evil.example.com",
    "127.0.0.1",
    "lamplighter",
)


@pytest.mark.parametrize("host", HOSTILE)
def test_a_name_that_is_not_ours_is_refused(world: World, host: str) -> None:
    with world.caller() as caller, world.control.client(LAMP, world.trusted, {}) as browser:
        assert caller.post(f"/m/{MODEL}/invocations", content=ROW, headers={"Host": host}).status_code == 421
        assert browser.get("/sign-in", headers={"Host": host}).status_code == 421


def test_a_name_of_another_namespace_is_refused_behind_the_proxy(world: World) -> None:
    with world.caller() as caller:
        answer = caller.post(f"/m/{MODEL}/invocations", content=ROW, headers={"Host": "lamplighter-far.another.svc"})
    assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json")


def test_nobody_comes_in_without_tls(world: World) -> None:
    with httpx2.Client(trust_env=False) as plain:
        answer = plain.get(f"http://127.0.0.1:{world.machines.port}/v2/health/ready", headers={"Host": PREDICTIONS})
    assert answer.status_code == 400


def test_a_body_is_as_large_as_what_is_behind_takes(world: World) -> None:
    most = 16 * 1024 * 1024
    with world.caller() as caller:
        assert caller.post(f"/m/{MODEL}/invocations", content=ROW.ljust(most)).status_code == 200
        refused = caller.post(f"/m/{MODEL}/invocations", content=ROW.ljust(most + 1))
        assert (refused.status_code, refused.headers["content-type"]) == (413, "application/problem+json")


def test_an_artifact_comes_through(world: World) -> None:
    content = os.urandom(1 << 20) * 48
    headers = {"Authorization": f"Bearer {world.token}", "Content-Type": "application/octet-stream"}
    with world.control.client(LAMP, world.trusted, headers) as client:
        answer = client.put(f"/api/v1/artifacts/{hashlib.sha256(content).hexdigest()}", content=content)
        assert answer.is_success, answer.text


def test_no_request_fails_when_a_machine_ends_under_load(world: World) -> None:
    """The last test: it ends the machine. Whoever finds nobody who takes a connection goes elsewhere, and lost nothing."""
    seen: Counter[str] = Counter()
    threads = [threading.Thread(target=ask, args=(world, seen), daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    until(lambda: seen["200"] > 200)
    world.machines.end()
    world.machine.terminate()
    assert world.machine.wait(60) == 0
    for thread in threads:
        thread.join(60)
    assert set(seen) == {"200", "ConnectError"}, seen
    assert not [line for line in world.machines.log.read_text().splitlines() if "[error]" in line]


def ask(world: World, seen: Counter[str]) -> None:
    """One request after the other, each on a connection of its own, until nobody takes one."""
    while set(seen) <= {"200"}:
        with world.caller() as caller:
            try:
                seen[str(caller.post(f"/m/{MODEL}/invocations", content=ROW).status_code)] += 1
            except httpx2.TransportError as error:
                seen[type(error).__name__] += 1
