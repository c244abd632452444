"""Machines elsewhere by what they say, and what runs beside the control plane by what is seen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lifecycle.lives import Life, lived
from tests.sdk import models

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import NotFound
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.machine import Machine
from lamplighter.domain.node import NodeReport
from lamplighter.domain.observation import Observation
from lamplighter.domain.route import WorkerReport
from lamplighter.domain.stage import Status
from lamplighter.lifecycle import authentication, design, machines, nodes, tokens

SEGMENT = "0-1-000000.seg"


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with lived(Path(tmp_path_factory.mktemp("home"))) as life:
        place = Environment(name="far", level=Level.PRODUCTION, port=1, workers=2, target="nodes")
        design.save_environment(life.kit, PLATFORM, "far", place)
        yield life


def said(revision: int, *loaded: str, count: int = 2, **more: object) -> NodeReport:
    """What a machine says whose processes answer by a revision."""
    reports = tuple(
        WorkerReport(pid=100 + slot, slot=slot, started_at=1, written_at=1, revision=revision, loaded=loaded)
        for slot in range(count)
    )
    told = {"refused": more.pop("refused")} if "refused" in more else {}
    seen = Observation(
        alive=True, revision=revision if count == 2 else -1, reports=reports, processes=2, parent=99, loaded=frozenset(loaded),
        **told,  # type: ignore[arg-type]
    )  # fmt: skip
    return NodeReport(instance="a", observation=seen, **more)  # type: ignore[arg-type]


def machine(life: Life) -> Actor:
    return authentication.authenticate_node(life.kit, tokens.issue_node_token(life.kit, PLATFORM, "far", 1).secret)


def far(life: Life) -> dict[str, Machine]:
    (place,) = machines.places(life.kit, "far")
    return {one.name: one for one in place.machines}


def test_all_that_serves_in_one_look(life: Life) -> None:
    version = life.version(models.project("seen-trains"))
    life.appoint(version, "far")
    caller = machine(life)
    nodes.orders(life.kit, caller, "far", "good", said(1, version.digest, free=5 * 10**9, segments={SEGMENT: 1_000}))
    nodes.orders(life.kit, caller, "far", "older", said(0, count=1))
    nodes.orders(life.kit, caller, "far", "sick", said(1, refused={version.digest: "Its bytes are others."}))
    nodes.bring(life.kit, caller, "far", "good", SEGMENT, 0, b"x" * 400)
    place, *rest = machines.places(life.kit)
    assert (place.environment.name, place.revision, place.models) == ("far", 1, 1)
    assert [one.name for one in place.machines] == ["sick", "older", "good"]
    found = far(life)
    good, older, sick = found["good"], found["older"], found["sick"]
    assert (good.status, good.pids, good.parent, good.processes) == (Status.HEALTHY, (100, 101), 99, 2)
    assert (good.loaded, good.to_bring, good.free, good.behind) == (("seen-trains@1",), 600, 5 * 10**9, 0)
    assert (older.status, older.revision, older.behind, older.free) == (Status.WATCH, 0, 1, -1)
    assert older.why == "1 of 2 processes run."
    assert (sick.status, sick.refused) == (Status.FAILING, {"seen-trains@1": "Its bytes are others."})
    here = {one.environment.name: one.machines for one in rest}
    assert set(here) == {"prod", "staging", "dev"}
    (own,) = here["dev"]
    assert (own.name, own.here, own.alive, own.status, own.to_bring) == ("control plane", True, False, Status.UNKNOWN, -1)
    assert own.free > 0
    with pytest.raises(NotFound):
        machines.places(life.kit, "fra")


def test_a_machine_falls_silent_is_lost_and_is_forgotten(life: Life) -> None:
    caller = machine(life)
    nodes.orders(life.kit, caller, "far", "gone", said(1, segments={SEGMENT: 3_000_000}))
    life.clock.forward(6)
    assert (far(life)["gone"].status, "rollouts wait for it" in far(life)["gone"].fix) == (Status.WATCH, True)
    life.clock.forward(60)
    lost = far(life)["gone"]
    assert (lost.status, "3.0 MB of its log had not come." in lost.why) == (Status.FAILING, True)
    nodes.forget(life.kit, PLATFORM, "far", "gone")
    assert "gone" not in far(life)


def test_a_look_changes_nothing_of_what_was_brought(life: Life) -> None:
    """Bytes that may not be kept are cut off by whoever takes them in, not by whoever looks."""
    caller = machine(life)
    nodes.orders(life.kit, caller, "far", "kept", said(1, segments={SEGMENT: 10}))
    nodes.bring(life.kit, caller, "far", "kept", SEGMENT, 0, b"x" * 10)
    life.kit.shipped.clear()
    assert far(life)["kept"].to_bring == 0
    assert life.kit.shipped == set()
    assert nodes.orders(life.kit, caller, "far", "kept", said(1, segments={SEGMENT: 10})).held == {SEGMENT: 0}
    assert far(life)["kept"].to_bring == 10
