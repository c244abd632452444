"""Quality by window: figures of the rows whose truth is known, all of them and slice by slice.

The watched figure is made of every slice with enough rows, the others only of all rows: fifty slices of one measure tell
where it is bad, and fifty of five measures would tell nothing more.
"""

from collections.abc import Mapping
from math import isfinite
from typing import NamedTuple

import numpy as np

from lamplighter import plugins
from lamplighter.domain.contract import Meaning
from lamplighter.domain.instant import days
from lamplighter.domain.monitor import Reading
from lamplighter.domain.project import Project
from lamplighter.domain.requirement import Operator
from lamplighter.domain.slices import OTHER, Slice
from lamplighter.domain.version import Version
from lamplighter.lifecycle import outcomes as kept
from lamplighter.measures import SHOWN, quality_measure, watched
from lamplighter.monitoring.arrays import IntArray
from lamplighter.monitoring.figure import Direction, Missing
from lamplighter.monitoring.labelled import Labelled, by_slice
from lamplighter.monitoring.limits import Crossing, crossed
from lamplighter.monitoring.outcomes import Outcomes, outcomes
from lamplighter.store.transaction import Transaction

#: Slices of a model that have figures of their own, the largest; the rest is together.
MOST_SLICES = 50
#: Rows that a slice needs, if a window does not need fewer.
_FEWEST = 100


class _Asked(NamedTuple):
    """One figure of some of the rows."""

    measure: str
    slice: str = ""
    limit: float | None = None


def readings(rows: Labelled, version: Version, environment: str, start: int, end: int, project: Project) -> list[Reading]:
    """The watched figure of a window, those that are always shown, and the watched one of each slice."""
    meaning = version.manifest.contract.output.meaning
    quality = project.monitor.quality
    metric = watched(quality.metric, meaning)
    limit = quality.limit if metric == quality.metric else None
    shown = [(_Asked(metric, limit=limit), None), *((_Asked(name), None) for name in SHOWN[meaning] if name != metric)]
    threshold = version.manifest.decision.threshold
    made = []
    for one, places in (*shown, *_of_slices(rows, metric, project)):
        part = rows if places is None else rows.at(places)
        found = _reading(one, outcomes(part.labels, part.scores, threshold), version, environment, start, end)
        made += [found] if found is not None else []
    return made


def _of_slices(rows: Labelled, metric: str, project: Project) -> list[tuple[_Asked, IntArray | None]]:
    found = by_slice(rows)
    limits = _limits(project)
    fewest = min(_FEWEST, project.monitor.quality.least_rows)
    wanted = {name for name, _ in limits}
    large = sorted((one for one in found if str(one) not in wanted), key=lambda one: (-found[one].size, str(one)))
    shown = [one for one in large if found[one].size >= fewest][:MOST_SLICES]
    own = {str(one): found[one] for one in (*shown, *(one for one in found if str(one) in wanted))}
    asked = [(_Asked(metric, name, limits.pop((name, metric), None)), places) for name, places in own.items()]
    asked += [(_Asked(measure, name, bound), own[name]) for (name, measure), bound in limits.items() if name in own]
    asked += [(_Asked(metric, name), places) for name, places in _rest(found, own).items() if places.size >= fewest]
    return list(asked)


def _rest(found: Mapping[Slice, IntArray], own: Mapping[str, IntArray]) -> dict[str, IntArray]:
    """The rows of each input that lie in no slice with figures of its own."""
    rest: dict[str, list[IntArray]] = {}
    for one, places in found.items():
        if str(one) not in own:
            rest.setdefault(str(Slice(column=one.column, value=OTHER)), []).append(places)
    return {name: np.concatenate(places) for name, places in rest.items()}


def _limits(project: Project) -> dict[tuple[str, str], float]:
    """What requirements ask of slices, by slice and measure. One that asks for a bad figure is no limit."""
    found = {}
    for requirement in project.requirement:
        if requirement.rows is None or requirement.metric not in plugins.names("measures"):
            continue
        better = Operator.AT_LEAST if _direction(requirement.metric) is Direction.HIGHER else Operator.AT_MOST
        if requirement.operator is better:
            found[str(requirement.rows), requirement.metric] = requirement.bound
    return found


def _direction(name: str) -> Direction:
    return quality_measure(name).direction


def _reading(asked: _Asked, rows: Outcomes, version: Version, environment: str, start: int, end: int) -> Reading | None:
    measure = quality_measure(asked.measure)
    figure = measure.measure(rows)
    if isinstance(figure, Missing) or not isfinite(figure.value):
        return None
    bounded = isfinite(figure.low) and isfinite(figure.high)
    over = asked.limit is not None and crossed(figure, asked.limit, measure.direction) is Crossing.YES
    return Reading(
        model=version.model,
        environment=environment,
        number=version.number,
        aspect="quality",
        measure=asked.measure,
        column="",
        start=start,
        end=end,
        value=figure.value,
        low=figure.low if bounded else figure.value,
        high=figure.high if bounded else figure.value,
        count=rows.n,
        limit=asked.limit,
        crossed=over,
        slice=asked.slice,
    )


def sentence(look: Transaction, reading: Reading) -> str:
    """What a crossed quality limit means, for people. Reads the kept days, so they must be kept before."""
    worse = "under" if _direction(reading.measure) is Direction.HIGHER else "over"
    over = f"is {reading.value:.3f} for {days(reading.start, reading.end)}, {worse} its limit of {reading.limit:g}"
    if reading.slice:
        column, _, value = reading.slice.partition("=")
        return f"Quality ({reading.measure}) where {column} is {value} {over}, on {reading.count:,} rows of v{reading.number}."
    return f"Quality ({reading.measure}) {over}: {_said(look, reading)}"


def _said(look: Transaction, reading: Reading) -> str:
    version = look.versions.find(model=reading.model, number=reading.number)
    assert version is not None
    rows = kept.rows(look, version, reading.environment, reading.start, reading.end, {})
    said, was = float(np.mean(rows.scores)), float(np.mean(rows.labels))
    form = ".4g" if version.manifest.contract.output.meaning is Meaning.NUMBER else ".0%"
    return f"v{reading.number} said {said:{form}} on average, {was:{form}} came true."
