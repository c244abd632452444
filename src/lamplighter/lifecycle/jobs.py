"""Tables that are scored on a schedule: which runs are due, which are asked for, and what is kept of those that failed."""

from lamplighter.domain import job as moves
from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.events.run import JobRunMoved
from lamplighter.domain.identity import Actor
from lamplighter.domain.job import Job, KeptRun, Run, State
from lamplighter.domain.names import unknown
from lamplighter.lifecycle import retirement
from lamplighter.lifecycle.job_tables import declared, table
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.run_folders import log_of, rows_of
from lamplighter.store.transaction import Transaction

#: Newest runs of a job among which its last scheduled one is looked for.
_LOOKED = 50


def schedule(kit: Kit) -> None:
    """Write down what is due. Of times that were missed only the newest is run, and none while an earlier run is open."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        gone = retirement.finished(look)
        known = [(project.name, job) for project in look.projects.all() if project.name not in gone for job in project.job]
    unread: list[Invalid] = []
    for model, job in known:
        try:
            _schedule(kit, model, job, now)
        except Invalid as error:
            # A zone that this machine does not know any more keeps no other job back.
            unread.append(error)
    if unread:
        raise unread[0]


def _schedule(kit: Kit, model: str, job: Job, now: int) -> None:
    with kit.store.transaction() as change:
        newest = change.job_runs.all(newest="due_at", limit=_LOOKED, model=model, job=job.name)
        # What somebody asked for runs beside the schedule, and takes the place of no run of it.
        last = next((run for run in newest if run.schedule), None)
        due = moves.due_now(job.schedule, last, now)
        if due and not any(run.state in (State.WAITING, State.RUNNING) for run in newest):
            _add(kit, change, model, job, due, State.WAITING if last else State.SKIPPED, job.schedule)


def _add(kit: Kit, change: Transaction, model: str, job: Job, due: int, state: State, schedule: str = "") -> Run | None:
    """Keep a new run, unless another control plane was faster."""
    run = Run(
        id=change.counters.id("J"), model=model, job=job.name, due_at=due, schedule=schedule, state=state,
        moved_at=kit.clock.now(),
    )  # fmt: skip
    try:
        change.job_runs.add(run)
    except Conflict:
        return None
    return run


def ask(kit: Kit, actor: Actor, model: str, name: str) -> Run:
    """Run a job now, beside its schedule; raises `NotFound`, and `Conflict` while it runs."""
    with kit.store.transaction() as change:
        job = declared(change, model, name)
        _check_idle(change, model, name)
        run = _add(kit, change, model, job, kit.clock.now(), State.WAITING)
        if run is None:
            raise _busy(model, name)
        kit.record(change, JobRunMoved(model=model, run=run.id, job=name, state=run.state), actor)
    return run


def _check_idle(look: Transaction, model: str, name: str) -> None:
    if look.job_runs.find(model=model, job=name, open=True) is not None:
        raise _busy(model, name)


def _busy(model: str, name: str) -> Conflict:
    return Conflict(
        f"{name} of {model} runs already.",
        why="Two runs would write the same table.",
        fix=f"Wait for it; look with lamp jobs list {model}.",
        code="E1535",
    )


def rerun(kit: Kit, actor: Actor, key: str, name: str) -> Run:
    """Repeat a failed run, on another table of the configuration if one is named; the live version answers.

    Raises `NotFound`, and `Conflict` for a run that has not failed or while one of its job is open.
    """
    with kit.store.transaction() as change:
        failed = _failed(change, key)
        job = declared(change, failed.model, failed.job)
        name = name or failed.input or job.input
        table(kit, name)
        _check_idle(change, failed.model, failed.job)
        run = Run(
            id=change.counters.id("J"), model=failed.model, job=failed.job, due_at=kit.clock.now(), moved_at=kit.clock.now(),
            fixes=failed.id, input=name if name != job.input else "",
        )  # fmt: skip
        change.job_runs.add(run)
        kit.record(change, JobRunMoved(model=run.model, run=run.id, job=run.job, state=run.state), actor)
    return run


def _failed(look: Transaction, key: str) -> Run:
    run = look.job_runs.find(id=key)
    if run is None:
        raise unknown("run", key, (found.id for found in look.job_runs.all(newest="due_at", limit=1000)))
    if run.state is not State.FAILED or run.failure is None:
        raise Conflict(
            f"{run.id} has not failed.",
            why=f"It is {run.state}; only of a failed run anything is kept.",
            fix=f"Look at it with lamp jobs show {run.id}.",
            code="E1564",
        )
    return run


def kept(kit: Kit, key: str) -> KeptRun:
    """What is kept of a failed run; raises `NotFound` and `Conflict`."""
    with kit.store.reading() as look:
        run = _failed(look, key)
        job = declared(look, run.model, run.job)
    assert run.failure is not None
    return KeptRun(
        run=run.id, model=run.model, job=run.job, environment=job.environment, version=run.version,
        input=run.input or job.input, rows=job.rows, failure=run.failure, log=log_of(kit, run),
    )  # fmt: skip


def kept_rows(kit: Kit, key: str) -> bytes:
    """The rows that are kept of a failed run, as an Arrow stream; nothing where none are. Raises `NotFound` and `Conflict`."""
    with kit.store.reading() as look:
        run = _failed(look, key)
    return rows_of(kit, run)
