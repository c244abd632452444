"""A table that is scored on a schedule: what a project declares, and each run. Moves are a table.

Law of change: fields may be added with a default.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

import msgspec

from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.record import Record, Settings
from lamplighter.domain.schedule import read_schedule

#: In front of the name of a job where it is a caller.
HOLDER = "job:"
#: Tries of one run, the first among them.
TRIES = 3


class Job(Settings, frozen=True):
    """A table that is scored again and again."""

    #: Unique within the project.
    name: str
    #: When it is due: the five fields of cron or a name such as @daily, in UTC or in the zone that TZ= in front names.
    schedule: str
    #: Environment whose live version answers.
    environment: str
    #: Table to score, by its name in the configuration of the platform.
    input: str
    #: Table that takes the scores, by its name there.
    output: str
    #: Rows of one request.
    rows: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 5_000


class State(StrEnum):
    """Where a run stands."""

    #: Due, and not begun; or to be tried again.
    WAITING = "waiting"
    #: A process scores its table.
    RUNNING = "running"
    #: The whole output is in its place.
    FINISHED = "finished"
    #: It ended without an output.
    FAILED = "failed"
    #: It was due before the platform knew of the job, and is never begun.
    SKIPPED = "skipped"


class Step(StrEnum):
    """What happens to a run."""

    START = "start"
    RETRY = "retry"
    FINISH = "finish"
    FAIL = "fail"


#: The whole machine. A pair that is not here is a move that does not exist.
MOVES: Mapping[tuple[State, Step], State] = {
    (State.WAITING, Step.START): State.RUNNING,
    (State.WAITING, Step.FAIL): State.FAILED,
    (State.RUNNING, Step.FINISH): State.FINISHED,
    (State.RUNNING, Step.RETRY): State.WAITING,
    (State.RUNNING, Step.FAIL): State.FAILED,
}


class Cause(StrEnum):
    """Why a run ended without its output."""

    #: Rows or columns do not fit, or the table cannot be read.
    DATA = "data"
    #: No answer from serving, a disk that refuses, or a process that was ended from outside.
    INFRASTRUCTURE = "infrastructure"
    #: The token of the run was refused.
    CREDENTIALS = "credentials"
    #: Everything else.
    CODE = "code"

    @property
    def passing(self) -> bool:
        """Whether another try may help."""
        return self in {Cause.INFRASTRUCTURE, Cause.CREDENTIALS}


class Failure(Record, frozen=True):
    """What ended a try."""

    cause: Cause
    why: str
    #: Code of the refusal, empty where there was none.
    code: str = ""
    #: Rows from the start of the input that had their scores.
    rows: int = 0
    #: SHA-256 of the input as it was; empty where it could not be read.
    digest: str = ""
    #: Rows from there on that are kept with the run, the one that does not fit among them.
    kept: int = 0


class KeptRun(Record, frozen=True):
    """What is kept of a run that failed, beside its rows."""

    run: str
    model: str
    job: str
    environment: str
    #: The version that answered, such as `late-flights@7`; empty if it never began.
    version: str
    #: Table that it scored, by its name in the configuration.
    input: str
    #: Rows of one request.
    rows: int
    failure: Failure
    #: The end of what the last try wrote.
    log: str


class Run(Record, frozen=True):
    """One run of a job."""

    #: Such as `J-7`.
    id: str
    model: str
    #: Name of the job.
    job: str
    #: The instant of the schedule, or when somebody asked; microseconds since the epoch, UTC.
    due_at: int
    #: By which it was due; empty if somebody asked for it.
    schedule: str = ""
    state: State = State.WAITING
    #: The version that answers every row, such as `late-flights@7`; empty until the run has begun.
    version: str = ""
    #: How often it was begun.
    tries: int = 0
    #: Digest of the token of the try that runs.
    credential: str = ""
    #: Rows of the output.
    rows: int = 0
    #: What ended the last try that failed.
    failure: Failure | None = None
    #: The failed run that it repeats; empty for none.
    fixes: str = ""
    #: Table that it scores in place of the job's, by its name in the configuration; empty for the job's.
    input: str = ""
    #: Microseconds since the epoch, UTC.
    moved_at: int = 0
    revision: int = 0


def advance(run: Run, step: Step, *, now: int, **changes: object) -> Run:
    """The run after the step; raises `Conflict` for a move that does not exist."""
    state = MOVES.get((run.state, step))
    if state is None:
        raise Conflict(
            f"Run {run.id} cannot do that.",
            why=f"It is {run.state}, and from there nothing follows on {step}.",
            fix=f"Look at it with lamp jobs show {run.id}.",
            code="E1534",
        )
    return msgspec.structs.replace(run, **{**changes, "state": state, "moved_at": now, "revision": run.revision + 1})


def after_failure(run: Run, failure: Failure) -> Step:
    """Another try where that may help and some are left; otherwise the end."""
    return Step.RETRY if failure.cause.passing and run.tries < TRIES else Step.FAIL


def due_now(schedule: str, last: Run | None, now: int) -> int:
    """The instant for which a run is due; 0 if none is. `last` is the newest run by a schedule of the job, of whatever time."""
    due = read_schedule(schedule).last(now)
    return 0 if last is not None and due <= _served(schedule, last) else due


def _served(schedule: str, run: Run) -> int:
    """The newest instant of a schedule that a run stands for. By its own schedule that is its instant. By another it is the
    next one where that comes before half a period is over, by the shorter of the two, and else the last one."""
    current = read_schedule(schedule)
    before, after = current.last(run.due_at), current.next(run.due_at)
    period = min(after - before, read_schedule(run.schedule or schedule).next(run.due_at) - run.due_at)
    return after if after - run.due_at < period // 2 else before


def check_job_names(jobs: Sequence[Job]) -> None:
    """Raise `Invalid` if two have the same name."""
    if len({job.name for job in jobs}) != len(jobs):
        raise Invalid("Two jobs have the same name.", why="Runs are kept by it.", fix="Rename one of them.", code="E1149")
