"""What machines elsewhere say together."""

import json
from pathlib import Path

import pytest

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Conflict
from lamplighter.domain.node import Node, NodeReport
from lamplighter.domain.observation import Observation
from lamplighter.domain.record import canonical
from lamplighter.domain.route import Credentials, Route, WorkerReport
from lamplighter.plugins import plugin
from lamplighter.targets.base import Target as Promise
from lamplighter.targets.nodes import Target

SECOND = 1_000_000
NOW = 1_700_000_000 * SECOND
PLACE = Environment(name="far", level=Level.PRODUCTION, port=1, workers=2, target="nodes")


class Far:
    """A folder as machines fill it, at a time that a test moves."""

    def __init__(self, root: Path) -> None:
        self.now = NOW
        self.target = Target(root, root, lambda: self.now)

    def say(self, name: str, number: int, revision: int = 3, loaded: str = "ab", *, alive: bool = True) -> None:
        reports = tuple(
            WorkerReport(pid=slot + 1, slot=slot, started_at=number, written_at=0, revision=revision, loaded=tuple(loaded))
            for slot in range(2 if alive else 0)
        )
        seen = Observation(alive=alive, revision=revision, loaded=frozenset(loaded), reports=reports)
        node = Node(
            environment="far",
            name=name,
            number=number,
            seen_at=self.now,
            report=NodeReport(instance=name, observation=seen),
        )
        folder = self.target.folder("far") / "nodes" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_bytes(canonical(node))

    @property
    def seen(self) -> Observation:
        return self.target.observe(PLACE)


@pytest.fixture
def far(tmp_path: Path) -> Far:
    return Far(tmp_path)


def test_it_is_the_plugin_of_its_name(tmp_path: Path) -> None:
    target: Promise = plugin("targets", "nodes").Target(tmp_path, tmp_path)
    told = "no machine serves it; begin one with lamp nodes run far."
    assert target.observe(PLACE) == Observation(alive=False, absence=told)
    assert target.sandbox(PLACE) is None
    target.remove(PLACE)


def test_machines_answer_together_by_the_oldest_route_and_what_all_have_loaded(far: Far) -> None:
    far.say("one", 0, revision=4, loaded="abc")
    far.say("two", 1, revision=3, loaded="bcd")
    seen = far.seen
    assert (seen.alive, seen.revision, seen.loaded) == (True, 3, frozenset("bc"))
    assert (len(seen.reports), seen.processes, seen.absence) == (4, 4, "")
    # A process is known by its slot, and no two have the same.
    assert len({report.slot for report in seen.reports}) == 4


def test_a_silent_machine_is_waited_for_and_a_lost_one_only_missed(far: Far, tmp_path: Path) -> None:
    far.say("one", 0)
    far.now += 6 * SECOND
    far.say("two", 1)
    assert (far.seen.alive, far.seen.revision, far.seen.loaded) == (True, -1, frozenset())
    assert far.seen.absence == "nothing is heard of one."
    assert (len(far.seen.reports), far.seen.processes) == (2, 4)
    far.now += 55 * SECOND
    far.say("two", 1)
    assert (far.seen.revision, far.seen.loaded) == (3, frozenset("ab"))
    assert (far.seen.absence, far.seen.processes) == ("nothing is heard of one.", 4)
    far.now += 6 * SECOND
    assert not far.seen.alive
    # Whoever begins to listen gives everybody the time to speak.
    far.target = Target(tmp_path, tmp_path, lambda: far.now)
    assert (far.seen.alive, far.seen.revision) == (True, 3)
    far.now += 6 * SECOND
    assert not far.seen.alive


def test_a_machine_that_has_no_processes_yet_holds_the_route_up(far: Far) -> None:
    far.say("one", 0)
    far.say("two", 1, alive=False)
    assert (far.seen.alive, far.seen.revision) == (True, -1)


def test_what_is_to_run_is_said_and_taken_back(far: Far, tmp_path: Path) -> None:
    far.target.apply(PLACE)
    far.target.apply(PLACE)
    wanted = tmp_path / "far" / "wanted.json"
    assert json.loads(wanted.read_text())["port"] == 1
    far.target.route(PLACE, Route(environment="far", revision=2), Credentials())
    with pytest.raises(Conflict):
        far.target.route(PLACE, Route(environment="far", revision=1), Credentials())
    far.target.remove(PLACE)
    assert not wanted.exists()
