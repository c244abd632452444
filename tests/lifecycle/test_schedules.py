"""When a scheduled job runs whose schedule is changed, and which runs count."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.lifecycle.lives import Life, lived
from tests.sdk import models

from lamplighter.domain.job import Run, State
from lamplighter.lifecycle import jobs

MODEL = "punctual"
HOUR = 3600


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """A platform with two tables."""
    with lived(tmp_path / "home", '[tables]\na = "/a.csv"\nb = "/b.csv"\n') as life:
        yield life


def declare(life: Life, schedule: str) -> None:
    job = {"name": "nightly", "schedule": schedule, "environment": "prod", "input": "a", "output": "b"}
    life["dana"].save_project(MODEL, models.project(MODEL, job=[job]))


def until_hour(life: Life, hour: int) -> None:
    """Let the clock come to the middle of an hour of the day."""
    now = datetime.fromtimestamp(life.clock.now() / 1e6, UTC)
    life.clock.forward((hour - now.hour) % 24 * HOUR + (30 - now.minute) * 60)


def looked(life: Life) -> list[Run]:
    """What is new, ended at once."""
    jobs.schedule(life.kit)
    with life.kit.store.transaction() as change:
        fresh = [run for run in change.job_runs.all(model=MODEL) if run.state is State.WAITING]
        for run in fresh:
            change.job_runs.replace(replace(run, state=State.FINISHED, revision=1), revision=0)
    return fresh


def test_a_changed_schedule_is_followed_from_the_next_period_on(life: Life) -> None:
    until_hour(life, 4)
    declare(life, "0 3 * * *")
    assert looked(life) == []
    until_hour(life, 3)
    (run,) = looked(life)
    declare(life, "0 5 * * *")
    until_hour(life, 5)
    assert looked(life) == []
    life.clock.forward(24 * HOUR)
    (after,) = looked(life)
    assert (after.due_at - run.due_at, after.schedule) == (26 * HOUR * 1_000_000, "0 5 * * *")


def test_what_somebody_asks_for_takes_the_place_of_no_scheduled_run(life: Life) -> None:
    until_hour(life, 4)
    declare(life, "0 3 * * *")
    assert looked(life) == []
    life.clock.forward(23 * HOUR)
    asked = jobs.ask(life.kit, life.actor("milo"), MODEL, "nightly")
    # It is under way at the time of the schedule, and begun after it.
    jobs.schedule(life.kit)
    assert [run.id for run in looked(life)] == [asked.id]
    (due,) = looked(life)
    assert due.schedule == "0 3 * * *"
    assert looked(life) == []
