"""Notebooks that ask the platform what its pages show, so that whoever wants to know more starts from the same figures.

They hold no secret and no row: whoever runs them is asked for by the platform as on the command line.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from lamplighter import measures
from lamplighter.domain.errors import NotFound
from lamplighter.domain.identity import Permission
from lamplighter.domain.incident import Incident
from lamplighter.domain.monitor import Reading
from lamplighter.domain.project import Project
from lamplighter.domain.rows import window_of
from lamplighter.monitoring.figure import Direction
from lamplighter.sdk import notebook_cells as cells
from lamplighter.sdk.interface import Platform
from lamplighter.views.why import Why


def model_notebook(platform: Platform, model: str, environment: str) -> bytes:
    """A notebook about a model in an environment: its figures, its worst window and, for whoever may see rows, those of it.

    In nbformat 4.5, as every notebook here. Raises `NotFound` where nothing has been measured.
    """
    readings = platform.readings(model, environment)
    rows = platform.whoami().may(Permission.ROWS)
    elsewhere = {version.number for version in platform.versions(model) if version.elsewhere} if rows else set()
    return notebook(platform.project(model), environment, readings, rows=rows, elsewhere=elsewhere)


def incident_notebook(platform: Platform, key: str) -> bytes:
    """A notebook with the rows behind an incident, where most of the extra loss is, and how far they are from the reference.

    Raises `NotFound` for an incident that is about no rows.
    """
    incident = platform.incident(key)
    finding = incident.finding
    if window_of(finding) is None:
        raise NotFound(
            f"No rows are behind {incident.id}.",
            why="It is about something that did not come or was not there.",
            fix=f"See what it is about: lamp incident show {incident.id}",
            code="E1258",
        )
    version = platform.version(f"{finding.model}@{finding.number}").version
    return _book(_of_incident(incident, _where(platform, incident), reference=version.elsewhere is None))


def notebook(
    project: Project, environment: str, readings: Sequence[Reading], *, rows: bool = False, elsewhere: Collection[int] = ()
) -> bytes:
    """A notebook that loads these readings again and, if `rows` are wanted, those of the worst window; versions that run
    `elsewhere` have no rows of their reference. Raises `NotFound` without any reading."""
    if not readings:
        raise NotFound(
            "There is nothing to look into yet.",
            why=f"No window of {project.name} in {environment} has been measured.",
            fix="Wait until a window is over; lamp monitor show says what is there.",
            code="E1256",
        )
    return _book(_of_model(project, environment, readings, rows=rows, elsewhere=elsewhere))


def _book(cells: Iterable[dict[str, Any]]) -> bytes:
    made = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "cells": [{"id": f"cell-{place}", "metadata": {}, **cell} for place, cell in enumerate(cells)],
    }
    return msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"


def _of_model(
    project: Project, environment: str, readings: Sequence[Reading], *, rows: bool, elsewhere: Collection[int]
) -> Iterator[dict[str, Any]]:
    measure = project.monitor.quality.metric
    yield cells.words(f"# {project.name} in {environment}\n\n{project.model.summary}")
    yield cells.code(cells.LOAD.format(model=project.name, environment=environment))
    watched = [one for one in readings if one.measure == measure and one.aspect in ("quality", "estimate")]
    if watched:
        yield cells.words(f"## Quality: {measure}, measured and estimated")
        yield cells.code(cells.QUALITY.format(measure=measure))
    measured = [one for one in watched if one.aspect == "quality"]
    if measured:
        worst = _worst(measure, measured)
        yield cells.words("## The worst window, on its labelled rows")
        yield cells.code(cells.WORST.format(number=worst.number, start=worst.start, end=worst.end))
        if rows:
            yield from cells.rows(cells.MODEL, cells.WINDOW, worst.number, reference=worst.number not in elsewhere)
    drifted = [one for one in readings if one.aspect == "drift"]
    if drifted:
        yield cells.words("## What moved, in the newest window")
        yield cells.code(cells.DRIFT.format(number=max(drifted, key=lambda one: (one.end, one.number)).number))


def _of_incident(incident: Incident, where: str, *, reference: bool) -> Iterator[dict[str, Any]]:
    finding, which = incident.finding, repr(f"incident:{incident.id}")
    yield cells.words(f"# {incident.id}: {finding.model} in {finding.environment}\n\n{finding.sentence}")
    yield from cells.rows(
        cells.BEGIN.format(model=finding.model) + "\n", which, finding.number, where=where, reference=reference
    )


def _where(platform: Platform, incident: Incident) -> str:
    """The slice that stands out most in the window of a finding; empty where none does or another window is explained."""
    finding = incident.finding
    try:
        why: Why = platform.why(finding.model, incident=incident.id)
    except NotFound:
        return ""
    if (why.number, why.start, why.end) != (finding.number, finding.start, finding.end):
        return ""
    return next((one.slice for one in why.slices if one.stands_out), "")


def _worst(measure: str, readings: Sequence[Reading]) -> Reading:
    lower = measures.measure(measure).direction is Direction.LOWER
    return max(readings, key=lambda one: one.value if lower else -one.value)
