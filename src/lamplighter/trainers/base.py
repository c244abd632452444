"""The promise of a trainer: start a job, and say later how it went. A job outlives whoever started it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from lamplighter.domain.job import Cause
from lamplighter.domain.record import Record


class Job(Record, frozen=True):
    """What is to run: from the configuration of the platform, never from a caller."""

    #: Program and arguments; no shell reads them.
    command: tuple[str, ...]
    #: Folder it runs in.
    folder: str
    #: Longest time it may take, seconds.
    seconds: float = 3600.0
    #: Address of the cluster that it runs on; empty for trainers on this machine.
    cluster: str = ""


class Running(Record, frozen=True):
    """It has not ended."""


class Finished(Record, frozen=True):
    """It registered this version."""

    number: int


class Failed(Record, frozen=True):
    """It ended without a version."""

    why: str
    #: What it failed by, as far as the trainer can tell.
    cause: Cause = Cause.CODE
    #: Whether another try may help; nothing of this one runs any more.
    passing: bool = False


Outcome = Running | Finished | Failed


class Trainer(Protocol):
    """What the module of a trainer offers."""

    def start(self, job: Job, place: Path, environ: Mapping[str, str]) -> str:
        """Begin the job with its own folder for output, and these variables; gives its name. Idempotent for a place."""
        ...

    def outcome(self, name: str, place: Path) -> Outcome:
        """How the job stands."""
        ...
