"""Runs of jobs and trainings that failed for good: what is told of them, and to whom.

Code, infrastructure and credentials are for whoever has the technical duty. Data is for the owner of the source that the bad
column comes from, where the project names one, and otherwise for whoever knows the model.
"""

import re

from lamplighter.domain.job import Cause, Failure, Run, State
from lamplighter.domain.monitor import JOB, TRAINING, Finding, Kind, Look
from lamplighter.domain.project import Project
from lamplighter.domain.retraining import Retraining
from lamplighter.lifecycle.mainstay import mainstay
from lamplighter.store.transaction import Transaction

_WORD = re.compile(r"[A-Za-z0-9_]+")
_CAUSES = {
    Cause.DATA: "its data",
    Cause.INFRASTRUCTURE: "the machines",
    Cause.CREDENTIALS: "its credentials",
    Cause.CODE: "its code",
}


def of_run(look: Transaction, run: Run) -> Look | None:
    """What a run that ended says of its job; nothing for one whose job is not declared any more."""
    project = look.project(run.model)
    declared = next((job for job in project.job if job.name == run.job), None)
    if declared is None:
        return None
    measure = f"{JOB}{run.job}"
    if run.failure is None or run.state is State.FINISHED:
        calm = f"{run.id} scored {run.rows:,} rows."
        return Look(model=run.model, environment=declared.environment, measure=measure, calm=calm)
    champion = look.routings.of(run.model, declared.environment).champion
    source, column = _source(project, run.failure)
    finding = Finding(
        model=run.model,
        environment=declared.environment,
        number=int(run.version.rpartition("@")[2]) if run.version else champion.number if champion else 0,
        kind=_kind(run.failure.cause, source),
        measure=measure,
        value=float(run.failure.rows),
        limit=0.0,
        sentence=_sentence(run, run.failure),
        start=run.due_at,
        end=run.moved_at,
        after_rows=0,
        column=column,
        source=source,
        run=run.id,
    )
    return Look(model=run.model, environment=declared.environment, measure=measure, source=source, finding=finding)


def _sentence(run: Run, failure: Failure) -> str:
    tries = f" after {run.tries} tries" if run.tries > 1 else ""
    kept = f"; {failure.kept:,} rows are kept" if failure.kept else ""
    why = failure.why.rstrip(".")
    return f"{run.id} of the job {run.job} failed{tries} by {_CAUSES[failure.cause]}: {why}{kept}."


def _kind(cause: Cause, source: str) -> Kind:
    if cause is not Cause.DATA:
        return Kind.TECHNICAL
    return Kind.FEED if source else Kind.FUNCTIONAL


def _source(project: Project, failure: Failure) -> tuple[str, str]:
    """The source and the column that a failure by data names, if the project knows them."""
    if failure.cause is not Cause.DATA:
        return "", ""
    named = set(_WORD.findall(failure.why))
    found = ((source.name, column) for source in project.source for column in source.columns if column in named)
    return next(found, ("", ""))


def of_training(look: Transaction, asked: Retraining) -> Look | None:
    """What a training that ended says; nothing for a model that is live nowhere."""
    place = mainstay(look, asked.model)
    if place is None or place.champion is None:
        return None
    if asked.number:
        calm = f"{asked.id} registered v{asked.number}."
        return Look(model=asked.model, environment=place.environment, measure=TRAINING, calm=calm)
    cause = Cause(asked.failed_by) if asked.failed_by else Cause.CODE
    finding = Finding(
        model=asked.model,
        environment=place.environment,
        number=place.champion.number,
        kind=_kind(cause, ""),
        measure=TRAINING,
        value=1.0,
        limit=0.0,
        sentence=f"The training {asked.id} failed by {_CAUSES[cause]}: {asked.why.rstrip('.')}.",
        start=asked.requested_at,
        end=asked.moved_at,
        after_rows=0,
        run=asked.id,
    )
    return Look(model=asked.model, environment=place.environment, measure=TRAINING, finding=finding)
