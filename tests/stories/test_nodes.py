"""An environment on two machines elsewhere: one goes on without the control plane, one dies, and no answered row is lost."""

import os
import signal
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.ports import free_ports
from tests.sdk import models
from tests.sdk.homes import home, until

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import LampError
from lamplighter.domain.events.node import NodeJoined, NodeLeft
from lamplighter.domain.version import Version
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk import local, lock
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.deployed import bring_live
from lamplighter.sdk.model import Endpoint
from lamplighter.sdk.release import release
from lamplighter.sdk.remote import remote
from lamplighter.settings import Settings

MODEL = "far-trains"
ROW = {"delay": [9.0], "load": [0.5]}
pytestmark = pytest.mark.timeout(300)


class Far:
    """A control plane, and two machines with disks of their own that serve its environment `far`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: Settings = home(folder / "control")
        self.ports = dict(zip(("one", "two"), range(first := free_ports(2), first + 2), strict=True))
        self.loops: dict[str, subprocess.Popen[bytes]] = {}
        self.answered: dict[str, int] = {"one": 0, "two": 0}
        local.start(self.settings, wait=60.0)
        self.platform = remote(self.settings.url, local_token(self.settings), timeout=60.0)
        place = Environment(name="far", level=Level.DEVELOPMENT, port=self.ports["one"], target="nodes")
        self.platform.save_environment("far", place)
        self.token = self.platform.issue_node_token("far").secret

    def start(self, name: str) -> None:
        """As somebody does on that machine."""
        environ = {
            **os.environ,
            "LAMP_HOME": str(self.folder / name),
            "LAMP_URL": self.settings.url,
            "LAMP_TOKEN": self.token,
        }
        command = [str(Path(sysconfig.get_path("scripts")) / "lamp"), "nodes", "run", "far", "--name", name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.loops[name] = subprocess.Popen(
                [*command, "--port", str(self.ports[name])], env=environ, stdout=log, stderr=log
            )

    def ask(self, name: str, count: int = 1) -> str:
        """Ask a machine so often; gives the version that answered last."""
        version, owner = "", local_token(self.settings)
        endpoint = Endpoint(f"http://127.0.0.1:{self.ports[name]}", MODEL, owner)
        for _ in range(count):
            version = endpoint.predict(ROW).version
            self.answered[name] += 1
        endpoint.close()
        return version

    def group(self, name: str) -> int:
        """The parent of the processes that answer on a machine."""
        return int((self.folder / name / "node" / "serving" / "far" / "serving.pid").read_text())

    @property
    def rows(self) -> int:
        return self.platform.status(MODEL).rows

    def close(self) -> None:
        self.platform.close()
        local.stop(self.settings)
        for loop in self.loops.values():
            loop.kill()
            loop.wait()
        for name in self.loops:
            with_group = self.folder / name / "node" / "serving" / "far" / "serving.pid"
            if with_group.exists():
                kill(int(with_group.read_text()))


def kill(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Far]:
    far = Far(tmp_path)
    try:
        yield far
    finally:
        far.close()


def versions(far: Far) -> list[Version]:
    project = models.project(MODEL, owners=_owners(far))
    return [release(far.platform, project, models.build(threshold=at)) for at in (0.5, 0.6)]


def _owners(far: Far) -> dict[str, str]:
    me = far.platform.whoami().email
    return dict.fromkeys(("design", "industrialization", "deployment", "monitoring", "management"), me)


def test_two_machines_serve_an_environment(far: Far) -> None:
    first, second = versions(far)
    for name in far.ports:
        far.start(name)
    until(lambda: len(far.platform.nodes("far")) == 2)
    bring_live(far.platform, first, "far", wait=60.0)
    assert {far.ask(name, 5) for name in far.ports} == {f"{MODEL}@1"}

    # Without the control plane, and on one machine without the loop that asks it.
    os.kill(lock.running(far.settings), signal.SIGKILL)
    far.loops["one"].kill()
    far.loops["one"].wait()
    assert {far.ask(name, 20) for name in far.ports} == {f"{MODEL}@1"}
    # Where the loop is there, processes that die in that hour are brought back.
    os.killpg(far.group("two"), signal.SIGKILL)
    until(lambda: answers(far, "two"))
    # A machine that starts in that hour needs nobody.
    os.killpg(far.group("one"), signal.SIGKILL)
    far.start("one")
    until(lambda: answers(far, "one"))
    far.ask("one", 5)
    local.start(far.settings, wait=60.0)
    until(lambda: far.rows == sum(far.answered.values()))

    # Another version, and back.
    bring_live(far.platform, second, "far", wait=60.0)
    assert {far.ask(name) for name in far.ports} == {f"{MODEL}@2"}
    far.platform.roll_back(MODEL, "far", 0, "It turns too many decisions.")
    assert {far.ask(name) for name in far.ports} == {f"{MODEL}@1"}

    # One that is gone is told of, and waited for no longer than a minute.
    os.killpg(far.group("two"), signal.SIGKILL)
    far.loops["two"].kill()
    far.loops["two"].wait()
    told = until(lambda: [one.finding.sentence for one in far.platform.incidents(MODEL, True)])
    assert told == ["v1 has only 1 of 2 processes in far: nothing is heard of two."]

    # One that ends on purpose brings everything first.
    far.ask("one", 50)
    far.loops["one"].terminate()
    assert far.loops["one"].wait(60) == 0
    assert [one.node.name for one in far.platform.nodes("far")] == ["two"]
    # What the other one had on its disk when it died comes once it is back.
    far.start("two")
    until(lambda: far.rows == sum(far.answered.values()))
    kit = Kit.open(far.settings)
    with kit.store.reading() as look:
        events = [entry.event for entry in look.journal.after(0, 10_000)]
    kit.close()
    assert sorted(one.node for one in events if isinstance(one, NodeJoined)) == ["one", "two"]
    assert [one.node for one in events if isinstance(one, NodeLeft)] == ["one"]


def answers(far: Far, name: str) -> bool:
    try:
        return bool(far.ask(name))
    except LampError:
        time.sleep(0.05)
        return False
