"""False alarms of all models: the sum of what each alarm states, by tier, and of whom none is known."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_movement import QUALITY, live, look, watch
from tests.sdk import models
from tests.web import seed

from lamplighter.domain.monitor import Reading
from lamplighter.lifecycle import inputs


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home", "false_alarms = 3.0\n") as life:
        yield life


def test_the_sum_is_what_the_alarms_of_the_live_versions_state(life: Life) -> None:
    version = live(life, "first")
    watch(life, version, moved={})
    life.appoint(life.version(models.project("waiting", monitor={"quality": QUALITY})))
    life.appoint(life.version(models.critical("critical", monitor={"quality": QUALITY})))
    found = life["rita"].false_alarms()
    (stated,) = {one.false_alarms for one in life["rita"].readings("first", "prod", "drift")}
    assert stated is not None
    assert (found.allowed, found.stated, found.unstated) == (3.0, 1, 2)
    assert dict(found.tiers) == {"internal": pytest.approx(stated), "mission-critical": 0.0}
    assert 0.0 < found.expected <= found.allowed
    with life.kit.store.transaction() as change:
        change.inputs.put(replace(change.inputs.all()[0], model="critical", false_alarms=0.25, calibration=0.05))
    found = life["rita"].false_alarms()
    assert found.tiers["mission-critical"] == pytest.approx(0.3)
    assert found.expected == pytest.approx(stated + 0.3)
    assert found.sentence.endswith("(3 allowed; 1 of 3 models states no number yet).")


def test_a_model_counts_once_in_however_many_environments_it_answers(life: Life) -> None:
    version = live(life, "first")
    watch(life, version, moved={})
    life.appoint(version, "dev")
    silent = life.version(models.project("second", monitor={"quality": QUALITY}))
    for environment in ("dev", "staging"):
        life.appoint(silent, environment)
    found = life["rita"].false_alarms()
    assert (found.stated, found.unstated) == (1, 1)
    assert found.sentence.endswith("(3 allowed; 1 of 2 models states no number yet).")


def test_a_version_that_no_longer_answers_states_nothing(life: Life) -> None:
    watch(life, live(life, "first"), moved={})
    life.appoint(life.version(models.project("first", monitor={"quality": QUALITY}), threshold=0.7))
    look(life)
    found = life["rita"].false_alarms()
    assert (found.expected, found.stated, found.unstated) == (0.0, 0, 1)


def reading(end: int, aspect: str, false_alarms: float | None) -> Reading:
    made = seed.reading("trains", 1, "measure", end, 0.1, aspect=aspect, false_alarms=false_alarms)
    return replace(made, end=end)


def test_what_is_promised_is_that_of_the_newest_window_of_each_alarm(life: Life) -> None:
    def noted(*readings: Reading) -> tuple[float | None, float | None]:
        with life.kit.store.transaction() as change:
            inputs.note(change, readings)
            found = change.inputs.find(model="trains", environment="prod", number=1)
        assert found is not None
        return found.false_alarms, found.calibration

    assert noted(reading(5, "drift", 0.2), reading(5, "completeness", 0.2)) == (0.2, None)
    assert noted(reading(3, "drift", 0.9), reading(3, "calibration", 0.01)) == (0.2, 0.01)
    assert noted(reading(4, "calibration", 0.02)) == (0.2, 0.02)
    # The rules of another library state nothing, whatever the own alarm of empty values states.
    assert noted(reading(7, "drift", None), reading(7, "completeness", 0.1)) == (None, 0.02)
