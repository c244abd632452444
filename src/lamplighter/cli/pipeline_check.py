"""One project in a pull request: what its gates say, what its lamp.toml changes, and how it compares with what is live."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lamplighter.cli.codeowners import disagreements
from lamplighter.cli.pipeline_process import Done, line, problem, problem_of, run
from lamplighter.cli.reports import Problem, Report
from lamplighter.cli.session import Session
from lamplighter.domain.errors import LampError, NotFound, Unauthenticated
from lamplighter.domain.project_change import project_changes

#: The table of lamp.toml that a gate holds a model to.
_TABLES = {"performance": "requirement", "brief": "problem", "sources": "source"}
Table = Sequence[Sequence[str]]


def checked(session: Session, folder: Path, place: str) -> Report:
    """Check it in a process of its own, and ask the platform what is live if this job has signed in."""
    done = run(session, "check", str(folder))
    judged = done.data.get("judgements", ())
    model = str(done.data.get("model") or folder.resolve().name)
    problems = _refused(judged, folder, place) or ([problem(done, folder, place)] if done.code else [])
    passed = sum(one["verdict"]["verdict"] == "passed" for one in judged)
    says = f"{passed} of {len(judged)} gates that can be asked here pass." if judged else problems[0].what
    notes: list[str] = []
    tables: list[Table] = []
    try:
        if judged:
            _compare(session, folder, model, done, notes, tables)
    except Unauthenticated:
        notes.append("Not signed in: it was not compared with what is live.")
    except LampError as error:
        problems.append(problem_of(error, place))
    notes += disagreements(folder)
    return Report(model, place, says, done.code or (1 if problems else 0), False, problems, notes, tables, done.seconds)


def _refused(judged: Sequence[Mapping[str, Any]], folder: Path, place: str) -> list[Problem]:
    return [
        Problem(
            code="E1480",
            what=f"The gate {one['gate']} does not pass.",
            why=str(one["verdict"]["why"]),
            fix=str(one["verdict"].get("fix", "")),
            file=f"{place}/lamp.toml",
            line=line(folder, f"`$.{_TABLES.get(one['gate'], one['gate'])}`"),
        )
        for one in judged
        if one["verdict"]["verdict"] != "passed"
    ]


def _compare(session: Session, folder: Path, model: str, done: Done, notes: list[str], tables: list[Table]) -> None:
    from lamplighter.cli.folders import project_in

    project, platform = project_in(session, str(folder.resolve())), session.platform
    try:
        known = platform.project(model)
    except NotFound:
        known = None
    changes = project_changes(known, project)
    if known is None:
        notes.append("The platform does not know this model yet; the first deployment makes it.")
    elif changes:
        tables.append(
            [("lamp.toml", "now", "after"), *((one.place, one.before or "nothing", one.after or "nothing") for one in changes)]
        )
    else:
        notes.append("lamp.toml changes nothing.")
    notes.extend(_handovers([one.place for one in changes] if known else ()))
    live = platform.status(model).live if known else ()
    if not live:
        notes.append("It is live nowhere, so there is nothing to compare it with.")
        return
    place = live[-1]
    there = platform.version(f"{model}@{place.number}", place.environment)
    if there.version.digest == done.data["digest"]:
        notes.append(f"It is v{place.number}, which is live in {place.environment}.")
        return
    before = {one.kind: one.facts for one in there.evidence}.get("performance", {})
    after = {one["kind"]: one["facts"] for one in done.data["evidence"]}.get("performance", {})
    tables.append(_figures(before, after, f"v{place.number}, live in {place.environment}"))


def _handovers(places: Sequence[str]) -> list[str]:
    given = [place for place in places if place.startswith("owners.")]
    return ["Somebody else gets a duty: the platform asks for a handover where one is needed."] if given else []


def _figures(before: Mapping[str, Any], after: Mapping[str, Any], head: str) -> Table:
    """Figures with their 95 % intervals, on the rows that each was measured on."""
    old, new = before.get("figures", {}), after.get("figures", {})
    rows = [
        (
            f"{metric}{f' ({part})' if part else ''}",
            _figure(one := old.get(part, {}).get(metric)),
            _figure(two),
            _moved(one, two),
        )
        for part, figures in new.items()
        for metric, two in figures.items()
    ]
    return [("figure", head, "this", "difference"), *rows]


def _figure(one: Mapping[str, Any] | None) -> str:
    return f"{one['value']:.4g} ({one['low']:.4g} to {one['high']:.4g}, {one['n']} rows)" if one else "not measured"


def _moved(one: Mapping[str, Any] | None, two: Mapping[str, Any]) -> str:
    if one is None:
        return "new"
    apart = two["low"] > one["high"] or two["high"] < one["low"]
    return f"{two['value'] - one['value']:+.4g}{', intervals apart' if apart else ''}"
