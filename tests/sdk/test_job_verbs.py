"""A scheduled job that is asked for now, and what is told of its runs."""

from pathlib import Path

import pytest
from tests.sdk import models
from tests.sdk.grounds import Ground
from tests.sdk.homes import until

from lamplighter.domain.errors import NotFound
from lamplighter.domain.job import Cause, State
from lamplighter.sdk.release import release

MODEL = "scheduled-trains"


def test_a_job_is_run_now_and_its_runs_are_told(ground: Ground) -> None:
    job = {"name": "nightly", "schedule": "0 3 * * *", "environment": "dev", "input": "trains", "output": "scored"}
    version = release(ground["dana"], models.project(MODEL, job=[job]), models.build())
    ground.live(version, "dev")
    columns, _ = models.columns(40)
    lines = [f"{delay!r},{load!r}" for delay, load in zip(columns["delay"], columns["load"], strict=True)]
    home = Path(ground.settings.home)
    (home / "trains.csv").write_text("\n".join(["delay,load", *lines]) + "\n")
    asked = ground["dana"].run_job(MODEL, "nightly")
    until(lambda: ground["rita"].job_run(asked.id).state in (State.FINISHED, State.FAILED), 60.0)
    done = ground["rita"].job_run(asked.id)
    assert (done.state, done.rows, done.version, done.failure) == (State.FINISHED, 40, version.name, None)
    assert done in ground["rita"].job_runs(MODEL)
    assert len((home / "scored.csv").read_text().splitlines()) == 41
    (home / "trains.csv").write_text("load\n0.5\n")
    failed = ground["dana"].run_job(MODEL, "nightly")
    until(lambda: ground["rita"].job_run(failed.id).state is State.FAILED, 60.0)
    kept = ground["dana"].kept_run(failed.id)
    assert (kept.run, kept.input, kept.failure.cause) == (failed.id, "trains", Cause.DATA)
    assert ground["dana"].kept_rows(failed.id)
    (home / "trains.csv").write_text("\n".join(["delay,load", *lines]) + "\n")
    again = ground["dana"].rerun(failed.id)
    assert again.fixes == failed.id
    until(lambda: ground["rita"].job_run(again.id).state is State.FINISHED, 60.0)
    with pytest.raises(NotFound):
        ground["dana"].run_job(MODEL, "weekly")
    with pytest.raises(NotFound):
        ground["rita"].job_run("J-999")
