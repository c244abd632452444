"""What sets off trainings by itself, once for each cause, however often the platform is killed while it looks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.receivers import Receiver
from tests.lifecycle.segments import Segment, scored
from tests.lifecycle.test_incidents import finding, found, react
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.events.incident import FindingMade
from lamplighter.domain.events.run import RetrainingMoved, RetrainingRefused, RetrainingRequested
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.monitor import Kind
from lamplighter.domain.retraining import State, Step
from lamplighter.domain.triggering import Readiness, Standing
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection, incidents, outbox, retrainings, triggers, watching
from lamplighter.lifecycle.watching import Label

MODEL, HOUR, DAY = "set-off", 3_600_000_000, 86_400_000_000


@pytest.fixture
def life(tmp_path: Path, receiver: Receiver) -> Iterator[Life]:
    training = f'[trainings.again]\ncommand = ["python"]\nfolder = "{tmp_path}"\n'
    with lived(tmp_path / "home", f'channels = ["pager"]\nwebhooks = {{ pager = "{receiver.url}" }}\n{training}') as life:
        yield life


def _live(life: Life, *when: str, labels: str = "0s", source: str = "timetable", **more: Any) -> Version:
    project = models.project(
        MODEL,
        retrain={"run": "again", "when": list(when), "cooldown": "1h", **more},
        monitor={"labels": {"expected_after": labels}, "quality": {"window": "2h"}},
        source=[{"name": source}],
    )
    version = life.version(project)
    life.appoint(version)
    triggers.look(life.kit)
    return version


def _answer(life: Life, version: Version, hours: range) -> None:
    """A row an hour since the version is there."""
    Segment(life.settings).write(
        *(scored(version, f"r{hour:03d}", [0.5], at=version.created_at + hour * HOUR + 1) for hour in hours)
    )
    collection.collect(life.kit, "prod")
    watching.observe(life.kit)


def _label(life: Life, hours: range) -> None:
    watching.push_labels(life.kit, MODEL, [Label(id=f"r{hour:03d}.0", value=1.0) for hour in hours])
    watching.observe(life.kit)


def _stands(life: Life, trigger: str) -> Standing:
    return next(one for one in life["rita"].retraining(MODEL).triggers if one.trigger == trigger)


def _trainings(life: Life) -> list[tuple[str, str]]:
    """What set off each training, and how it stands, the oldest first; after a look, and another one as after a crash."""
    triggers.look(life.kit)
    life.restart()
    triggers.look(life.kit)
    return [(one.trigger, one.state) for one in reversed(life["dana"].trainings(MODEL))]


def _end(life: Life, *, number: int = 0) -> None:
    """Let the open training end, with or without a version."""
    (asked,) = [one for one in life["dana"].trainings(MODEL) if one.is_open]
    retrainings._move(life.kit, asked, Step.START)
    (asked,) = [one for one in life["dana"].trainings(MODEL) if one.is_open]
    retrainings._move(life.kit, asked, Step.FINISH if number else Step.FAIL, number=number)


def test_a_schedule_sets_off_one_training_for_each_instant_and_none_for_those_before_it(life: Life) -> None:
    _live(life, "schedule 0 */6 * * *")
    assert _trainings(life) == []
    assert _stands(life, "schedule").next_at > life.clock.now()
    life.clock.forward(6 * 3600)
    assert _trainings(life) == [("schedule", "requested")]
    _end(life)
    assert _trainings(life) == [("schedule", "failed")]
    life.clock.forward(6 * 3600)
    assert _trainings(life) == [("schedule", "failed"), ("schedule", "requested")]
    assert len({one.cause for one in life["dana"].trainings(MODEL)}) == 2


def test_a_schedule_waits_for_the_labels_of_its_rows(life: Life) -> None:
    version = _live(life, "schedule 0 */6 * * *", labels="2d")
    life.clock.forward(12 * 3600)
    _answer(life, version, range(1, 6))
    _label(life, range(1, 3))
    assert _trainings(life) == []
    stands = _stands(life, "schedule")
    assert stands.readiness is Readiness.WAITING
    assert "2 of 5 rows up to" in stands.why
    assert stands.next_at > life.clock.now() + 30 * HOUR
    _label(life, range(1, 6))
    assert _trainings(life) == [("schedule", "requested")]


def test_a_volume_counts_new_rows_with_labels_outside_of_quarantines(life: Life) -> None:
    version = _live(life, "volume 6")
    life.clock.forward(30 * 3600)
    _answer(life, version, range(1, 9))
    _label(life, range(1, 7))
    at = version.created_at
    life["dana"].quarantine(MODEL, at + HOUR, at + 3 * HOUR, "The feed was broken.")
    assert _trainings(life) == []
    assert _stands(life, "volume").why == "4 of 6 new rows have their label."
    _label(life, range(1, 9))
    assert _trainings(life) == [("volume", "requested")]
    (asked,) = life["dana"].trainings(MODEL)
    assert [(span.start, span.end) for span in asked.given.left_out] == [(at + HOUR, at + 3 * HOUR)]
    assert (asked.given.labelled, asked.given.withheld) == (6, 2)
    # What it knew is not new to the next one.
    _end(life, number=version.number)
    life.clock.forward(2 * 3600)
    assert _trainings(life) == [("volume", "finished")]
    assert _stands(life, "volume").why == "0 of 6 new rows have their label."


def test_drift_waits_for_the_labels_of_its_window_and_a_quarantined_one_is_refused_and_told(
    life: Life, receiver: Receiver
) -> None:
    version = _live(life, "drift", labels="1d")
    life.clock.forward(12 * 3600)
    _answer(life, version, range(1, 9))
    at = version.created_at
    found(life, finding(version, Kind.FUNCTIONAL, measure="drift", start=at + HOUR, end=at + 8 * HOUR))
    assert _trainings(life) == []
    assert _stands(life, "drift").why.startswith("I-1 is open. 0 of 7 rows up to")
    held = life["dana"].quarantine(MODEL, at, at + 8 * HOUR, "The feed was broken.")
    assert _trainings(life) == [("drift", "refused")]
    react(life)
    outbox.deliver(life.kit)
    assert receiver.told("T-1") == [address("dana")]
    (refused,) = life.events(RetrainingRefused)
    assert (refused.person, refused.why) == (address("dana"), "I-1 is open. All of the time that is new is quarantined.")
    life["dana"].lift_quarantine(held.id, "It was not.")
    assert _trainings(life) == [("drift", "refused")]
    _label(life, range(1, 9))
    assert _trainings(life) == [("drift", "requested")]
    (asked,) = life["dana"].trainings(MODEL)
    assert asked.given.labelled == 8


def test_the_budget_refuses_once_for_each_cause_and_gives_way_to_people_and_time(life: Life) -> None:
    version = _live(life, "quality", budget={"trainings": 1, "days": 2})
    first = found(life, finding(version, Kind.FUNCTIONAL))
    assert _trainings(life) == [("quality", "requested")]
    _end(life)
    life["dana"].resolve(first.id)
    life.clock.forward(2 * 3600)
    found(life, finding(version, Kind.FUNCTIONAL, end=3))
    assert _trainings(life) == [("quality", "failed"), ("quality", "refused")]
    status = life["rita"].retraining(MODEL)
    assert status.budget is not None
    assert (status.budget.used, status.triggers[0].readiness) == (1, Readiness.OVER_BUDGET)
    assert status.triggers[0].next_at == status.budget.free_at > life.clock.now() + 40 * HOUR
    life.clock.forward(47 * 3600)
    assert _trainings(life) == [("quality", "failed"), ("quality", "requested")]
    assert [(one.id, one.cause) for one in life["dana"].trainings(MODEL)] == [("T-2", "I-2"), ("T-1", "I-1")]
    assert [len(life.events(kind)) for kind in (RetrainingRequested, RetrainingRefused)] == [1, 1]
    assert [event.state for event in life.events(RetrainingMoved)][-1] == State.REQUESTED


def test_instants_of_a_schedule_are_refused_together(life: Life) -> None:
    _live(life, "schedule 0 * * * *", budget={"trainings": 1, "days": 1}, cooldown="1m")
    for _ in range(3):
        life.clock.forward(3600)
        _trainings(life)
        if life["dana"].trainings(MODEL)[0].is_open:
            _end(life)
    assert _trainings(life) == [("schedule", "failed"), ("schedule", "refused")]
    life.clock.forward(24 * 3600)
    assert _trainings(life) == [("schedule", "failed"), ("schedule", "refused"), ("schedule", "requested")]
    assert len(life.events(RetrainingRefused)) == 1


def test_a_version_that_expires_is_trained_anew_in_time(life: Life) -> None:
    _live(life, "expiry 21d")
    stands = _stands(life, "expiry")
    assert (stands.readiness, stands.next_at > life.clock.now()) == (Readiness.ARMED, True)
    life.clock.forward((stands.next_at - life.clock.now()) / 1e6 + 1)
    assert _trainings(life) == [("expiry", "requested")]


def test_another_schema_and_another_version_upstream_are_waited_through_before_a_training(life: Life) -> None:
    _live(life, "upstream")
    life["display"].push_arrival("timetable", schema="a")
    life["display"].push_arrival("timetable", rows=7)
    assert _stands(life, "upstream").why == "No source has changed since v1 was trained."
    life["display"].push_arrival("timetable", schema="b")
    life["display"].push_arrival("timetable", schema="b")
    assert _trainings(life) == []
    stands = _stands(life, "upstream")
    assert (stands.readiness, stands.cause) == (Readiness.WAITING, "timetable with schema b")
    life.clock.forward(3 * 3600)
    assert _trainings(life) == [("upstream", "requested")]
    _end(life)
    life.clock.forward(2 * 3600)
    upstream = life.version(models.project("timetable"))
    life.appoint(upstream)
    life.clock.forward(3 * 3600)
    assert _trainings(life) == [("upstream", "failed"), ("upstream", "requested")]
    assert life["dana"].trainings(MODEL)[0].cause.startswith("timetable@1 since ")


def test_two_control_planes_that_look_at_once_set_off_one_training(life: Life) -> None:
    version = _live(life, "quality")
    with life.kit.store.transaction() as change:
        made = FindingMade(model=MODEL, finding=finding(version, Kind.FUNCTIONAL))
        entry = change.journal.append(made, PLATFORM, life.clock.now())
    incidents.open_incident(life.kit, entry)
    with life.kit.store.reading() as look:
        (seen,) = triggers._standings(life.kit, look, look.project(MODEL))
    assert seen[1].readiness is Readiness.DUE
    # Both have seen the cause before either has answered it; one of them is so slow that the training has ended since.
    triggers._fire(life.kit, MODEL, *seen)
    triggers._fire(life.kit, MODEL, *seen)
    _end(life)
    triggers._write(life.kit, MODEL, *seen, State.REQUESTED)
    assert [one.state for one in life["dana"].trainings(MODEL)] == [State.FAILED]


def test_a_model_that_is_live_nowhere_or_has_no_training_waits_for_that(life: Life) -> None:
    life.version(models.project(MODEL, retrain={"run": "again", "when": ["drift"]}))
    assert _stands(life, "drift").why == f"{MODEL} is live nowhere yet."
    life.appoint(life.version(models.project("gone")))
    with life.kit.store.transaction() as change:
        change.projects.put(models.project("gone", retrain={"run": "removed", "when": ["drift"]}))
    (stands,) = life["rita"].retraining("gone").triggers
    assert stands.why == "The configuration of the platform has no training removed."
