"""MANAGEMENT: tables that are scored on a schedule."""

import time
from collections.abc import Mapping, Sequence

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import local
from lamplighter.cli.page import Page
from lamplighter.cli.places import model_of
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.errors import Invalid
from lamplighter.domain.job import Run, State
from lamplighter.domain.schedule import read_schedule

#: Times of a schedule that are told beforehand.
_COMING = 3


@click.group(cls=Noun)
def jobs() -> None:
    """Tables that are scored on a schedule, by the version that is live."""


@jobs.command("list")
@click.argument("reference", metavar="REF")
@with_session
def list_(session: Session, reference: str) -> Page:
    """The runs of a model's jobs, newest first, and when each job is due next."""
    model = model_of(reference)
    runs, declared = session.platform.job_runs(model), session.platform.project(model).job
    now = time.time_ns() // 1000
    coming = {job.name: read_schedule(job.schedule).words(now, _COMING) for job in declared}
    return Page(
        says=f"{len(runs)} run{'' if len(runs) == 1 else 's'} of jobs of {model}.",
        data={"runs": runs, "next": coming},
        facts=[(name, f"next {', '.join(times)}") for name, times in coming.items()],
        table=Table([_row(run) for run in runs], ("RUN", "JOB", "DUE", "STATE", "VERSION", "ROWS")),
        next=[f"lamp jobs show {runs[0].id}"] if runs else [f"lamp jobs run {model} JOB"],
        url=session.address(f"/m/{model}"),
    )


@jobs.command("show")
@click.argument("key", metavar="RUN")
@with_session
def show(session: Session, key: str) -> Page:
    """One run: where it stands, and what ended its last try that failed."""
    run = session.platform.job_run(key)
    return Page(
        says=f"{run.id}: the job {run.job} of {run.model} is {run.state}.",
        data={"run": run},
        facts=_facts(run),
        next=[f"lamp jobs fix {run.id}"] if run.state is State.FAILED else [f"lamp jobs list {run.model}"],
        url=session.address(f"/m/{run.model}"),
    )


@jobs.command("run")
@click.argument("reference", metavar="REF")
@click.argument("name", metavar="JOB")
@with_session
def run_(session: Session, reference: str, name: str) -> Page:
    """Score the table of a job now, beside its schedule."""
    run = session.platform.run_job(model_of(reference), name)
    return Page(
        says=f"✓ {run.id}: the job {run.job} of {run.model} is {run.state}.",
        data={"run": run},
        next=[f"lamp jobs show {run.id}"],
        url=session.address(f"/m/{run.model}"),
    )


@jobs.command("fix")
@click.argument("key", metavar="RUN")
@click.option("--to", "place", default="", metavar="FOLDER", help="where to write what is kept; default: RUN here")
@click.option("--rerun", "again", is_flag=True, help="run it again in place of writing anything")
@click.option(
    "--input", "table", default="", metavar="TABLE", help="with --rerun: another table, by its name in the configuration"
)
@with_session
def fix(session: Session, key: str, place: str, again: bool, table: str) -> Page:
    """Take a failed run apart: its order, its log, the rows it failed on and a script that scores them; or run it again."""
    from lamplighter.cli.fixing import rerun_page, taken_apart

    if again:
        if place:
            raise _of_no_effect("--to", "--rerun writes nothing")
        return rerun_page(session, key, table)
    if table:
        raise _of_no_effect("--input", "nothing is run without --rerun")
    return taken_apart(session, key, place)


def _of_no_effect(flag: str, why: str) -> Invalid:
    return Invalid(f"{flag} has no effect here.", why=f"In short: {why}.", fix=f"Leave {flag} out.", code="E1241")


def _row(run: Run) -> Sequence[str]:
    return run.id, run.job, local(run.due_at), run.state, run.version, f"{run.rows:,}"


def _facts(run: Run) -> list[tuple[str, str]]:
    if run.state is State.SKIPPED:
        return [("due", local(run.due_at)), ("why", "It was due before the platform knew of the job, and is never begun.")]
    facts = [("due", local(run.due_at)), ("version", run.version), ("tries", str(run.tries)), ("rows", f"{run.rows:,}")]
    if run.failure is not None:
        place = f"after {run.failure.rows:,} rows: {run.failure.why}"
        facts += [("repeats", run.fixes)] if run.fixes else []
        facts += [("failure", run.failure.cause.value), ("where", place)]
    return facts


COMMANDS: Mapping[str, click.Command] = {"jobs": jobs}
