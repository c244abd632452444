"""Tables that are scored on a schedule: which runs are due, how they are begun, and how they went.

The process of a run is given the version, two files and a token that only asks for predictions; it scores as `lamp score` does.
"""

from pathlib import Path

import msgspec

from lamplighter.domain import job as moves
from lamplighter.domain.errors import Conflict, Invalid, LampError
from lamplighter.domain.events.run import JobRunMoved
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.job import Cause, Failure, Job, KeptRun, Run, State, Step
from lamplighter.domain.names import unknown
from lamplighter.domain.record import Record, canonical, digest_of
from lamplighter.domain.version import Version
from lamplighter.lifecycle import elsewhere, routing, tokens
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction
from lamplighter.trainers import command
from lamplighter.trainers.base import Failed, Finished
from lamplighter.trainers.base import Job as Command

#: Longest time of one try, seconds; its token lives no longer.
_SECONDS = 3600.0
#: Time between the move and the process, within which another control plane does not take the try for lost, microseconds.
_GRACE = 10_000_000
#: Newest runs of a job among which its last scheduled one is looked for.
_LOOKED = 50
_RUNNER = ("python", "-m", "lamplighter.sdk.scheduled")
_ORDER, _FAILURE, _RUNS, _LOG = "order.json", "failure.json", "jobs", "output.log"
#: File with the rows that a run failed on.
KEPT_ROWS = "rows.arrow"
#: Bytes of a log that are told.
_LONGEST_LOG = 100_000


class Order(Record, frozen=True):
    """What the process of a run is told."""

    version: Version
    #: Address of serving, such as `http://127.0.0.1:7083`.
    address: str
    #: File to score.
    source: str
    #: File that takes the scores.
    target: str
    #: In the name of the file beside the target that is not whole yet.
    run: str
    #: Rows of one request.
    rows: int


def schedule(kit: Kit) -> None:
    """Write down what is due. Of times that were missed only the newest is run, and none while an earlier run is open."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        declared = [(project.name, job) for project in look.projects.all() for job in project.job]
    unread: list[Invalid] = []
    for model, job in declared:
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
        job = _declared(change, model, name)
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


def rerun(kit: Kit, actor: Actor, key: str, table: str) -> Run:
    """Repeat a failed run, on another table of the configuration if one is named; the live version answers.

    Raises `NotFound`, and `Conflict` for a run that has not failed or while one of its job is open.
    """
    with kit.store.transaction() as change:
        failed = _failed(change, key)
        job = _declared(change, failed.model, failed.job)
        table = table or failed.input or job.input
        _file(kit, table)
        _check_idle(change, failed.model, failed.job)
        run = Run(
            id=change.counters.id("J"), model=failed.model, job=failed.job, due_at=kit.clock.now(), moved_at=kit.clock.now(),
            fixes=failed.id, input=table if table != job.input else "",
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
        job = _declared(look, run.model, run.job)
    assert run.failure is not None
    try:
        log = (_place(kit, run) / _LOG).read_bytes()[-_LONGEST_LOG:].decode(errors="replace")
    except OSError:
        log = ""
    return KeptRun(
        run=run.id, model=run.model, job=run.job, environment=job.environment, version=run.version,
        input=run.input or job.input, rows=job.rows, failure=run.failure, log=log,
    )  # fmt: skip


def kept_rows(kit: Kit, key: str) -> bytes:
    """The rows that are kept of a failed run, as an Arrow stream; nothing where none are. Raises `NotFound` and `Conflict`."""
    with kit.store.reading() as look:
        run = _failed(look, key)
    try:
        return (_place(kit, run) / KEPT_ROWS).read_bytes()
    except OSError:
        return b""


def _declared(look: Transaction, model: str, name: str) -> Job:
    jobs = {job.name: job for job in look.project(model).job}
    if name not in jobs:
        raise unknown("job", name, jobs)
    return jobs[name]


def advance(kit: Kit, run: Run) -> None:
    """Begin a run that waits, or see how the one that was begun went."""
    if run.state is State.WAITING:
        _start(kit, run)
        return
    place = _place(kit, run)
    outcome = command.outcome(run.id, place)
    if isinstance(outcome, Finished):
        _end(kit, run, Step.FINISH, rows=outcome.number)
    elif isinstance(outcome, Failed) and (place.exists() or kit.clock.now() > run.moved_at + _GRACE):
        failure = _failure(place, outcome.why)
        _end(kit, run, moves.after_failure(run, failure), failure=failure)


def _failure(place: Path, why: str) -> Failure:
    """What the process said of its end; one that said nothing was ended from outside."""
    try:
        return msgspec.json.decode((place / _FAILURE).read_bytes(), type=Failure)
    except (OSError, msgspec.MsgspecError):
        return Failure(cause=Cause.INFRASTRUCTURE, why=f"The process ended without a word. {why}")


def _start(kit: Kit, run: Run) -> None:
    """Move first, so that of two control planes one begins the process."""
    try:
        job, order = _ordered(kit, run)
    except LampError as error:
        failure = Failure(cause=Cause.CODE, why=f"{error.what} {error.why}", code=error.code)
        _end(kit, run, Step.FAIL, failure=failure)
        return
    secret = tokens.issue_for_job(kit, job.name, run.model, job.environment, _SECONDS).secret
    begun = _moved(kit, run, Step.START, version=order.version.name, tries=run.tries + 1, credential=digest_of(secret.encode()))
    routing.apply(kit, job.environment)
    place = _place(kit, begun)
    (place.parent / _ORDER).write_bytes(canonical(order))
    task = Command(command=(*_RUNNER, str(place.parent / _ORDER)), folder=str(place.parent), seconds=_SECONDS)
    command.start(
        task,
        place,
        {
            "LAMP_TOKEN": secret,
            "LAMP_FAILURE": str(place / _FAILURE),
            "LAMP_KEPT": str(place / KEPT_ROWS),
        },
    )


def _ordered(kit: Kit, run: Run) -> tuple[Job, Order]:
    """What the process is told; the version of the first try answers in every later one."""
    with kit.store.reading() as look:
        job = _declared(look, run.model, run.job)
        environment = look.environment(job.environment)
        elsewhere.check_served(look, run.model)
        number = int(run.version.rpartition("@")[2]) if run.version else 0
        if not number:
            champion = look.routings.of(run.model, job.environment).champion
            if champion is None:
                raise Conflict(
                    f"No version of {run.model} is live in {job.environment}.",
                    why="A job is answered by the live version.",
                    fix=f"Deploy one, then lamp jobs run {run.model} {run.job}.",
                    code="E1536",
                )
            number = champion.number
        version = look.versions.find(model=run.model, number=number)
    assert version is not None
    (kit.settings.folder / _RUNS / run.id).mkdir(parents=True, exist_ok=True, mode=0o700)
    return job, Order(
        version=version, address=environment.address, source=_file(kit, run.input or job.input), target=_file(kit, job.output),
        run=run.id, rows=job.rows,
    )  # fmt: skip


def _file(kit: Kit, name: str) -> str:
    if name not in kit.settings.tables:
        raise unknown("table", name, kit.settings.tables)
    return kit.settings.tables[name]


def _place(kit: Kit, run: Run) -> Path:
    """The folder of the try that runs, with its log."""
    return kit.settings.folder / _RUNS / run.id / f"try-{run.tries}"


def _end(kit: Kit, run: Run, step: Step, *, rows: int = 0, failure: Failure | None = None) -> None:
    if run.credential:
        tokens.revoke_of_job(kit, run.credential)
    _moved(kit, run, step, rows=rows, failure=failure or run.failure, credential="")
    if run.credential:
        routing.apply_everywhere(kit)


def _moved(kit: Kit, run: Run, step: Step, **changes: object) -> Run:
    after = moves.advance(run, step, now=kit.clock.now(), **changes)
    failed = after.failure if step in (Step.FAIL, Step.RETRY) else None
    with kit.store.transaction() as change:
        change.job_runs.replace(after, revision=run.revision)
        event = JobRunMoved(
            model=after.model, run=after.id, job=after.job, state=after.state, version=after.version, rows=after.rows,
            cause=failed.cause if failed else "", why=failed.why if failed else "",
        )  # fmt: skip
        kit.record(change, event, PLATFORM)
    return after
