"""What the counts of a window say: how far it has moved, and the quality that its labels are expected to show."""

from math import isfinite

from msgspec.structs import replace

from lamplighter import presets
from lamplighter.domain.monitor import Reading
from lamplighter.domain.project import Monitor, Quality
from lamplighter.domain.version import Version
from lamplighter.lifecycle import calibrations, profiles
from lamplighter.lifecycle.alarms import Alarm
from lamplighter.lifecycle.kit import Kit
from lamplighter.measures import drift_measure, quality_measure
from lamplighter.measures.base import DriftMeasure
from lamplighter.monitoring.alarms import FalseAlarms
from lamplighter.monitoring.counts import Counts, windows
from lamplighter.monitoring.drift import ColumnDrift, drift, weights
from lamplighter.monitoring.drift import Reading as Figured
from lamplighter.monitoring.estimated import Estimate, estimate
from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.form import Form
from lamplighter.monitoring.limits import Crossing, crossed
from lamplighter.monitoring.profile import PREDICTION, Profile
from lamplighter.store.transaction import Transaction


def readings(
    kit: Kit, look: Transaction, version: Version, environment: str, start: int, end: int, monitor: Monitor, alarm: Alarm
) -> list[Reading]:
    """What the counts of a window say: drift, and the quality that its labels are expected to show."""
    counted = profiles.window(kit, look, version, environment, start, end)
    if counted is None or counted[1].rows < monitor.quality.least_rows:
        return []
    blank = Reading(
        model=version.model,
        environment=environment,
        number=version.number,
        aspect="drift",
        measure=monitor.measure,
        column="",
        start=start,
        end=end,
        value=0.0,
        low=0.0,
        high=0.0,
        count=counted[1].rows,
    )
    missing = drift_measure("missing")
    if monitor.preset == presets.OWN:
        moved = _drift(kit, look, blank, alarm, (drift_measure(monitor.measure), missing), *counted)
    else:
        # Values that stay away are watched by our own rule: these libraries leave them out.
        moved = _preset(blank, monitor, *counted) + _drift(kit, look, blank, alarm, (missing,), *counted)
    return _told(moved, counted[0]) + _estimated(blank, monitor.quality, *counted)


def _told(moved: list[Reading], profile: Profile) -> list[Reading]:
    """The readings, with what was looked at of values that are no numbers; values that are empty are so in every form."""
    forms = {name: column.form for name, column in profile.columns.items() if column.form is not Form.VALUE}
    return [replace(one, form=forms[one.column]) if one.aspect == "drift" and one.column in forms else one for one in moved]


def _estimated(blank: Reading, watched: Quality, profile: Profile, counts: Counts) -> list[Reading]:
    scores = windows(profile, counts).get(PREDICTION)
    made = estimate(profile.truth, scores) if profile.truth is not None and scores is not None else None
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
    blank: Reading,
    alarm: Alarm,
    measures: tuple[DriftMeasure, ...],
    profile: Profile,
    counts: Counts,
) -> list[Reading]:
    thresholds = calibrations.thresholds(kit, look, profile, measures, alarm, counts.rows)
    found = drift(profile, counts, measures, thresholds, profile.importance or None)
    expected = found.false_alarms.expected * alarm.looks if isinstance(found.false_alarms, FalseAlarms) else None
    blank = replace(blank, false_alarms=expected)
    made = (_moved(blank, column, reading) for column in found.columns for reading in column.readings)
    return [reading for reading in made if reading is not None]


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
