"""Serving is killed while callers wait: what was acknowledged is in the log, once, and the platform brings serving back."""

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.sdk.homes import until
from tests.stories.conftest import Caller, World

from lamplighter.domain.prediction import frames, prediction_id

SEED = 20130814
#: Seconds between two looks of the platform at its processes, and a little more.
LOOK = 2.5


def _recorded(world: World) -> Counter[str]:
    """Ids in the segments, read with nothing but the frames."""
    found: Counter[str] = Counter()
    for segment in (world.settings.serving / "prod" / "segments").glob("*.seg"):
        for record, _ in frames(segment.read_bytes()):
            found.update(prediction_id(record.request, row) for row in range(len(record.scores)))
    return found


def _answered(caller: Caller, more: int) -> None:
    """Wait until so many more requests were answered."""
    before = len(caller.acknowledged)
    until(lambda: len(caller.acknowledged) >= before + more)


def _workers(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children]


@pytest.mark.parametrize("whom", ["a worker", "the whole group"])
def test_nothing_acknowledged_is_lost(world: World, tmp_path: Path, whom: str) -> None:
    source = random.Random(SEED)
    with Caller(world, tmp_path / "record") as caller:
        for _ in range(3):
            _answered(caller, source.randrange(20, 120))
            parent = int((world.settings.serving / "prod" / "serving.pid").read_text())
            victims = [source.choice(_workers(parent))] if whom == "a worker" else [parent, *_workers(parent)]
            for victim in victims:
                os.kill(victim, signal.SIGKILL)
            _answered(caller, 6)
    acknowledged = (tmp_path / "record").read_text().split()
    assert len(acknowledged) >= 3 * 26
    recorded = _recorded(world)
    assert [i for i in acknowledged if recorded[i] == 0] == []
    assert [i for i, count in recorded.items() if count > 1] == []


def test_whoever_looks_after_it_is_told_once_that_nobody_was_answered(world: World) -> None:
    # Processes that the platform has not seen alive yet have some seconds to come: let it look.
    time.sleep(2 * LOOK)
    parent = int((world.settings.serving / "prod" / "serving.pid").read_text())
    for victim in [parent, *_workers(parent)]:
        os.kill(victim, signal.SIGKILL)
    (incident,) = until(lambda: [one for one in world.platform.incidents() if one.finding.measure == "unavailable"])
    assert (incident.model, incident.environment, incident.duty) == (world.project.name, "prod", "monitor-technical")
    assert incident.finding.sentence.endswith("answers nobody: the processes of prod have ended and are started again.")


def test_every_acknowledged_row_reaches_the_database_once(world: World, tmp_path: Path) -> None:
    name, before = world.project.name, sum(_recorded(world).values())
    with Caller(world, tmp_path / "record") as caller:
        _answered(caller, 100)
        world.kill_control_plane()
        _answered(caller, 30)
        world.start()
        _answered(caller, 50)
    recorded = sum(_recorded(world).values())
    assert recorded - before >= len(caller.acknowledged)
    until(lambda: world.platform.status(name).rows >= recorded)
    assert world.platform.status(name).rows == recorded
