"""The monitors of one model: the service on one side, the model on the other."""

from collections.abc import Sequence
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission
from lamplighter.domain.monitor import Reading
from lamplighter.domain.monitored import Monitored
from lamplighter.domain.project import Project
from lamplighter.domain.stage import Duty
from lamplighter.domain.still_ranks import SAYS, still_ranks
from lamplighter.sdk.interface import Platform
from lamplighter.web import callers, health, history, jobs
from lamplighter.web.alarms import alarms
from lamplighter.web.drift import drift
from lamplighter.web.numbers import count, figure
from lamplighter.web.page import Page, shown
from lamplighter.web.plots.figure import Figure
from lamplighter.web.promises import promises
from lamplighter.web.quality import ESTIMATE, lower_is_better, name_of, over_time
from lamplighter.web.recalibration import Hint, hint

#: Slices, runs of jobs and plots of quality that are shown.
_MOST = 8
_PLOTS = 3


class Slice(NamedTuple):
    """A part of the rows."""

    name: str
    value: str
    interval: str
    rows: str
    crossed: bool


def monitor_page(request: Request, platform: Platform) -> Response:
    """Show what is watched of a model."""
    name = request.path_params["model"]
    state, project, seen = platform.status(name), platform.project(name), platform.monitored(name)
    metric = project.monitor.quality.metric
    return shown(
        request,
        platform,
        "monitor.html",
        state=state,
        seen=seen,
        digest=platform.digest(name),
        technical=state.ownership.of(Duty.MONITOR_TECHNICAL),
        functional=state.ownership.of(Duty.MONITOR_FUNCTIONAL),
        callers=callers.figures(seen.hours, project.monitor.errors),
        consumers=[one for one in state.consumers if one.felt.requests or one.felt.refusals],
        attempts=[one for one in state.consumers if len({on.number for on in one.felt.versions}) > 1],
        feeds=health.feeds(project.source, state.incidents),
        monitors=health.monitors(seen, state, project.monitor),
        gaps=[gap for one in platform.watched(name) for gap in one.gaps],
        jobs=jobs.rows(platform.job_runs(name))[:_MOST] if project.job else [],
        quality=quality(seen, project)[:_PLOTS],
        restated=sum(reading.restated > 0 for reading in seen.quality),
        drift=drift(seen.inputs, seen.number),
        promises=promises(seen.promises, seen.calibration),
        recalibrates=_recalibrates(platform, project, seen),
        slices=_slices(seen.slices, metric),
        metric=name_of(metric),
        alarms=alarms(seen, project.monitor, state.service),
        section="fleet",
        every=30,
    )


def _recalibrates(platform: Platform, project: Project, seen: Monitored) -> Hint | None:
    """Whether a calibration is what the version that answers lacks."""
    newest = {one.measure: one for one in seen.quality if one.number == seen.number and one.aspect != ESTIMATE}
    off = [one for one in (seen.calibration, *newest.values()) if one is not None and one.crossed and one.measure in SAYS]
    auc = still_ranks(seen.quality, seen.number, project.requirement) if off else None
    if auc is None:
        return None
    crossed = (one.start for one in (*off, *seen.quality) if one.number == seen.number and one.crossed and one.measure in SAYS)
    return hint(platform.version(f"{seen.model}@{seen.number}").version, auc, seen.environment, min(crossed))


def quality(seen: Monitored, project: Project) -> list[Figure]:
    """One figure for each measure of quality, the one that is watched first."""
    metric = project.monitor.quality.metric
    names = {reading.measure for reading in seen.quality if reading.aspect != ESTIMATE} or {metric}
    measures = sorted(names, key=lambda measure: (measure != metric, measure))
    figures = (over_time(seen.quality, measure, seen.number, history.axis(seen)) for measure in measures)
    return [one for one in figures if one is not None]


def _slices(readings: Sequence[Reading], metric: str) -> list[Slice]:
    """The worst parts of the rows by the figure that is watched."""
    found = [reading for reading in readings if reading.measure == metric]
    ranked = sorted(found, key=lambda reading: reading.value, reverse=lower_is_better(metric))
    return [
        Slice(
            reading.slice,
            figure(reading.value),
            f"{figure(reading.low)} to {figure(reading.high)}",
            count(reading.count),
            reading.crossed,
        )
        for reading in ranked[:_MOST]
    ]


PAGES = (Page("GET", "/m/{model}/monitor", monitor_page, Permission.READ),)
