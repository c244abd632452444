"""Runs of the tables that are scored on a schedule."""

from typing import Any

from lamplighter.domain.job import Run, State
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class JobRuns(Collection[Run]):
    """Every run; one for each due instant of a job."""

    table = schema.job_runs
    kind = Run

    def columns(self, record: Run) -> dict[str, Any]:
        """Whether it is open follows from its state."""
        return {**super().columns(record), "open": record.state in {State.WAITING, State.RUNNING}}
