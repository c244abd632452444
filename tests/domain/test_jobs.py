"""When a scheduled job is due, which schedules there are, and what another try may help against."""

from datetime import UTC, datetime

import pytest
from tests.sdk import models

from lamplighter.domain.errors import Invalid
from lamplighter.domain.job import Cause, Failure, Run, Step, after_failure, last_due
from lamplighter.domain.project import check_project


def _at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-02T03:00:00", "2026-03-02T03:00:00"),
        ("2026-03-02T02:59:59", "2026-03-01T03:00:00"),
        ("2026-03-02T23:00:00", "2026-03-02T03:00:00"),
    ],
)
def test_the_newest_instant_that_has_come_is_due(now: str, due: str) -> None:
    assert last_due("0 3 * * *", _at(now)) == _at(due)


@pytest.mark.parametrize("schedule", ["0 0 31 2 *", "nightly", "", "61 * * * *", "0 0 30 2 *"])
def test_a_schedule_that_is_never_due_is_refused(schedule: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_project(models.project("late", job=[_job(schedule=schedule)]))
    assert (refusal.value.code, refusal.value.why.partition(":")[0]) == ("E1148", "job nightly")


def test_two_jobs_of_one_name_are_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        check_project(models.project("late", job=[_job(), _job(schedule="0 4 * * *")]))
    assert refusal.value.code == "E1149"


def _job(**more: str) -> dict[str, str]:
    return {"name": "nightly", "schedule": "0 3 * * *", "environment": "prod", "input": "a", "output": "b", **more}


@pytest.mark.parametrize(
    ("cause", "tries", "step"),
    [
        (Cause.INFRASTRUCTURE, 1, Step.RETRY),
        (Cause.CREDENTIALS, 2, Step.RETRY),
        (Cause.INFRASTRUCTURE, 3, Step.FAIL),
        (Cause.DATA, 1, Step.FAIL),
        (Cause.CODE, 1, Step.FAIL),
    ],
)
def test_only_what_may_pass_is_tried_again(cause: Cause, tries: int, step: Step) -> None:
    run = Run(id="J-1", model="late", job="nightly", due_at=1, tries=tries)
    assert after_failure(run, Failure(cause=cause, why="so")) is step
