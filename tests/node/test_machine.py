"""What a machine tells its processes while bytes are still to come, and of bytes that never will."""

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.lifecycle.lives import Life, lived
from tests.ports import free_port
from tests.sdk import models
from tests.sdk.homes import until

from lamplighter.artifacts.local import Store
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.identity import Actor, Permission, Person
from lamplighter.domain.route import Route, Served
from lamplighter.domain.routing import with_challenger
from lamplighter.domain.version import Version
from lamplighter.lifecycle import routing
from lamplighter.node.bringing import Bringing
from lamplighter.node.machine import Listening, Machine
from lamplighter.sdk.embedded import Embedded

MODEL = "far-trains"


class Slow(Embedded):
    """A platform whose bytes of one version take as long as a test says."""

    slow = ""

    def node_file(self, environment: str, version: str, digest: str) -> bytes:
        if version == self.slow:
            arrived.wait(60)
        return super().node_file(environment, version, digest)


arrived = threading.Event()


@pytest.fixture
def far(tmp_path: Path) -> Iterator[tuple[Life, Slow]]:
    with lived(tmp_path / "home") as life:
        yield life, machines_of(life)
        arrived.set()


def machines_of(life: Life) -> Slow:
    place = Environment(name="far", level=Level.DEVELOPMENT, port=free_port(), target="nodes")
    Embedded(life.kit, life.actor("dana")).save_environment("far", place)
    person = Person(email="machines", name="machines", roles=())
    return Slow(life.kit, Actor(person=person, environment="far", permissions=(Permission.SERVE,)))


def test_a_way_back_does_not_wait_for_a_version_on_trial(far: tuple[Life, Slow], tmp_path: Path) -> None:
    life, platform = far
    answering, trial = life.versions(models.project(MODEL), 2)
    life.appoint(answering, "far")
    put_on_trial(life, trial)
    routing.apply(life.kit, "far")
    platform.slow = trial.digest
    arrived.clear()
    machine = Machine(platform, "far", "one", tmp_path / "node", Listening())
    place = tmp_path / "node" / "serving" / "far" / "route.json"
    try:
        until(lambda: machine._once() >= 0 and place.exists())
        assert machine._once() > 0
        (told,) = msgspec.json.decode(place.read_bytes(), type=Route).models
        assert told.champion.digest == answering.digest
        # Half a version would be refused by the processes, and taken back by the platform.
        assert told.challenger is None
        # What is still to come is asked for again after a restart, and processes are told once more when it is here.
        assert machine._kept.holds == ""
        before = place.stat().st_ino
        arrived.set()
        until(lambda: machine._once() == 0)
        assert place.stat().st_ino != before
        (told,) = msgspec.json.decode(place.read_bytes(), type=Route).models
        assert told.challenger is not None
        assert machine._kept.holds != ""
    finally:
        arrived.set()
        machine._end()


def put_on_trial(life: Life, version: Version) -> None:
    served = Served(number=version.number, digest=version.digest)
    with life.kit.store.transaction() as change:
        before = change.routings.of(MODEL, "far")
        routing.change_routing(change, before, with_challenger(before, served, 0.0))


def test_what_is_gone_there_is_not_waited_for(far: tuple[Life, Slow], tmp_path: Path) -> None:
    life, platform = far
    version = life.version(models.project(MODEL))
    life.appoint(version, "far")
    routing.apply(life.kit, "far")
    life.kit.artifacts.remove(version.manifest.artifacts[0].digest)
    bringing = Bringing(platform, "far", Store(tmp_path / "artifacts"))
    until(lambda: bringing.lacking([version.digest]) == ())
    bringing.close()
