"""The drift of windows: every column and measure, ranked by what it can do to the model."""

import math
from collections.abc import Collection, Mapping, Sequence

from lamplighter.domain.contract import Kind
from lamplighter.domain.record import Record
from lamplighter.monitoring.alarms import FalseAlarms, Thresholds
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.counts import Counts
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.measure import Measure
from lamplighter.monitoring.profile import PREDICTION, Profile
from lamplighter.monitoring.timeline import distances, stacked


class Reading(Record, frozen=True):
    """One measure of one column."""

    measure: str
    value: float | Missing
    #: Above this is drift; `Missing` where none could be set.
    threshold: float | Missing
    drifted: bool

    @property
    def strength(self) -> float:
        """The value in multiples of its threshold; 0 without either."""
        if isinstance(self.value, Missing) or isinstance(self.threshold, Missing) or self.value <= 0.0:
            return 0.0
        return self.value / max(self.threshold, 1e-12)


class ColumnDrift(Record, frozen=True):
    """One column of the window."""

    #: Name of the input, or `@prediction`.
    column: str
    kind: Kind
    #: Rows with and without a value.
    rows: int
    missing: int
    readings: tuple[Reading, ...]
    drifted: bool
    #: Largest strength of its readings.
    strength: float
    #: From 0 to 1; 1 for the prediction and for every column if nothing is known.
    importance: float
    #: Strength times importance.
    impact: float


class WindowDrift(Record, frozen=True):
    """All columns, those with the largest impact first."""

    rows: int
    columns: tuple[ColumnDrift, ...]
    #: False alarms to expect in one window.
    false_alarms: FalseAlarms | Missing

    @property
    def drifted(self) -> tuple[ColumnDrift, ...]:
        """The columns that drifted."""
        return tuple(column for column in self.columns if column.drifted)


def drift(
    profile: Profile,
    counts: Counts,
    measures: Sequence[Measure],
    thresholds: Thresholds,
    importance: Mapping[str, float] | None = None,
) -> WindowDrift:
    """Hold one window against the reference, as `drifts` does."""
    return drifts(profile, [counts], measures, [thresholds], importance)[0]


def drifts(
    profile: Profile,
    windows: Sequence[Counts],
    measures: Sequence[Measure],
    thresholds: Sequence[Thresholds],
    importance: Mapping[str, float] | None = None,
) -> list[WindowDrift]:
    """Hold windows against the reference, each with thresholds of its own.

    Each measure is taken of the columns of its kind. `importance` gives a weight from 0 up by column, on any scale; with
    it, a column that is not in it counts 0. Raises `OtherProfile` for counts of other bins.
    """
    held = stacked(profile, windows)
    found = distances(profile, held, measures)
    weighted = weights(held, importance)
    judged = []
    for place, (counts, limits) in enumerate(zip(windows, thresholds, strict=True)):
        columns = [
            _column(name, profile.columns[name], held[name], place, values, limits.values.get(name, {}), weighted[name])
            for name, values in found.items()
            if name in counts.columns
        ]
        columns.sort(key=lambda column: (-column.impact, -column.strength, column.column))
        judged.append(WindowDrift(rows=counts.rows, columns=tuple(columns), false_alarms=limits.false_alarms))
    return judged


def weights(names: Collection[str], importance: Mapping[str, float] | None) -> dict[str, float]:
    """The importance of each column in parts of the largest of an input; 1 for the prediction, and for all if none is known."""
    if importance is None:
        return dict.fromkeys(names, 1.0)
    largest = max((importance.get(name, 0.0) for name in names if name != PREDICTION), default=0.0) or 1.0
    return {name: 1.0 if name == PREDICTION else max(0.0, importance.get(name, 0.0)) / largest for name in names}


def _column(
    name: str,
    reference: Distribution,
    windows: Distribution,
    place: int,
    values: Mapping[str, FloatArray],
    thresholds: Mapping[str, float],
    importance: float,
) -> ColumnDrift:
    readings = tuple(_reading(name, float(found[place]), reference, thresholds.get(name)) for name, found in values.items())
    strength = max((reading.strength for reading in readings), default=0.0)
    return ColumnDrift(
        column=name,
        kind=reference.kind,
        rows=int(windows.rows[place]),
        missing=int(windows.missing[place]),
        readings=readings,
        drifted=any(reading.drifted for reading in readings),
        strength=strength,
        importance=importance,
        impact=strength * importance,
    )


def _reading(measure: str, value: float, reference: Distribution, threshold: float | None) -> Reading:
    known: float | Missing = Missing(why="The reference holds no value.") if threshold is None else threshold
    if math.isnan(value):
        part = "window" if int(reference.present) else "reference"
        return Reading(measure=measure, value=Missing(why=f"The {part} holds no value."), threshold=known, drifted=False)
    drifted = threshold is not None and value > threshold
    return Reading(measure=measure, value=value, threshold=known, drifted=drifted)
