"""Freezes and windows hold what goes forward, on real processes, let it go by themselves, and never hold a way back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.lifecycle.calendars import DAY, TODAY, frozen_life, midnight, move_to
from tests.lifecycle.lives import Life, advance
from tests.lifecycle.test_acceptance import accept
from tests.lifecycle.test_rollouts import live_number, looks, on_trial, stepped, traffic
from tests.sdk import models

from lamplighter.domain.acceptance import Side
from lamplighter.domain.events.rollout import RolloutHeld, RolloutReleased
from lamplighter.domain.hold import Hold
from lamplighter.domain.rollout import Phase


@pytest.fixture(scope="module")
def soon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A platform that is frozen from the day after tomorrow on, for three days."""
    with frozen_life(tmp_path_factory.mktemp("soon"), 2, 4) as life:
        yield life


@pytest.fixture
def now(tmp_path: Path) -> Iterator[Life]:
    """A platform that is frozen from yesterday until tomorrow."""
    with frozen_life(tmp_path / "now", -1, 1) as life:
        yield life


def test_what_is_asked_for_in_a_freeze_waits_and_begins_by_itself(now: Life) -> None:
    version = now.version(models.project("frozen"))
    asked = now["dana"].deploy(version.name, "prod").rollout
    assert asked is not None
    held = Hold(rule="freeze closing", why="The books are closed.", until=midnight(2))
    assert (asked.phase, asked.hold) == (Phase.PENDING, held)
    assert now["rita"].hold("frozen", "prod") == held
    assert now["rita"].hold("frozen", "staging") is None
    now.restart()
    assert looks(now, asked).phase is Phase.PENDING
    assert now["rita"].status("frozen").live == ()
    assert [(event.rollout, event.rule, event.until) for event in now.events(RolloutHeld)] == [
        (asked.id, "freeze closing", midnight(2))
    ]
    # A look just before its end changes nothing.
    now.clock.forward((midnight(2) - now.clock.now()) / 1e6 - 60)
    assert looks(now, asked).phase is Phase.PENDING
    now.clock.forward(61)
    after = now.reached(asked, Phase.COMPLETED)
    assert after.hold is None
    assert [event.rollout for event in now.events(RolloutReleased)] == [asked.id]
    assert now["rita"].hold("frozen", "prod") is None


def test_what_was_never_begun_is_stopped_where_nothing_was_ever_live(now: Life) -> None:
    version = now.version(models.project("dropped-again"))
    asked = now["dana"].deploy(version.name, "prod").rollout
    assert asked is not None
    assert now["dana"].stop(asked.id).hold is None
    assert looks(now, asked).phase is Phase.WITHDRAWN


def test_other_environments_go_on(now: Life) -> None:
    version = now.version(models.project("elsewhere-free"))
    now.live(version, "staging")


def test_a_share_is_kept_in_a_freeze_and_no_deadline_runs(soon: Life) -> None:
    versions, rollout = on_trial(soon, stepped("shared", deadline="20h"))
    move_to(soon, 2)
    for _ in range(3):
        held = looks(soon, rollout)
        assert (held.phase, held.step, held.share) == (Phase.SHIFTING, 0, 0.5)
        assert held.hold is not None
        assert held.hold.until == midnight(5)
        soon.clock.forward(0.9 * DAY)
    traffic(soon, versions[0], 30)
    traffic(soon, versions[1], 30)
    assert looks(soon, rollout).step == 0
    move_to(soon, 5)
    assert looks(soon, rollout).step == 1
    soon["dana"].stop(rollout.id)
    soon.reached(rollout, Phase.WITHDRAWN)


class TestInAFreeze:
    """Everything that goes back, on a platform that is frozen until the end of the test."""

    @pytest.fixture
    def frozen(self, tmp_path: Path) -> Iterator[Life]:
        with frozen_life(tmp_path / "later", 2, 30) as life:
            yield life

    def test_a_broken_version_is_taken_back(self, frozen: Life) -> None:
        versions, rollout = on_trial(frozen, stepped("broken"))
        move_to(frozen, 3)
        assert looks(frozen, rollout).hold is not None
        traffic(frozen, versions[0], 100)
        traffic(frozen, versions[1], 60, 40)
        after = frozen.reached(rollout, Phase.WITHDRAWN)
        assert (after.why, after.hold) == ("It failed 40 of 100 requests; v1 answered those instead.", None)

    def test_people_stop_it(self, frozen: Life) -> None:
        _, rollout = on_trial(frozen, stepped("stopped"))
        move_to(frozen, 3)
        assert looks(frozen, rollout).hold is not None
        assert frozen["ines"].stop(rollout.id).phase is Phase.WITHDRAWING
        frozen.reached(rollout, Phase.WITHDRAWN)

    def test_a_live_version_goes_back(self, frozen: Life) -> None:
        at_once = {"steps": [100], "each": "0s", "least_requests": 0}
        versions = frozen.versions(models.project("live", env={"prod": {"rollout": at_once}}), 2)
        frozen.live(versions[0])
        frozen.live(versions[1])
        move_to(frozen, 3)
        assert frozen["rita"].hold("live", "prod") is not None
        back = frozen["ines"].roll_back("live", "prod")
        assert (back.before, back.now, live_number(frozen, "live")) == (2, 1, 1)

    def test_a_trial_is_ended_by_going_back(self, frozen: Life) -> None:
        _, rollout = on_trial(frozen, stepped("trial"))
        move_to(frozen, 3)
        assert looks(frozen, rollout).hold is not None
        assert frozen["ines"].roll_back("trial", "prod").now == 1
        frozen.reached(rollout, Phase.WITHDRAWN)


def test_people_are_asked_in_a_freeze_so_that_it_begins_when_that_ends(now: Life) -> None:
    version = now.version(models.critical("asked"))
    for environment in ("dev", "staging"):
        now.appoint(version, environment)
    asked = now["dana"].deploy(version.name, "prod").rollout
    assert asked is not None
    assert (asked.phase, asked.hold) == (Phase.WAITING, None)
    accept(now, version, "bea", Side.BUSINESS)
    accept(now, version, "ines", Side.IT)
    for _ in range(2):
        advance(now.kit, now.rollout(asked), 1.0)
    after = now.rollout(asked)
    assert (after.phase, after.hold is not None) == (Phase.PENDING, True)


def test_the_window_of_a_project_holds_as_well(life: Life) -> None:
    window = f"{TODAY + timedelta(days=2):%a} 00:00-24:00 UTC"
    version = life.version(models.project("narrow", env={"prod": {"window": window}}))
    asked = life["dana"].deploy(version.name, "prod").rollout
    assert asked is not None
    assert asked.hold is not None
    assert (asked.hold.rule, asked.hold.until) == (f"window {window}", midnight(2))
    move_to(life, 2)
    life.reached(asked, Phase.COMPLETED)


def test_a_rule_that_is_dropped_holds_nothing_any_more(life: Life) -> None:
    yesterday = f"{TODAY - timedelta(days=1):%a}"
    version = life.version(models.project("dropped", env={"prod": {"window": f"{yesterday} 00:00-24:00 UTC"}}))
    asked = life["dana"].deploy(version.name, "prod").rollout
    assert asked is not None
    assert asked.hold is not None
    life["dana"].save_project("dropped", models.project("dropped"))
    advance(life.kit, life.rollout(asked), 1.0)
    assert (life.rollout(asked).hold, life.rollout(asked).phase) == (None, Phase.STARTING)
