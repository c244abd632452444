"""What the counts of windows say: how far each has moved, and the quality that its labels are expected to show."""

from collections.abc import Iterator, Sequence
from math import isfinite

from msgspec.structs import replace

from lamplighter import presets
from lamplighter.domain.monitor import Reading
from lamplighter.domain.monitor_plan import Monitor, Quality
from lamplighter.domain.version import Version
from lamplighter.lifecycle import calibrations, profiles
from lamplighter.lifecycle.alarms import Alarm
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.profiles import Span
from lamplighter.measures import drift_measure, quality_measure
from lamplighter.measures.base import DriftMeasure
from lamplighter.monitoring.alarms import FalseAlarms
from lamplighter.monitoring.counts import Counts, windows
from lamplighter.monitoring.drift import ColumnDrift, WindowDrift, drifts, weights
from lamplighter.monitoring.drift import Reading as Figured
from lamplighter.monitoring.estimated import Estimate, estimate
from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.form import Form
from lamplighter.monitoring.limits import Crossing, crossed
from lamplighter.monitoring.profile import PREDICTION, Profile
from lamplighter.store.transaction import Transaction


def readings(
    kit: Kit,
    look: Transaction,
    version: Version,
    environment: str,
    spans: Sequence[Span],
    monitor: Monitor,
    alarm: Alarm,
) -> list[Reading]:
    """What the counts of windows say: drift, and the quality that their labels are expected to show."""
    counted = profiles.windows(kit, look, version, environment, spans)
    if counted is None:
        return []
    profile, found = counted
    held = {span: counts for span, counts in found.items() if counts.rows >= monitor.quality.least_rows}
    blanks = [_blank(version, environment, monitor, span, counts.rows) for span, counts in held.items()]
    parts, missing, moved = list(held.values()), drift_measure("missing"), []
    if monitor.preset == presets.OWN:
        measures: tuple[DriftMeasure, ...] = (drift_measure(monitor.measure), missing)
    else:
        # Values that stay away are watched by our own rule: these libraries leave them out.
        measures = (missing,)
        moved = [one for blank, counts in zip(blanks, parts, strict=True) for one in _preset(blank, monitor, profile, counts)]
    moved += _drift(kit, look, blanks, alarm, measures, profile, parts)
    at = version.manifest.decision.threshold
    expected = [_estimated(blank, monitor.quality, profile, counts, at) for blank, counts in zip(blanks, parts, strict=True)]
    return _told(moved, profile) + [one for several in expected for one in several]


def _blank(version: Version, environment: str, monitor: Monitor, span: Span, rows: int) -> Reading:
    return Reading(
        model=version.model,
        environment=environment,
        number=version.number,
        aspect="drift",
        measure=monitor.measure,
        column="",
        start=span[0],
        end=span[1],
        value=0.0,
        low=0.0,
        high=0.0,
        count=rows,
    )


def _told(moved: list[Reading], profile: Profile) -> list[Reading]:
    """The readings, with what was looked at of values that are no numbers; values that are empty are so in every form."""
    forms = {name: column.form for name, column in profile.columns.items() if column.form is not Form.VALUE}
    return [replace(one, form=forms[one.column]) if one.aspect == "drift" and one.column in forms else one for one in moved]


def _estimated(blank: Reading, watched: Quality, profile: Profile, counts: Counts, threshold: float) -> list[Reading]:
    scores = windows(profile, counts).get(PREDICTION)
    made = estimate(profile.truth, scores, threshold=threshold) if profile.truth is not None and scores is not None else None
    figures = made.figures.values() if isinstance(made, Estimate) else ()
    return [_expected(blank, watched, figure) for figure in figures]


def _expected(blank: Reading, watched: Quality, figure: Figure) -> Reading:
    limit = watched.limit if figure.name == watched.metric else None
    return replace(
        blank,
        aspect="estimate",
        measure=figure.name,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        count=figure.n,
        limit=limit,
        crossed=limit is not None and crossed(figure, limit, quality_measure(figure.name).direction) is Crossing.YES,
    )


def sentence(reading: Reading) -> str:
    """What a crossed limit of the expected quality means, for people."""
    worse = "under" if quality_measure(reading.measure).direction is Direction.HIGHER else "over"
    return (
        f"Quality ({reading.measure}) is expected to be {reading.value:.3f} ({reading.low:.3f} to {reading.high:.3f}), {worse} "
        f"its limit of {reading.limit:g}: so say the scores of v{reading.number}; the labels are still to come."
    )


def _preset(blank: Reading, monitor: Monitor, profile: Profile, counts: Counts) -> list[Reading]:
    verdicts = presets.preset(monitor.preset, monitor.measure).verdicts(profile, counts)
    weighted = weights(profile.columns, profile.importance or None)
    return [
        replace(
            blank,
            measure=verdict.figure,
            column=verdict.column,
            value=verdict.value,
            low=verdict.value,
            high=verdict.value,
            limit=verdict.limit,
            crossed=verdict.drifted,
            impact=weighted.get(verdict.column, 0.0) * verdict.strength / (1.0 + verdict.strength),
        )
        for verdict in verdicts
    ]


def _drift(
    kit: Kit,
    look: Transaction,
    blanks: Sequence[Reading],
    alarm: Alarm,
    measures: tuple[DriftMeasure, ...],
    profile: Profile,
    windows: Sequence[Counts],
) -> list[Reading]:
    thresholds = [calibrations.thresholds(kit, look, profile, measures, alarm, counts.rows) for counts in windows]
    found = drifts(profile, windows, measures, thresholds, profile.importance or None)
    moved = [each for blank, window in zip(blanks, found, strict=True) for each in _of_window(blank, window, alarm)]
    return [reading for reading in moved if reading is not None]


def _of_window(blank: Reading, window: WindowDrift, alarm: Alarm) -> Iterator[Reading | None]:
    expected = window.false_alarms.expected * alarm.looks if isinstance(window.false_alarms, FalseAlarms) else None
    blank = replace(blank, false_alarms=expected)
    return (_moved(blank, column, reading) for column in window.columns for reading in column.readings)


def _moved(blank: Reading, column: ColumnDrift, figure: Figured) -> Reading | None:
    if isinstance(figure.value, Missing) or isinstance(figure.threshold, Missing) or not isfinite(figure.value):
        return None
    return replace(
        blank,
        aspect="completeness" if figure.measure == "missing" else "drift",
        measure=figure.measure,
        column=column.column,
        value=figure.value,
        low=figure.value,
        high=figure.value,
        count=column.rows,
        limit=figure.threshold,
        crossed=figure.drifted,
        impact=column.importance * figure.strength / (1.0 + figure.strength),
    )
