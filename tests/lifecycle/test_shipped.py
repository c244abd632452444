"""What a machine elsewhere records is here once, byte for byte, whatever happens to either side."""

import random
from collections import Counter
from pathlib import Path

import pytest
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import scored
from tests.sdk import models

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Conflict, Invalid, LampError, NotAllowed, NotFound
from lamplighter.domain.identity import Actor, Permission, Person
from lamplighter.domain.node import BITE, WHOLE, NodeReport
from lamplighter.domain.observation import Observation
from lamplighter.domain.prediction import frame, frames
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection
from lamplighter.lifecycle.backups import back_up
from lamplighter.lifecycle.compaction import compact, folder
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.restoring import restore
from lamplighter.node.shipping import Shipping
from lamplighter.sdk.embedded import Embedded
from lamplighter.settings import read_settings
from lamplighter.store import recorded

MODEL = "recorded-elsewhere"
NOON = 19_000 * 86_400_000_000 + 43_200_000_000
SEGMENT = "0-1-000000.seg"


class Machine:
    """The disk of a machine, and what its loop does with it; nothing of it runs by itself."""

    def __init__(self, life: Life, name: str, disk: Path) -> None:
        self.life, self.name, self.disk = life, name, disk
        self.started = self.sequence = 0
        disk.mkdir()
        self.restart()

    def restart(self) -> None:
        """Another process has the slot, and another loop looks."""
        self.started, self.sequence = self.started + 1, 0
        self._shipping: Shipping | None = None

    @property
    def platform(self) -> Embedded:
        return Embedded(self.life.kit, machines())

    def write(self, content: bytes) -> None:
        with (self.disk / f"0-{self.started}-{self.sequence:06d}.seg").open("ab") as file:
            file.write(content)

    def ship(self) -> int:
        """One turn; gives the bytes that are still to go."""
        shipping = self._shipping = self._shipping or Shipping(self.platform, "far", self.name, self.disk)
        shipping._platform = self.platform
        report = said(shipping.listed())
        held = self.platform.node_orders("far", self.name, report).held
        return shipping.ship(report.segments, held)

    def ship_all(self) -> None:
        self.ship()
        assert any(self.ship() == 0 for _ in range(200))


def machines(environment: str = "far") -> Actor:
    """Whoever holds a token of the machines of an environment."""
    person = Person(email="machines", name="machines", roles=())
    return Actor(person=person, environment=environment, permissions=(Permission.SERVE,))


def said(segments: dict[str, int] | None = None, instance: str = "a") -> NodeReport:
    return NodeReport(instance=instance, observation=Observation(alive=False), segments=segments or {})


@pytest.fixture
def far(life: Life) -> Life:
    place = Environment(name="far", level=Level.DEVELOPMENT, port=1, target="nodes")
    Embedded(life.kit, life.actor("dana")).save_environment("far", place)
    return life


def everything(life: Life) -> Counter[str]:
    """How often each request is on record, in segments and in files."""
    compacted = folder(life.kit, "far", MODEL).glob("*/*.parquet")
    found = [record.request for path in compacted for record in recorded.read(path, MODEL)]
    for segment in collection.segments(life.kit, "far"):
        found += [record.request for record, _ in frames(segment.read_bytes())]
    return Counter(found)


@pytest.mark.parametrize("seed", range(3))
def test_every_record_is_there_once(far: Life, tmp_path: Path, seed: int) -> None:
    version = far.version(models.project(MODEL))
    chance, machine = random.Random(seed), Machine(far, "one", tmp_path / "disk")
    written: list[str] = []
    for _ in range(100):
        deed = chance.choice(["write", "write", "write", "ship", "ship", "roll", "restart", "collect", "compact", "crash"])
        if deed == "write":
            written.append(f"q{len(written)}")
            machine.write(frame(scored(version, written[-1], [0.5] * chance.randint(1, 40), at=NOON)))
        elif deed == "ship":
            machine.ship()
        elif deed == "roll":
            machine.sequence += 1
        elif deed == "restart":
            machine.restart()
        elif deed == "collect":
            collection.collect(far.kit, "far")
        elif deed == "compact":
            far.clock.forward(61)
            collection.collect(far.kit, "far")
            compact(far.kit, "far")
        else:
            crash(far, machine, chance)
    machine.ship_all()
    assert everything(far) == Counter(written)
    # What is whole there is dropped here: no more than the newest of the slot is left.
    assert len(list(machine.disk.glob("*.seg"))) <= 1


def crash(life: Life, machine: Machine, chance: random.Random) -> None:
    """The control plane loses its memory while bytes come: behind those that were acknowledged lies what nobody sent."""
    for segment in collection.segments(life.kit, "far"):
        if (machine.disk / segment.name.partition("_")[2]).exists() and chance.random() < 0.5:
            with segment.open("ab") as file:
                file.write(b"\x00" * chance.randint(1, 300))
    life.restart()


def test_machines_do_not_mix_their_segments(far: Life, tmp_path: Path) -> None:
    version = far.version(models.project(MODEL))
    for name in ("one", "two"):
        machine = Machine(far, name, tmp_path / name)
        machine.write(frame(scored(version, name, [0.5], at=NOON)))
        machine.ship_all()
    assert everything(far) == Counter(["one", "two"])
    assert collection.collect(far.kit, "far") == 2


def test_what_is_elsewhere_by_now_is_not_taken_again(far: Life, tmp_path: Path) -> None:
    version = far.version(models.project(MODEL))
    machine = Machine(far, "one", tmp_path / "disk")
    content = frame(scored(version, "r", [0.5], at=NOON))
    machine.write(content)
    machine.ship_all()
    machine.sequence += 1
    machine.write(frame(scored(version, "s", [0.5], at=NOON)))
    machine.ship()
    # A disk that was restored still holds what was dropped.
    (machine.disk / SEGMENT).write_bytes(content)
    machine.ship_all()
    far.clock.forward(61)
    collection.collect(far.kit, "far")
    assert compact(far.kit, "far") == 1
    assert everything(far) == Counter(["r", "s"])


def test_a_segment_that_is_still_listed_is_whole_after_it_was_compacted(far: Life) -> None:
    version = far.version(models.project(MODEL))
    platform = Embedded(far.kit, machines())
    content = frame(scored(version, "r", [0.5], at=NOON))
    platform.node_orders("far", "one", said({SEGMENT: len(content)}))
    platform.put_segment("far", "one", SEGMENT, 0, content)
    platform.put_segment("far", "one", "0-1-000001.seg", 0, content)
    far.clock.forward(61)
    collection.collect(far.kit, "far")
    assert compact(far.kit, "far") == 1
    assert platform.node_orders("far", "one", said({SEGMENT: len(content)})).held == {SEGMENT: WHOLE}
    assert platform.put_segment("far", "one", SEGMENT, 0, content) == WHOLE


@pytest.mark.parametrize("name", ["../../route.json", "0-1.seg", "0-1-000000.json", "pushed-1-000000.seg", "0-1-000000.seg\n"])
def test_nothing_but_segments_is_kept(far: Life, name: str) -> None:
    platform = Embedded(far.kit, machines())
    platform.node_orders("far", "one", said())
    with pytest.raises(Invalid) as refused:
        platform.put_segment("far", "one", name, 0, b"x")
    assert refused.value.code == "E1213"


def test_what_is_refused(far: Life) -> None:
    ours, theirs, local = (Embedded(far.kit, machines(name)) for name in ("far", "prod", "prod"))
    refusals: list[tuple[type[LampError], str, object]] = [
        (NotAllowed, "E1326", lambda: theirs.node_orders("far", "one", said())),
        (NotAllowed, "E1326", lambda: theirs.node_file("far", "0" * 64, "0" * 64)),
        (NotAllowed, "E1326", lambda: theirs.put_segment("far", "one", SEGMENT, 0, b"")),
        (Conflict, "E1583", lambda: local.node_orders("prod", "one", said())),
        (Invalid, "E1212", lambda: ours.node_orders("far", "../x", said())),
        (NotFound, "E1201", lambda: ours.put_segment("far", "unheard", SEGMENT, 0, b"")),
        (NotFound, "E1227", lambda: ours.node_file("far", "0" * 64, "0" * 64)),
    ]
    for kind, code, deed in refusals:
        with pytest.raises(kind) as refused:
            deed()  # type: ignore[operator]
        assert refused.value.code == code
    ours.node_orders("far", "one", said())
    with pytest.raises(Invalid, match="prediction log"):
        ours.put_segment("far", "one", SEGMENT, 0, b"x" * (BITE + 1))


def test_only_files_of_versions_that_answer_there_are_given_out(far: Life) -> None:
    answering, idle = far.versions(models.project(MODEL), 2)
    far.appoint(answering, "far")
    Embedded(far.kit, far.actor("dana")).save_environment("far", place())
    platform = Embedded(far.kit, machines())
    assert platform.node_file("far", answering.digest, answering.digest)
    for artifact in answering.manifest.artifacts:
        assert len(platform.node_file("far", answering.digest, artifact.digest)) == artifact.size
    for version, digest in ((idle.digest, idle.digest), (answering.digest, idle.digest), ("0" * 64, answering.digest)):
        with pytest.raises(NotFound) as refused:
            platform.node_file("far", version, digest)
        assert refused.value.code == "E1227"


def place(target: str = "nodes") -> Environment:
    return Environment(name="far", level=Level.DEVELOPMENT, port=1, target=target)


def test_an_environment_that_answers_keeps_its_target(far: Life) -> None:
    version: Version = far.version(models.project(MODEL))
    dana = Embedded(far.kit, far.actor("dana"))
    dana.save_environment("far", place("local"))
    dana.save_environment("far", place("nodes"))
    far.appoint(version, "far")
    with pytest.raises(Conflict) as refused:
        dana.save_environment("far", place("local"))
    assert refused.value.code == "E1504"


def test_two_machines_of_one_name_are_told_apart(far: Life) -> None:
    platform = Embedded(far.kit, machines())
    platform.node_orders("far", "one", said(instance="a"))
    with pytest.raises(Conflict) as refused:
        platform.node_orders("far", "one", said(instance="b"))
    assert refused.value.code == "E1585"
    far.clock.forward(5)
    platform.node_orders("far", "one", said(instance="b"))


def test_a_machine_that_is_gone_is_forgotten_and_one_that_leaves_says_so(far: Life) -> None:
    platform, owner = Embedded(far.kit, machines()), Embedded(far.kit, far.actor("dana"))
    platform.node_orders("far", "one", said())
    platform.node_orders("far", "two", said())
    assert [(one.node.name, one.node.number) for one in owner.nodes("far")] == [("one", 0), ("two", 1)]
    with pytest.raises(Conflict) as refused:
        owner.forget_node("far", "one")
    assert refused.value.code == "E1584"
    far.clock.forward(61)
    owner.forget_node("far", "one")
    with pytest.raises(NotFound):
        owner.forget_node("far", "one")
    leaving = NodeReport(instance="a", observation=Observation(alive=False), leaving=True)
    platform.node_orders("far", "two", leaving)
    assert owner.nodes() == []
    # The numbers of those who left are given to others.
    platform.node_orders("far", "three", said())
    assert [(one.node.name, one.node.number) for one in owner.nodes("far")] == [("three", 0)]


def test_a_backup_knows_what_it_holds_in_other_files(far: Life, tmp_path: Path) -> None:
    version = far.version(models.project(MODEL))
    platform, content = Embedded(far.kit, machines()), frame(scored(version, "r", [0.5], at=NOON))
    platform.node_orders("far", "one", said({SEGMENT: len(content)}))
    for name in (SEGMENT, "0-1-000001.seg"):
        platform.put_segment("far", "one", name, 0, content)
    far.clock.forward(61)
    collection.collect(far.kit, "far")
    assert compact(far.kit, "far") == 1
    back_up(far.settings, tmp_path / "copy")
    restored = read_settings({}, home=str(tmp_path / "restored"))
    restore(restored, tmp_path / "copy")
    kit = Kit.open(restored)
    try:
        held = Embedded(kit, machines()).node_orders("far", "one", said({SEGMENT: len(content)})).held
        assert held == {SEGMENT: WHOLE}
    finally:
        kit.close()
