"""Quality by window: figures of the rows whose truth is known."""

from math import isfinite

from lamplighter.domain.monitor import Reading
from lamplighter.domain.project import Monitor
from lamplighter.domain.version import Version
from lamplighter.measures import quality_measure
from lamplighter.monitoring.figure import Direction, Missing
from lamplighter.monitoring.limits import Crossing, crossed
from lamplighter.monitoring.outcomes import Outcomes, outcomes
from lamplighter.store.transaction import Transaction


def readings(look: Transaction, version: Version, environment: str, start: int, end: int, monitor: Monitor) -> list[Reading]:
    """The watched figure of a window, and those that are always shown."""
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
