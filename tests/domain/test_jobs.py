"""When a scheduled job is due, which schedules there are, and what another try may help against."""

from datetime import UTC, datetime

import pytest
from tests.sdk import models

from lamplighter.domain.errors import Invalid
from lamplighter.domain.job import Cause, Failure, Run, Step, after_failure, due_now
from lamplighter.domain.project_file import check_project
from lamplighter.domain.schedule import read_schedule


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
    assert read_schedule("0 3 * * *").last(_at(now)) == _at(due)


def _runs(before: str, after: str, changed: str, hours: int = 60) -> list[str]:
    """When a job ran whose schedule was changed at a time of the third of March, looked at every half hour."""
    run = Run(
        id="J-1", model="late", job="nightly", due_at=read_schedule(before).last(_at("2026-03-02T04:00:00")), schedule=before
    )
    found = [run.due_at]
    for now in range(_at("2026-03-02T04:00:00"), _at("2026-03-02T04:00:00") + hours * 3_600_000_000, 1_800_000_000):
        schedule = before if now < _at(f"2026-03-03T{changed}") else after
        due = due_now(schedule, run, now)
        if due:
            run = Run(id="J-2", model="late", job="nightly", due_at=due, schedule=schedule)
            found.append(now)
    return [f"{datetime.fromtimestamp(at // 1_000_000, UTC):%d %H:%M}" for at in found]


@pytest.mark.parametrize(
    ("before", "after", "changed", "runs"),
    [
        # Later: the night that has run does not run again, and neither does the one before.
        ("0 3 * * *", "0 5 * * *", "02:00:00", ["02 03:00", "03 05:00", "04 05:00"]),
        ("0 3 * * *", "0 5 * * *", "04:00:00", ["02 03:00", "03 03:00", "04 05:00"]),
        # Earlier: the night whose time is over by now is not left out.
        ("0 3 * * *", "0 1 * * *", "00:30:00", ["02 03:00", "03 01:00", "04 01:00"]),
        ("0 3 * * *", "0 1 * * *", "02:00:00", ["02 03:00", "03 02:00", "04 01:00"]),
        ("0 3 * * *", "0 1 * * *", "04:00:00", ["02 03:00", "03 03:00", "04 01:00"]),
        # Rarer: what ran a moment before is no run of the night.
        (
            "0 */6 * * *",
            "0 3 * * *",
            "02:00:00",
            ["02 00:00", "02 06:00", "02 12:00", "02 18:00", "03 00:00", "03 03:00", "04 03:00"],
        ),
        # Half a day apart nothing stands for the other.
        ("0 3 * * *", "0 15 * * *", "04:00:00", ["02 03:00", "03 03:00", "03 15:00", "04 15:00"]),
    ],
)
def test_a_changed_schedule_leaves_no_period_out_and_runs_none_twice(
    before: str, after: str, changed: str, runs: list[str]
) -> None:
    assert _runs(before, after, changed) == runs


def test_a_schedule_that_stays_runs_each_instant_once() -> None:
    assert _runs("0 */6 * * *", "0 */6 * * *", "02:00:00", 25) == [
        "02 00:00", "02 06:00", "02 12:00", "02 18:00", "03 00:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "schedule",
    [
        "0 0 31 2 *",
        "nightly",
        "",
        "61 * * * *",
        "0 0 30 2 *",
        "@reboot",
        "*/5 * * * * *",
        "TZ= 0 3 * * *",
        "TZ=Nowhere 0 3 * * *",
        "TZ=../etc 0 3 * * *",
    ],
)
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
