"""Tables that are scored on a schedule."""

from typing import Protocol

from lamplighter.domain.identity import Permission
from lamplighter.domain.job import KeptRun, Run
from lamplighter.sdk.door import door


class Jobs(Protocol):
    """Tables that are scored on a schedule."""

    @door("POST", "/models/{model}/jobs/{name}/runs", Permission.RETRAIN)
    def run_job(self, model: str, name: str) -> Run:
        """Score the table of a scheduled job now, beside its schedule."""
        ...

    @door("GET", "/models/{model}/job-runs", Permission.READ)
    def job_runs(self, model: str) -> list[Run]:
        """Runs of the scheduled jobs of a model, newest first."""
        ...

    @door("GET", "/job-runs/{key}", Permission.READ)
    def job_run(self, key: str) -> Run:
        """One run of a scheduled job."""
        ...

    @door("GET", "/job-runs/{key}/kept", Permission.RETRAIN)
    def kept_run(self, key: str) -> KeptRun:
        """What is kept of a run that failed: what ended it, what it was told and the end of its log."""
        ...

    @door("GET", "/job-runs/{key}/rows", Permission.ROWS)
    def kept_rows(self, key: str) -> bytes:
        """The rows that a run failed on, as an Arrow stream; nothing where none are kept."""
        ...

    @door("POST", "/job-runs/{key}/reruns", Permission.RETRAIN)
    def rerun(self, key: str, table: str = "") -> Run:
        """Repeat a run that failed, on another table of the configuration if one is named; gives the new run."""
        ...
