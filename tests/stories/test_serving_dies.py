"""Serving is killed while callers wait: what was acknowledged is in the log, once, and the platform brings serving back."""

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.stories.conftest import Caller, World

from lamplighter.domain.prediction import frames, prediction_id

SEED = 20130814


def _recorded(world: World) -> Counter[str]:
    """Ids in the segments, read with nothing but the frames."""
    found: Counter[str] = Counter()
    for segment in (world.settings.serving / "prod" / "segments").glob("*.seg"):
        for record, _ in frames(segment.read_bytes()):
            found.update(prediction_id(record.request, row) for row in range(len(record.scores)))
    return found


def _workers(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children]


@pytest.mark.parametrize("whom", ["a worker", "the whole group"])
def test_nothing_acknowledged_is_lost(world: World, tmp_path: Path, whom: str) -> None:
    source = random.Random(SEED)
    with Caller(world, tmp_path / "record") as caller:
        for _ in range(3):
            time.sleep(0.3 + source.random())
            parent = int((world.settings.serving / "prod" / "serving.pid").read_text())
            victims = [source.choice(_workers(parent))] if whom == "a worker" else [parent, *_workers(parent)]
            before = len(caller.acknowledged)
            for victim in victims:
                os.kill(victim, signal.SIGKILL)
            end = time.monotonic() + 20.0
            while len(caller.acknowledged) <= before + 5 and time.monotonic() < end:
                time.sleep(0.01)
            assert len(caller.acknowledged) > before + 5, "serving did not come back"
    acknowledged = (tmp_path / "record").read_text().split()
    assert len(acknowledged) > 100
    recorded = _recorded(world)
    assert [i for i in acknowledged if recorded[i] == 0] == []
    assert [i for i, count in recorded.items() if count > 1] == []


def test_whoever_looks_after_it_is_told_once_that_nobody_was_answered(world: World) -> None:
    parent = int((world.settings.serving / "prod" / "serving.pid").read_text())
    for victim in [parent, *_workers(parent)]:
        os.kill(victim, signal.SIGKILL)
    end = time.monotonic() + 20.0
    while not (told := [one for one in world.platform.incidents() if one.finding.measure == "unavailable"]):
        assert time.monotonic() < end, "nobody was told"
        time.sleep(0.05)
    (incident,) = told
    assert (incident.model, incident.environment, incident.duty) == (world.project.name, "prod", "monitor-technical")
    assert incident.finding.sentence.endswith("answers nobody: the processes of prod have ended and are started again.")


def test_every_acknowledged_row_reaches_the_database_once(world: World, tmp_path: Path) -> None:
    name, before = world.project.name, world.platform.status(world.project.name).rows
    recorded_before = sum(_recorded(world).values())
    with Caller(world, tmp_path / "record") as caller:
        time.sleep(1.0)
        world.kill_control_plane()
        time.sleep(0.3)
        world.start()
        time.sleep(0.5)
    fresh = sum(_recorded(world).values()) - recorded_before
    assert fresh >= len(caller.acknowledged)
    end = time.monotonic() + 20.0
    while world.platform.status(name).rows < before + fresh and time.monotonic() < end:
        time.sleep(0.05)
    assert world.platform.status(name).rows == sum(_recorded(world).values())
