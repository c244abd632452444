"""Tables that are scored on a schedule, on real processes: when, by whom, and what becomes of a run that ends too soon."""

import hashlib
import io
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from arro3.core import Array, DataType, Table
from arro3.io import read_ipc_stream
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_incidents import react
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.errors import Conflict, NotFound
from lamplighter.domain.events.run import JobRunMoved
from lamplighter.domain.incident import State as Incident
from lamplighter.domain.job import Cause, Run, State
from lamplighter.domain.monitor import Finding, Kind, Severity
from lamplighter.domain.version import Version
from lamplighter.lifecycle import jobs, routing, tokens
from lamplighter.sdk import table_stream
from lamplighter.sdk.model import Endpoint, live_in
from lamplighter.sdk.release import release

MODEL, ROWS, DAY = "night-trains", 3_000, 86_400.0
_DECLARED = {"schedule": "0 3 * * *", "environment": "prod", "rows": 20, "output": "scored"}
SOURCE = {"name": "timetable", "owner": address("milo"), "columns": ["delay", "load"]}
NAMES = {"nightly": "trains", "crooked": "bent", "lost": "nowhere"}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    columns, _ = models.columns(ROWS)
    _write(folder / "trains.parquet", {"train": list(range(ROWS)), **columns})
    first = next(name for name, values in columns.items() if isinstance(values[0], float))
    bent = {**columns, first: [*columns[first][:130], float("inf"), *columns[first][131:]]}
    _write(folder / "bent.parquet", bent)
    return folder


def _write(path: Path, columns: dict[str, list[Any]]) -> None:
    kinds = {int: DataType.int64(), float: DataType.float64(), str: DataType.string()}
    arrays: dict[str, Any] = {name: Array(values, kinds[type(values[0])]) for name, values in columns.items()}
    table_stream.FORMS[path.suffix][1](Table.from_pydict(arrays), str(path))


def _read(path: Path) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for batch in table_stream.batches(path, 1_000):
        for name in batch.schema.names:
            columns.setdefault(name, []).extend(batch.column(name).to_pylist())
    return columns


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> Iterator[Life]:
    more = "[tables]\n" + "".join(f'{name} = "{tables}/{name}.parquet"\n' for name in ("trains", "bent", "scored", "nowhere"))
    with lived(tmp_path_factory.mktemp("life") / "home", more) as life:
        yield life


@pytest.fixture(scope="module")
def version(life: Life) -> Version:
    declared = [{"name": name, "input": table, **_DECLARED} for name, table in NAMES.items()]
    found = release(life["dana"], models.project(MODEL, job=declared, source=[SOURCE]), models.build())
    life.live(found)
    # A table that is in the configuration no more.
    left = {name: file for name, file in life.settings.tables.items() if name != "nowhere"}
    life.settings = msgspec.structs.replace(life.settings, tables=left)
    life.restart()
    return found


def _runs(life: Life, job: str) -> list[Run]:
    with life.kit.store.reading() as look:
        return look.job_runs.all(newest="due_at", model=MODEL, job=job)


def _ended(life: Life, job: str) -> Run:
    life.look_until(lambda: _runs(life, job)[0].state in (State.FINISHED, State.FAILED))
    return _runs(life, job)[0]


def _asked(life: Life, job: str) -> Run:
    return jobs.ask(life.kit, life.actor("milo"), MODEL, job)


def test_what_was_missed_is_run_once_with_the_scores_of_online(life: Life, version: Version, tables: Path) -> None:
    jobs.schedule(life.kit)
    assert [run.state for run in _runs(life, "nightly")] == [State.SKIPPED]
    life.clock.forward(3 * DAY)
    for _ in range(2):
        jobs.schedule(life.kit)
    life.restart()
    jobs.schedule(life.kit)
    assert [run.state for run in _runs(life, "nightly")] == [State.WAITING, State.SKIPPED]
    done = _ended(life, "nightly")
    assert (done.state, done.rows, done.version, done.tries, done.failure) == (State.FINISHED, ROWS, version.name, 1, None)
    moved = [event for event in life.events(JobRunMoved) if event.run == done.id]
    assert [(event.state, event.rows) for event in moved] == [("running", 0), ("finished", ROWS)]
    columns, _ = models.columns(ROWS)
    scored = _read(tables / "scored.parquet")
    secret = _token(life)
    endpoint = Endpoint(live_in(life["dana"], MODEL, "prod").address, MODEL, secret, timeout=30.0)
    try:
        online = endpoint.predict({name: values[:500] for name, values in columns.items()})
    finally:
        endpoint.close()
    assert scored["train"] == list(range(ROWS))
    assert scored[version.manifest.contract.output.name][:500] == list(online.scores)


def _token(life: Life) -> str:
    secret = tokens.issue_for_job(life.kit, "test", MODEL, "prod", 600.0).secret
    routing.apply(life.kit, "prod")
    time.sleep(1.0)
    return secret


def test_a_run_whose_process_is_killed_goes_on_where_it_stopped(life: Life, version: Version, tables: Path) -> None:
    asked = _asked(life, "nightly")
    with pytest.raises(Conflict) as refused:
        _asked(life, "nightly")
    assert refused.value.code == "E1535"
    folder = life.settings.folder / "jobs" / asked.id
    parts = tables / f"scored.{asked.id}.parquet.parts"
    life.look_until(lambda: len(list(parts.glob("*.arrow"))) >= 3)
    pid = msgspec.json.decode((folder / "try-1" / "started.json").read_bytes())["pid"]
    os.kill(pid, signal.SIGKILL)
    kept = len(list(parts.glob("[0-9]*.arrow")))
    assert 3 <= kept < ROWS // 20
    life.restart()
    done = _ended(life, "nightly")
    assert (done.state, done.tries, done.rows) == (State.FINISHED, 2, ROWS)
    assert done.failure is not None
    assert done.failure.cause is Cause.INFRASTRUCTURE
    log = (folder / "try-2" / "output.log").read_text().splitlines()
    assert log[-1] == f"{ROWS} rows, {kept} of {ROWS // 20} chunks from before"
    scored = _read(tables / "scored.parquet")
    assert scored["train"] == list(range(ROWS))
    assert len(set(scored["prediction_id"])) == ROWS


def test_a_row_that_does_not_fit_fails_as_data_and_its_place_is_named(life: Life, version: Version) -> None:
    _asked(life, "crooked")
    done = _ended(life, "crooked")
    assert (done.state, done.tries, done.credential) == (State.FAILED, 1, "")
    assert done.failure is not None
    assert done.failure.cause is Cause.DATA
    assert "130" in done.failure.why
    assert done.failure.rows == 120


def _told(life: Life, measure: str) -> Finding:
    react(life)
    with life.kit.store.reading() as look:
        (incident,) = look.incidents.all(model=MODEL, measure=measure, open=True)
    return incident.finding


def test_what_a_failed_run_stumbled_over_is_kept_and_the_owner_of_the_source_is_told(life: Life, version: Version) -> None:
    run = _runs(life, "crooked")[0]
    assert run.failure is not None
    assert (run.failure.digest, run.failure.kept) == (_digest(Path(life.kit.settings.tables["bent"])), 20)
    kept = life["milo"].kept_run(run.id)
    assert (kept.input, kept.version, kept.rows, kept.failure) == ("bent", version.name, 20, run.failure)
    rows = life["milo"].kept_rows(run.id)
    held = [batch.to_struct_array().to_pylist() for batch in read_ipc_stream(io.BytesIO(rows))]
    first = next(name for name, values in models.columns(ROWS)[0].items() if isinstance(values[0], float))
    assert [row[first] == float("inf") for part in held for row in part].index(True) == 10
    found = _told(life, "job-crooked")
    assert (found.kind, found.source, found.column, found.severity) == (Kind.FEED, "timetable", first, Severity.PAGE)
    # Of the runs that its schedule asked for before, the first began the incident.
    assert "; 20 rows are kept." in found.sentence


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_corrected_table_is_run_again_as_a_run_of_its_own(life: Life, version: Version) -> None:
    failed = _runs(life, "crooked")[0]
    with pytest.raises(NotFound):
        life["milo"].rerun(failed.id, "nowhere")
    again = life["milo"].rerun(failed.id, "trains")
    assert (again.fixes, again.input, again.state) == (failed.id, "trains", State.WAITING)
    with pytest.raises(Conflict) as refused:
        life["milo"].rerun(failed.id)
    assert refused.value.code == "E1535"
    done = _ended(life, "crooked")
    assert (done.id, done.state, done.rows) == (again.id, State.FINISHED, ROWS)
    react(life)
    with life.kit.store.reading() as look:
        (incident,) = look.incidents.all(model=MODEL, measure="job-crooked")
    assert incident.state is Incident.MITIGATED
    assert incident.notes[-1].endswith(f"Nobody feels it any more: {again.id} scored {ROWS:,} rows.")
    for verb in (life["milo"].rerun, life["milo"].kept_run, life["milo"].kept_rows):
        with pytest.raises(Conflict) as whole:
            verb(done.id)
        assert whole.value.code == "E1564"


def test_a_table_that_the_platform_does_not_know_any_more_fails(life: Life, version: Version) -> None:
    _asked(life, "lost")
    done = _ended(life, "lost")
    assert done.failure is not None
    assert done.failure.why.startswith("There is no table")
    found = _told(life, "job-lost")
    assert (found.kind, found.source) == (Kind.TECHNICAL, "")
    assert " of the job lost failed by its code: There is no table" in found.sentence
    with pytest.raises(NotFound):
        _asked(life, "nothing")
