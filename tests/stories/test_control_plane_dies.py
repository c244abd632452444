"""The control plane is killed at any moment of a rollout: no caller notices, and the rollout ends as it would have."""

import random
import time
from pathlib import Path

import pytest
from tests.stories.conftest import Caller, World

from lamplighter.domain.rollout import Phase, Rollout

#: Printed with a failure, to run the same moments again.
SEED = 20130704
_MOMENTS = [round(moment, 2) for moment in random.Random(SEED).sample([n / 20 for n in range(90)], 3)]


def _until(world: World, rollout: Rollout, phase: Phase, step: int) -> None:
    end = time.monotonic() + 20.0
    while time.monotonic() < end:
        now = world.platform.rollout(rollout.id)
        if now.phase.final or (now.phase is phase and now.step >= step):
            return
        time.sleep(0.002)


def _roll_out_with_a_death(world: World, record: Path, phase: Phase | None, step: int, moment: float) -> tuple[Rollout, Caller]:
    live = world.platform.status(world.project.name).live[-1].number
    following = next(version for version in world.versions if version.number != live)
    with Caller(world, record) as caller:
        asked = world.platform.deploy(following.name, "prod")
        assert asked.rollout is not None
        if phase is None:
            time.sleep(moment)
        else:
            _until(world, asked.rollout, phase, step)
        world.kill_control_plane()
        before = len(caller.acknowledged)
        time.sleep(0.4)
        assert len(caller.acknowledged) > before, "serving stood still while the control plane was dead"
        world.start()
        ended = world.ended(asked.rollout)
    return ended, caller


@pytest.mark.parametrize(
    ("phase", "step", "moment"),
    [
        pytest.param(Phase.PENDING, 0, 0.0, id="when asked for"),
        pytest.param(Phase.STARTING, 0, 0.0, id="while it loads"),
        pytest.param(Phase.SHIFTING, 0, 0.0, id="at the first share"),
        pytest.param(Phase.SHIFTING, 1, 0.0, id="at the second share"),
        pytest.param(Phase.COMPLETING, 0, 0.0, id="as it takes over"),
        *[pytest.param(None, 0, moment, id=f"after {moment} s") for moment in _MOMENTS],
    ],
)
def test_serving_misses_no_request_and_the_rollout_ends(
    world: World, tmp_path: Path, phase: Phase | None, step: int, moment: float
) -> None:
    ended, caller = _roll_out_with_a_death(world, tmp_path / "record", phase, step, moment)
    assert caller.failures == []
    assert ended.phase is Phase.COMPLETED, ended.why
    state = world.platform.status(world.project.name)
    assert (state.live[-1].number, state.live[-1].challenger) == (ended.number, 0)
    assert world.platform.verify_journal().verified
    assert caller.versions <= {version.name for version in world.versions}
