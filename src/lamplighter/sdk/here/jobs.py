"""Tables that are scored on a schedule."""

from lamplighter.domain.job import KeptRun, Run
from lamplighter.domain.names import unknown
from lamplighter.lifecycle import jobs
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import jobs as verbs


class Jobs(Caller, verbs.Jobs):
    """Tables that are scored on a schedule."""

    def run_job(self, model: str, name: str) -> Run:
        return jobs.ask(self._kit, self._actor, model, name)

    def job_runs(self, model: str) -> list[Run]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return look.job_runs.all(newest="due_at", model=model)

    def job_run(self, key: str) -> Run:
        with self._kit.store.reading() as look:
            run = look.job_runs.find(id=key)
            if run is None:
                raise unknown("run", key, (found.id for found in look.job_runs.all(newest="due_at", limit=1000)))
            return run

    def kept_run(self, key: str) -> KeptRun:
        return jobs.kept(self._kit, key)

    def kept_rows(self, key: str) -> bytes:
        return jobs.kept_rows(self._kit, key)

    def rerun(self, key: str, table: str = "") -> Run:
        return jobs.rerun(self._kit, self._actor, key, table)
