"""The windows of monitoring and the figures in them. Windows are whole days of event time, aligned to the epoch."""

from collections.abc import Iterator
from functools import lru_cache
from math import isfinite

from lamplighter.domain.monitor import Finding, Kind, Reading
from lamplighter.domain.outcome import Judgement
from lamplighter.domain.project import Monitor, seconds
from lamplighter.domain.routing import Routing
from lamplighter.domain.version import Version
from lamplighter.lifecycle import profiles
from lamplighter.lifecycle.kit import Kit
from lamplighter.measures import drift_measure, quality_measure
from lamplighter.measures.base import DriftMeasure
from lamplighter.monitoring.alarms import Calibration
from lamplighter.monitoring.counts import Counts, windows
from lamplighter.monitoring.drift import drift
from lamplighter.monitoring.estimated import Estimate, estimate
from lamplighter.monitoring.figure import Direction, Missing
from lamplighter.monitoring.guard import judge
from lamplighter.monitoring.limits import Crossing, crossed
from lamplighter.monitoring.outcomes import Outcomes, outcomes
from lamplighter.monitoring.profile import PREDICTION, Profile
from lamplighter.store.traffic import total
from lamplighter.store.transaction import Transaction

#: Microseconds in a day.
DAY = 86_400_000_000
#: A window is judged once this share of its rows has a label: those that come first are not like the rest.
_LABELLED = 0.99
#: Or once this share has one, and twice the time has passed in which labels are expected.
_OVERDUE_LABELLED = 0.5
#: Windows overlap: a new one begins after this part of their length.
_PARTS = 4
#: Seconds of traffic that the service is judged on.
_LOOK_BACK = 60


def readings(kit: Kit, look: Transaction, model: str, environment: str, days: list[int]) -> list[Reading]:
    """The figures of every window that one of these days changes, for every version that scored in it."""
    monitor = look.project(model).monitor
    days = _touched(days, monitor)
    length = max(1, round(seconds(monitor.quality.window) / 86400)) * DAY
    found: list[Reading] = []
    for version in look.versions.all(model=model):
        span = look.predictions.span(model, environment, version.number)
        if span is None:
            continue
        for start in _starts(days, length, span):
            if _mature(look, version, environment, start, start + length, span[1], monitor):
                found += _quality(look, version, environment, start, start + length, monitor)
            found += _counted(kit, look, version, environment, start, start + length, monitor)
    return found


def _touched(days: list[int], monitor: Monitor) -> list[int]:
    """Days whose windows have to be looked at: what comes on a day also ends the windows of the day before, and the wait for
    labels of a while ago."""
    overdue = -(-round(2 * seconds(monitor.labels.expected_after)) // 86400) * DAY
    return sorted({touched for day in days for touched in (day, day - DAY, day - DAY - overdue)})


def _starts(days: list[int], length: int, span: tuple[int, int]) -> Iterator[int]:
    """Windows that hold a day and that the version has lived through from end to end."""
    step = max(DAY, length // _PARTS // DAY * DAY)
    first = span[0] // DAY * DAY
    wanted = {(day // step - back) * step for day in days for back in range(-(-length // step))}
    for start in sorted(wanted):
        if start >= first - DAY and start + length <= span[1] and any(start <= day < start + length for day in days):
            yield start


def _mature(look: Transaction, version: Version, environment: str, start: int, end: int, newest: int, monitor: Monitor) -> bool:
    """Whether the labels of a window are in, or will not come any more."""
    scored, labelled = look.predictions.counted(version.model, environment, version.number, start, end)
    overdue = newest >= end + 2_000_000 * seconds(monitor.labels.expected_after)
    return labelled >= (_OVERDUE_LABELLED if overdue else _LABELLED) * scored and labelled >= monitor.quality.least_rows


def _quality(look: Transaction, version: Version, environment: str, start: int, end: int, monitor: Monitor) -> list[Reading]:
    joined = look.predictions.joined(version.model, environment, version.number, start, end)
    rows = outcomes(joined.labels, joined.scores, version.manifest.decision.threshold)
    names = dict.fromkeys((monitor.quality.metric, "auc", "brier"))
    made = [_reading(name, rows, version, environment, start, end, monitor) for name in names]
    return [reading for reading in made if reading is not None]


def _reading(
    name: str, rows: Outcomes, version: Version, environment: str, start: int, end: int, monitor: Monitor
) -> Reading | None:
    measure = quality_measure(name)
    figure = measure.measure(rows)
    if isinstance(figure, Missing) or not isfinite(figure.value):
        return None
    bounded = isfinite(figure.low) and isfinite(figure.high)
    limit = monitor.quality.limit if name == monitor.quality.metric else None
    over = limit is not None and crossed(figure, limit, measure.direction) is Crossing.YES
    return Reading(
        model=version.model,
        environment=environment,
        number=version.number,
        aspect="quality",
        measure=name,
        column="",
        start=start,
        end=end,
        value=figure.value,
        low=figure.low if bounded else figure.value,
        high=figure.high if bounded else figure.value,
        count=rows.n,
        limit=limit,
        crossed=over,
    )


def _counted(
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


def sentence(look: Transaction, reading: Reading) -> str:
    """What a crossed quality limit means, for people."""
    joined = look.predictions.joined(reading.model, reading.environment, reading.number, reading.start, reading.end)
    rows = max(1, len(joined.ids))
    said, was = sum(joined.scores) / rows, sum(joined.labels) / rows
    worse = "under" if quality_measure(reading.measure).direction is Direction.HIGHER else "over"
    return (
        f"Quality ({reading.measure}) is {reading.value:.3f}, {worse} its limit of {reading.limit:g}: "
        f"v{reading.number} said {said:.0%} on average, {was:.0%} came true."
    )


def service_finding(look: Transaction, routing: Routing, now: int) -> Finding | None:
    """What is wrong with the answers of the live version in the last minute, if anything is beyond chance."""
    champion = routing.champion
    assert champion is not None
    since = max(now // 1_000_000 - _LOOK_BACK, routing.live_since // 1_000_000)
    seen = look.traffic.since(routing.model, routing.environment, since, number=champion.number, arm="champion")
    whole, limit = total(seen), look.project(routing.model).monitor.errors
    verdict = judge(0, 0, whole.requests, whole.failures, limit)
    if verdict.judgement is not Judgement.FAILED:
        return None
    return Finding(
        model=routing.model,
        environment=routing.environment,
        number=champion.number,
        kind=Kind.TECHNICAL,
        measure="failures",
        value=verdict.challenger,
        limit=limit,
        sentence=f"{whole.failures} of {whole.requests} requests failed in the last minute; v{champion.number} answers.",
        start=since * 1_000_000,
        end=now,
        after_rows=look.predictions.count(routing.model, routing.environment),
    )
