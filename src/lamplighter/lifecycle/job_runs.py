"""Runs of scheduled jobs: how they are begun, and how they went.

The process of a run is given the version, two files and a token that only asks for predictions; it scores as `lamp score` does.
"""

from lamplighter.domain import job as moves
from lamplighter.domain.errors import Conflict, LampError
from lamplighter.domain.events.run import JobRunMoved
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.job import Cause, Failure, Job, Run, State, Step
from lamplighter.domain.job_order import Order
from lamplighter.domain.record import canonical, digest_of
from lamplighter.lifecycle import elsewhere, routing, tokens
from lamplighter.lifecycle.job_tables import declared, table
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.run_folders import FAILURE, KEPT_ROWS, failure_in, place_of
from lamplighter.store.transaction import Transaction
from lamplighter.trainers import command
from lamplighter.trainers.base import Failed, Finished
from lamplighter.trainers.base import Job as Command

#: Longest time of one try, seconds; its token lives no longer.
_SECONDS = 3600.0
#: Time between the move and the process, within which another control plane does not take the try for lost, microseconds.
_GRACE = 10_000_000
_RUNNER = ("python", "-m", "lamplighter.sdk.scheduled")
_ORDER = "order.json"


def advance(kit: Kit, run: Run) -> None:
    """Begin a run that waits, or see how the one that was begun went."""
    if run.state is State.WAITING:
        _start(kit, run)
        return
    place = place_of(kit, run)
    outcome = command.outcome(run.id, place)
    if isinstance(outcome, Finished):
        _end(kit, run, Step.FINISH, rows=outcome.number)
    elif isinstance(outcome, Failed) and (place.exists() or kit.clock.now() > run.moved_at + _GRACE):
        failure = failure_in(place, outcome.why)
        _end(kit, run, moves.after_failure(run, failure), failure=failure)


def end(kit: Kit, run: Run, why: str) -> None:
    """End a run that nobody waits for any more; its token is worth nothing from then on."""
    _end(kit, run, Step.FAIL, failure=Failure(cause=Cause.CODE, why=why))


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
    place = place_of(kit, begun)
    (place.parent / _ORDER).write_bytes(canonical(order))
    task = Command(command=(*_RUNNER, str(place.parent / _ORDER)), folder=str(place.parent), seconds=_SECONDS)
    command.start(
        task,
        place,
        {
            "LAMP_TOKEN": secret,
            "LAMPFAILURE": str(place / FAILURE),
            "LAMP_KEPT": str(place / KEPT_ROWS),
        },
    )


def _ordered(kit: Kit, run: Run) -> tuple[Job, Order]:
    """What the process is told; the version of the first try answers in every later one."""
    with kit.store.reading() as look:
        job = declared(look, run.model, run.job)
        environment = look.environment(job.environment)
        elsewhere.check_served(look, run.model)
        number = int(run.version.rpartition("@")[2]) if run.version else _live(look, run, job)
        version = look.versions.find(model=run.model, number=number)
    assert version is not None
    place_of(kit, run).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return job, Order(
        version=version, address=environment.address, source=table(kit, run.input or job.input), target=table(kit, job.output),
        run=run.id, rows=job.rows,
    )  # fmt: skip


def _live(look: Transaction, run: Run, job: Job) -> int:
    champion = look.routings.of(run.model, job.environment).champion
    if champion is None:
        raise Conflict(
            f"No version of {run.model} is live in {job.environment}.",
            why="A job is answered by the live version.",
            fix=f"Deploy one, then lamp jobs run {run.model} {run.job}.",
            code="E1536",
        )
    return champion.number


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
