"""What `lamp import` has brought in."""

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from lamplighter.cli.page import Page
from lamplighter.cli.refusal import NotDone
from lamplighter.cli.session import Session
from lamplighter.cli.table import Table
from lamplighter.domain.errors import Invalid
from lamplighter.sdk.importing.plan import Plan, Wanted, check_owner, read_plan
from lamplighter.sdk.importing.registry import choice_of
from lamplighter.sdk.importing.report import Outcome, Report, Row
from lamplighter.sdk.importing.run import imported
from lamplighter.sdk.importing.server import Server

_MARKS: Mapping[Outcome, str] = {Outcome.IMPORTED: "✓", Outcome.READY: "✓", Outcome.KNOWN: "=", Outcome.REFUSED: "✗"}


def imported_page(session: Session, url: str, names: Sequence[str], options: Mapping[str, Any]) -> Page:
    """Bring in what is named; raises `NotDone` with the page where something was not brought in."""
    wanted = _wanted(session, names, options)
    with closing(Server(url, os.environ, timeout=session.flags.timeout or 30.0)) as server:
        report = imported(session.platform, server, wanted, lambda row: session.say(_line(row)))
    page = _page(session, report, wanted)
    missing = report.count(Outcome.REFUSED)
    if not missing:
        return page
    raise NotDone(
        page,
        "Not everything was brought in.",
        why=f"{_versions(missing)} {'is' if missing == 1 else 'are'} not here; the table says why.",
        fix="Do what it says of each, and repeat the command: what is here is not brought in again.",
        code="E1455",
    )


def _wanted(session: Session, names: Sequence[str], options: Mapping[str, Any]) -> Wanted:
    if bool(names) == bool(options["everything"]):
        raise Invalid(
            "It is not said which models.",
            why="Either models are named, or --all means every one of the server.",
            fix="Write lamp import mlflow URL late-flights, or lamp import mlflow URL --all.",
            code="E1454",
        )
    file = session.path(options["file"]) if options["file"] else None
    return Wanted(
        names=tuple(names),
        choice=choice_of(options["versions"]),
        plan=read_plan(file) if file else Plan(),
        folder=str(file.parent) if file else ".",
        owner=check_owner(options["owner"]),
        trust=options["trust"],
        dry_run=options["dry_run"],
    )


def _line(row: Row) -> str:
    return f"{_MARKS[row.outcome]} {_there(row)}: {row.outcome}{' as ' + row.version if row.version else ''}"


def _there(row: Row) -> str:
    return f"{row.model} {row.number}" if row.number else row.model


def _page(session: Session, report: Report, wanted: Wanted) -> Page:
    shared = _shared(report)
    fresh = [row for row in report.rows if row.outcome is Outcome.IMPORTED]
    return Page(
        says=_sentence(report),
        data={"report": report, "counts": {outcome.value: report.count(outcome) for outcome in Outcome}},
        facts=_facts(shared),
        table=Table([_told(row, shared) for row in report.rows], ("MODEL", "V", "HERE", "NOT VERIFIED, OR WHY NOT")),
        next=[f"lamp deploy {fresh[0].version} --env dev", "lamp list --lack owner"] if fresh else [],
        url="" if wanted.dry_run else session.address("/"),
    )


def _sentence(report: Report) -> str:
    parts = [f"{report.count(outcome)} {outcome}" for outcome in Outcome if report.count(outcome)]
    return f"{report.server}: {', '.join(parts) or 'no model is registered there'}. Nothing goes live by this."


def _shared(report: Report) -> tuple[str, ...]:
    """What is not known of any version, where there are several."""
    packed = [row for row in report.rows if row.outcome in (Outcome.IMPORTED, Outcome.READY)]
    found = dict.fromkeys(text for row in packed for text in row.unverified)
    return tuple(text for text in found if len(packed) > 1 and all(text in row.unverified for row in packed))


def _facts(shared: Sequence[str]) -> list[tuple[str, str]]:
    return [("of all", f"not verified: {'; '.join(shared)}")] if shared else []


def _told(row: Row, shared: Sequence[str]) -> tuple[str, ...]:
    text = {
        Outcome.REFUSED: f"{row.why} {row.fix}",
        Outcome.KNOWN: row.outcome.value,
    }.get(row.outcome) or "; ".join(text for text in row.unverified if text not in shared)
    return row.model, str(row.number or "-"), row.version or "-", text or "-"


def _versions(count: int) -> str:
    return f"{count} {'version' if count == 1 else 'versions'}"
