"""What the counts of a window say: how far it has moved, and the quality that its labels are expected to show."""

from functools import lru_cache
from math import isfinite

from lamplighter.domain.monitor import Reading
from lamplighter.domain.project import Monitor
from lamplighter.domain.version import Version
from lamplighter.lifecycle import profiles
from lamplighter.lifecycle.kit import Kit
from lamplighter.measures import drift_measure
from lamplighter.measures.base import DriftMeasure
from lamplighter.monitoring.alarms import Calibration
from lamplighter.monitoring.counts import Counts, windows
from lamplighter.monitoring.drift import drift
from lamplighter.monitoring.estimated import Estimate, estimate
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.profile import PREDICTION, Profile
from lamplighter.store.transaction import Transaction


def readings(
    kit: Kit, look: Transaction, version: Version, environment: str, start: int, end: int, monitor: Monitor
) -> list[Reading]:
    """What the counts of a window say: drift, and the quality that its labels are expected to show."""
    counted = profiles.window(kit, look, version, environment, start, end)
    if counted is None or counted[1].rows < monitor.quality.least_rows:
        return []
    estimates = _estimated(version, environment, start, end, *counted)
    return [*_drift(version, environment, start, end, monitor, *counted), *estimates]


def _estimated(version: Version, environment: str, start: int, end: int, profile: Profile, counts: Counts) -> list[Reading]:
    scores = windows(profile, counts).get(PREDICTION)
    made = estimate(profile.truth, scores) if profile.truth is not None and scores is not None else None
    figures = made.figures.values() if isinstance(made, Estimate) else ()
    return [
        Reading(
            model=version.model,
            environment=environment,
            number=version.number,
            aspect="estimate",
            measure=figure.name,
            column="",
            start=start,
            end=end,
            value=figure.value,
            low=figure.low,
            high=figure.high,
            count=figure.n,
        )
        for figure in figures
    ]


def _drift(
    version: Version, environment: str, start: int, end: int, monitor: Monitor, profile: Profile, counts: Counts
) -> list[Reading]:
    # Beyond chance and large enough to matter: with many rows the smallest change is beyond chance.
    measures = (drift_measure(monitor.measure), drift_measure("missing"))
    thresholds = _calibration(_Key(version.digest, profile), measures).thresholds(counts.rows)
    limits = {measure.name: measure.limit for measure in measures}
    made = []
    for column in drift(profile, counts, measures, thresholds, profile.importance or None).columns:
        for reading in column.readings:
            if isinstance(reading.value, Missing) or isinstance(reading.threshold, Missing) or not isfinite(reading.value):
                continue
            limit = limits[reading.measure]
            made.append(
                Reading(
                    model=version.model,
                    environment=environment,
                    number=version.number,
                    aspect="completeness" if reading.measure == "missing" else "drift",
                    measure=reading.measure,
                    column=column.column,
                    start=start,
                    end=end,
                    value=reading.value,
                    low=reading.value,
                    high=reading.value,
                    count=column.rows,
                    limit=max(reading.threshold, limit),
                    crossed=reading.drifted and reading.value > limit,
                )
            )
    return made


class _Key:
    """A profile that is told apart by the version it was frozen with."""

    def __init__(self, digest: str, profile: Profile) -> None:
        self.digest, self.profile = digest, profile

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@lru_cache(maxsize=64)
def _calibration(key: _Key, measures: tuple[DriftMeasure, ...]) -> Calibration:
    return Calibration(key.profile, measures)
