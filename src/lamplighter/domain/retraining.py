"""A training that the platform runs. Moves are a table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from lamplighter.domain.errors import Conflict
from lamplighter.domain.record import Record
from lamplighter.domain.training_input import TrainingInput


class State(StrEnum):
    """Where a training stands."""

    #: Asked for, not yet begun.
    REQUESTED = "requested"
    #: A trainer runs it.
    RUNNING = "running"
    #: It registered a version.
    FINISHED = "finished"
    #: It ended without a version.
    FAILED = "failed"
    #: A trigger wants it, and the budget or a quarantine forbids it.
    REFUSED = "refused"


class Step(StrEnum):
    """What happens to a training."""

    START = "start"
    #: Another try may help.
    RETRY = "retry"
    FINISH = "finish"
    FAIL = "fail"
    #: What forbade it is over.
    ALLOW = "allow"


#: The whole machine. A pair that is not here is a move that does not exist.
MOVES: Mapping[tuple[State, Step], State] = {
    (State.REQUESTED, Step.START): State.RUNNING,
    (State.REQUESTED, Step.FAIL): State.FAILED,
    (State.RUNNING, Step.RETRY): State.REQUESTED,
    (State.RUNNING, Step.FINISH): State.FINISHED,
    (State.RUNNING, Step.FAIL): State.FAILED,
    (State.REFUSED, Step.ALLOW): State.REQUESTED,
}


class Retraining(Record, frozen=True):
    """One training."""

    #: Such as `T-7`.
    id: str
    model: str
    #: What set it off: an incident such as `I-31`, an instant of a schedule, or a person.
    cause: str
    #: The person under whose name the version is registered.
    author: str
    state: State = State.REQUESTED
    #: Name of the job at the trainer, empty until it runs.
    job: str = ""
    #: The version it registered; 0 until then.
    number: int = 0
    #: Microseconds since the epoch, UTC.
    requested_at: int = 0
    moved_at: int = 0
    why: str = ""
    revision: int = 0
    #: What a training that failed failed by, as a cause of `domain/job.py`; empty for one that did not.
    failed_by: str = ""
    #: How often it was begun.
    tries: int = 0
    #: The trigger that set it off, such as `schedule`; empty if somebody asked for it.
    trigger: str = ""
    #: The rows that it is given.
    given: TrainingInput = TrainingInput()

    @property
    def is_open(self) -> bool:
        """Whether it runs or is about to."""
        return self.state in (State.REQUESTED, State.RUNNING)

    @property
    def fired(self) -> str:
        """What it is there for: a trigger and its cause have one training between them."""
        return f"{self.trigger} {self.cause}" if self.trigger else self.id


def advance(retraining: Retraining, step: Step, *, now: int, **changes: Any) -> Retraining:
    """The training after the step, with the fields that are given and not empty; raises `Conflict` for a move that does not
    exist."""
    state = MOVES.get((retraining.state, step))
    if state is None:
        raise Conflict(
            f"Training {retraining.id} cannot do that.",
            why=f"It is {retraining.state}, and from there nothing follows on {step}.",
            fix="Look at it with lamp status.",
            code="E1530",
        )
    given = {name: value for name, value in changes.items() if value}
    return msgspec.structs.replace(
        retraining, **{**given, "state": state, "moved_at": now, "revision": retraining.revision + 1}
    )
