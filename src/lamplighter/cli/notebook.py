"""A notebook that asks the platform what its pages show, so that whoever wants to know more starts from the same figures."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from lamplighter import measures
from lamplighter.domain.errors import NotFound
from lamplighter.domain.monitor import Reading
from lamplighter.domain.project import Project
from lamplighter.monitoring.figure import Direction

_LOAD = """\
import msgspec
import pandas as pd

import lamplighter

MODEL, ENVIRONMENT = {model!r}, {environment!r}
platform = lamplighter.connect()  # LAMP_URL and LAMP_TOKEN, or where you signed in with lamp login
readings = pd.DataFrame(msgspec.to_builtins(platform.readings(MODEL, ENVIRONMENT)))
for end in ("start", "end"):
    readings[end] = pd.to_datetime(readings[end], unit="us", utc=True)
readings.groupby(["aspect", "measure", "number"])["value"].describe()
"""
_QUALITY = """\
quality = readings[readings["measure"].eq({measure!r}) & readings["aspect"].isin(["quality", "estimate"])]
axes = quality.pivot_table(index="start", columns=["aspect", "number"], values="value").plot(marker="o", ylabel={measure!r})
quality[["start", "end", "number", "aspect", "value", "low", "high", "limit", "count", "crossed"]].sort_values("start")
"""
_WORST = """\
NUMBER, START, END = {number}, {start}, {end}  # microseconds since the epoch
figures = platform.figures(MODEL, ENVIRONMENT, NUMBER, START, END)
first, last = (pd.to_datetime(at, unit="us", utc=True) for at in (START, END))
print(f"v{{NUMBER}}, {{first}} to {{last}}: {{figures.rows}} labelled rows")
pd.DataFrame({{"value": figures.values, "low": figures.low, "high": figures.high}})
"""
_DRIFT = """\
drift = readings[readings["aspect"].eq("drift") & readings["number"].eq({number})]
drift = drift[drift["end"].eq(drift["end"].max())].sort_values("value", ascending=False).set_index("column")
axes = drift["value"].iloc[::-1].plot.barh(xlabel=drift["measure"].iloc[0])
drift[["measure", "value", "limit", "crossed", "count"]]
"""


def notebook(project: Project, environment: str, readings: Sequence[Reading]) -> bytes:
    """A notebook in nbformat 4.5 that loads these readings again; raises `NotFound` without one. Holds no secret and no row."""
    if not readings:
        raise NotFound(
            "There is nothing to look into yet.",
            why=f"No window of {project.name} in {environment} has been measured.",
            fix="Wait until a window is over; lamp monitor show says what is there.",
            code="E1256",
        )
    cells = list(_cells(project, environment, readings))
    made = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "cells": [{"id": f"cell-{place}", "metadata": {}, **cell} for place, cell in enumerate(cells)],
    }
    return msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"


def _cells(project: Project, environment: str, readings: Sequence[Reading]) -> Iterator[dict[str, Any]]:
    measure = project.monitor.quality.metric
    yield _words(f"# {project.name} in {environment}\n\n{project.model.summary}")
    yield _code(_LOAD.format(model=project.name, environment=environment))
    watched = [one for one in readings if one.measure == measure and one.aspect in ("quality", "estimate")]
    if watched:
        yield _words(f"## Quality: {measure}, measured and estimated")
        yield _code(_QUALITY.format(measure=measure))
    measured = [one for one in watched if one.aspect == "quality"]
    if measured:
        worst = _worst(measure, measured)
        yield _words("## The worst window, on its labelled rows")
        yield _code(_WORST.format(number=worst.number, start=worst.start, end=worst.end))
    drifted = [one for one in readings if one.aspect == "drift"]
    if drifted:
        yield _words("## What moved, in the newest window")
        yield _code(_DRIFT.format(number=max(drifted, key=lambda one: (one.end, one.number)).number))


def _worst(measure: str, readings: Sequence[Reading]) -> Reading:
    lower = measures.measure(measure).direction is Direction.LOWER
    return max(readings, key=lambda one: one.value if lower else -one.value)


def _words(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": text.strip()}


def _code(text: str) -> dict[str, Any]:
    return {"cell_type": "code", "source": text.rstrip("\n"), "execution_count": None, "outputs": []}
