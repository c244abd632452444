"""The control plane is killed at any moment of a rollout: no caller notices, and the rollout ends as it would have."""

import os
import random
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.commands import LAMP
from tests.sdk.homes import until
from tests.stories.conftest import Caller, World

from lamplighter.data import flights
from lamplighter.domain.errors import LampError
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.sdk import local
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.model import Answer, Endpoint
from lamplighter.sdk.remote import remote
from lamplighter.settings import read_settings
from lamplighter.store.transaction import Store

#: Printed with a failure, to run the same moments again.
SEED = 20130704
_MOMENTS = [round(moment, 2) for moment in random.Random(SEED).sample([n / 20 for n in range(90)], 3)]


def _until(world: World, rollout: Rollout, phase: Phase, step: int) -> None:
    end = time.monotonic() + 20.0
    while time.monotonic() < end:
        now = world.platform.rollout(rollout.id)
        if now.phase.final or (now.phase is phase and now.step >= step):
            return
        time.sleep(0.005)


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


def _lamp(world: World, home: Path, *words: str) -> subprocess.Popen[bytes]:
    environ = {**os.environ, "LAMP_HOME": str(home), "LAMP_PORT": str(world.settings.port)}
    return subprocess.Popen([LAMP, "admin", *words], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _killed(world: World, home: Path, made: Path, *words: str) -> None:
    """The command dies at moments that differ, and nothing has the name of what it makes before it is whole."""
    for moment in (0.4, 0.8):
        with _lamp(world, home, *words) as process:
            time.sleep(moment)
            process.kill()
        if made.exists():
            return


def test_a_backup_under_load_holds_all_that_was_answered_and_serves_the_same(world: World, tmp_path: Path) -> None:
    backup, restored = tmp_path / "backup", tmp_path / "restored"
    with Caller(world, tmp_path / "record") as caller:
        _killed(world, world.settings.folder, tmp_path / "never", "backup", str(tmp_path / "never"))
        answered = list(caller.acknowledged)
        with _lamp(world, world.settings.folder, "backup", str(backup)) as process:
            assert process.wait(timeout=60) == 0, process.stderr and process.stderr.read()
    assert caller.failures == []
    rows, _ = flights.through(4, start=4)
    columns = {name: rows[name].iloc[:200].astype(object).where(rows[name].notna(), None).tolist() for name in rows.columns}
    with closing(Endpoint(world.address, world.project.name, world.token, timeout=60.0)) as endpoint:
        before = endpoint.predict(columns)
    local.stop(world.settings)

    _killed(world, restored, restored, "restore", str(backup))
    if not restored.exists():
        with _lamp(world, restored, "restore", str(backup)) as process:
            assert process.wait(timeout=60) == 0, process.stderr and process.stderr.read()
    settings = read_settings({}, home=str(restored), port=world.settings.port)
    local.start(settings, wait=60.0)
    try:
        platform = remote(settings.url, local_token(settings), timeout=60.0)
        there = World(settings, platform, world.project)
        assert there.platform.verify_journal().verified
        assert there.platform.versions(world.project.name) == world.versions
        with closing(Endpoint(there.address, there.project.name, there.token, timeout=60.0)) as endpoint:
            after = until(lambda: _answer(endpoint, columns))
        assert after is not None
        assert (after.version, after.scores) == (before.version, before.scores)
        with closing(Store(settings.database_url)) as store:
            until(lambda: _known(store, answered) == set(answered))
        platform.close()
    finally:
        local.stop(settings)


def _answer(endpoint: Endpoint, columns: dict[str, list[object]]) -> Answer | None:
    """Nothing while serving starts."""
    try:
        return endpoint.predict(columns)
    except LampError:
        return None


def _known(store: Store, ids: list[str]) -> set[str]:
    with store.reading() as look:
        return {identity for identity, _ in look.predictions.known(ids)}
