"""DAILY: ci: what a pipeline does with every project of a repository."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.refusal import NotDone
from lamplighter.cli.reports import Report
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table

_SUMMARY = click.option(
    "--summary", metavar="FILE", envvar="GITHUB_STEP_SUMMARY", default="", help="add a summary in Markdown to this file"
)
_JUNIT = click.option("--junit", metavar="FILE", default="", help="write a report of JUnit, as GitLab reads it")


@click.group(cls=Noun)
def ci() -> None:
    """What a pipeline does with every folder that holds a lamp.toml."""


@ci.command("check")
@click.argument("path", metavar="[DIR]", default=".")
@_SUMMARY
@_JUNIT
@with_session
def check(session: Session, path: str, summary: str, junit: str) -> Page:
    """Check every project: build, pack and judge it here, say what its lamp.toml changes and how its figures compare with what
    is live. Nothing is changed. Exit 5 if a gate does not pass; without a sign-in nothing is compared."""
    from lamplighter.cli.pipeline_check import checked

    return _page(session, "check", _each(session, path, checked), summary, junit)


@ci.command("deploy")
@click.argument("path", metavar="[DIR]", default=".")
@click.option("--env", "environment", required=True, metavar="ENV", help="where")
@click.option("--wait", is_flag=True, help="stay until each is live, stopped, held, or waits for people")
@_SUMMARY
@_JUNIT
@with_session
def deploy(session: Session, path: str, environment: str, wait: bool, summary: str, junit: str) -> Page:
    """Bring every project into an environment. Nothing is built where its commit has made a version, and nothing begins twice,
    so it may be run again at any time. Who waits for people has not failed."""
    from lamplighter.cli.pipeline_deploy import deployed

    def one(session: Session, folder: Path, place: str) -> Report:
        return deployed(session, folder, place, environment, wait=wait)

    return _page(session, "deploy", _each(session, path, one), summary, junit)


def _each(session: Session, path: str, one: Callable[[Session, Path, str], Report]) -> list[Report]:
    from lamplighter.cli.folders import projects_below

    root = Path(os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR") or session.flags.folder).resolve()
    reports = []
    for folder in projects_below(session, path):
        full = folder.resolve()
        place = str(full.relative_to(root)) if full.is_relative_to(root) else str(folder)
        reports.append(one(session, folder, place))
        session.say(f"{reports[-1].mark} {reports[-1].model}: {reports[-1].says}")
    return reports


def _page(session: Session, verb: str, reports: Sequence[Report], summary: str, junit: str) -> Page:
    from lamplighter.cli import reports as forms

    failed = [report for report in reports if report.code and not report.waits]
    waiting = sum(report.waits for report in reports)
    waits = f", {waiting} wait for people" if waiting else ""
    says = f"{len(reports) - len(failed) - waiting} of {len(reports)} projects pass{waits}."
    if summary:
        forms.append(session.path(summary), forms.summary(f"lamp ci {verb}: {says}", reports))
    if junit:
        session.path(junit).write_bytes(forms.junit(verb, reports))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in forms.annotations(reports):
            click.echo(line, err=True)
    page = Page(says=says, data={"projects": [_plain(report) for report in reports]}, table=_table(reports))
    if not failed:
        return page
    first = failed[0]
    why = f"{first.model}: {first.says}"
    fix = first.problems[0].fix if first.problems else "See what is said of each."
    raise NotDone(
        _with_code(page, first.code), f"{len(failed)} of {len(reports)} projects do not pass.", why=why, fix=fix, code="E1484"
    )


def _with_code(page: Page, code: int) -> Page:
    from dataclasses import replace

    return replace(page, code=code)


def _table(reports: Sequence[Report]) -> Table:
    rows = [
        (report.model, "waits" if report.waits else "fails" if report.code else "passes", report.says) for report in reports
    ]
    return Table(rows, ("PROJECT", "IT", "SAYS"))


def _plain(report: Report) -> Mapping[str, Any]:
    problems = [
        {name: getattr(one, name) for name in ("code", "what", "why", "fix", "file", "line")} for one in report.problems
    ]
    tables = [[list(row) for row in table] for table in report.tables]
    told = {"model": report.model, "folder": report.folder, "says": report.says, "code": report.code, "waits": report.waits}
    return {**told, "problems": problems, "notes": list(report.notes), "tables": tables}


COMMANDS: Mapping[str, click.Command] = {"ci": ci}
