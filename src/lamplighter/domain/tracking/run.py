"""A run of an experiment: one try, with what went in and what came out."""

from collections.abc import Mapping
from enum import StrEnum

from lamplighter.domain.record import Record
from lamplighter.domain.tracking.experiment import Stage


class RunStatus(StrEnum):
    """How far a run is, as its client says."""

    #: It goes on.
    RUNNING = "RUNNING"
    #: It has a place in a queue.
    SCHEDULED = "SCHEDULED"
    #: It ended as it should.
    FINISHED = "FINISHED"
    #: It ended with an error.
    FAILED = "FAILED"
    #: Somebody ended it.
    KILLED = "KILLED"


class DataSet(Record, frozen=True):
    """Data that a run read, as its client describes it."""

    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""
    #: What it was used for, such as `mlflow.data.context`: `training`.
    tags: Mapping[str, str] = {}


class Output(Record, frozen=True):
    """A logged model that a run made."""

    model: str
    step: int = 0


class Run(Record, frozen=True):
    """One run. Its parameters, tags and metrics stand beside it."""

    #: 32 hexadecimal digits.
    id: str
    #: The experiment it belongs to.
    experiment: str
    name: str
    #: Who holds the token that made it, whatever name the client gives.
    user: str
    status: RunStatus
    stage: Stage
    #: Milliseconds; 0 for a run that has not ended.
    started_at: int
    ended_at: int = 0
    #: Data it read, and logged models that it read and made.
    data: tuple[DataSet, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()


class Metric(Record, frozen=True):
    """A value at a step. No number at all (NaN) is a value, too."""

    key: str
    value: float
    #: When it was measured, milliseconds.
    at: int
    step: int = 0


class Tracked(Record, frozen=True):
    """A run with what stands beside it."""

    run: Run
    params: Mapping[str, str]
    tags: Mapping[str, str]
    #: The newest value of each metric.
    metrics: tuple[Metric, ...]
