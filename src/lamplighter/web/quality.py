"""How good predictions were, window by window, for each version, against the limit."""

from collections.abc import Mapping, Sequence

from lamplighter import measures, plugins
from lamplighter.domain.monitor import Reading
from lamplighter.monitoring.figure import Direction
from lamplighter.web import times
from lamplighter.web.numbers import NOTHING, count, figure
from lamplighter.web.plots.figure import Figure
from lamplighter.web.plots.line import NO_AXIS, Axis, Series, line
from lamplighter.web.plots.points import Point

#: How measures are called on pages.
NAMES: Mapping[str, str] = {
    "auc": "AUC", "brier": "Brier score", "log_loss": "Log loss", "mae": "Mean absolute error", "rmse": "RMSE",
    "calibration": "Calibration error",
    "failures": "Failed requests", "p50": "Median latency, ms", "p95": "p95 latency, ms", "p99": "p99 latency, ms",
}  # fmt: skip
#: Colours of the style sheet.
SLOTS = 4
#: The aspect of figures that are expected before labels are there.
ESTIMATE = "estimate"


def name_of(measure: str) -> str:
    """The name of a measure on pages."""
    return NAMES.get(measure, measure.replace("_", " ").capitalize())


def lower_is_better(measure: str) -> bool:
    """Which way is better; a figure of the traffic, such as failures, is better lower."""
    return measure not in plugins.names("measures") or measures.measure(measure).direction is Direction.LOWER


def over_time(readings: Sequence[Reading], measure: str, number: int = 0, axis: Axis = NO_AXIS) -> Figure | None:
    """The figure of one measure; nothing without a reading of it. Its sentence is about the version of this number."""
    found = sorted((r for r in readings if r.measure == measure), key=lambda reading: (reading.start, reading.number))
    if not found:
        return None
    limit = next((r.limit for r in reversed(found) if r.limit is not None), None)
    better = "lower is better" if lower_is_better(measure) else "higher is better"
    measured = [reading for reading in found if reading.aspect != ESTIMATE]
    spoken = [reading for reading in measured or found if reading.number == number] or measured or found
    caption = _caption(spoken, measure, limit)
    return Figure(
        title=f"{name_of(measure)}, {better}",
        drawing=line(_series(found), label=caption, limit=limit, axis=axis),
        caption=caption,
        heads=("Window", "Version", name_of(measure), "95 % interval", "Rows", "Limit"),
        rows=tuple(_row(reading) for reading in reversed(found)),
    )


def window(reading: Reading) -> str:
    """The window of a reading, in days or, for a short one, in minutes."""
    told = times.day if reading.end - reading.start >= 86_400_000_000 else times.minute
    last = reading.end - 1 if told is times.day else reading.end
    first, end = told(reading.start), told(last)
    return first if first == end else f"{first} {NOTHING} {end}"


def _series(readings: Sequence[Reading]) -> tuple[Series, ...]:
    """A line for each version, and a broken one for what its labels are expected to show."""
    lines = sorted({(reading.number, reading.aspect == ESTIMATE) for reading in readings})
    return tuple(
        Series(
            name=f"v{number}, estimated" if estimated else f"v{number}",
            slot=(number - 1) % SLOTS + 1,
            points=tuple(_point(r) for r in readings if (r.number, r.aspect == ESTIMATE) == (number, estimated)),
            broken=estimated,
        )
        for number, estimated in lines
    )


def _point(reading: Reading) -> Point:
    kind = " estimated" if reading.aspect == ESTIMATE else ""
    note = f"v{reading.number}, {window(reading)}:{kind} {figure(reading.value)} on {count(reading.count)} rows"
    times_restated = restated(reading)
    note += f", restated {times_restated} times" if times_restated else ""
    middle = (reading.start + reading.end) // 2
    return Point(middle, reading.value, reading.low, reading.high, note, restated=times_restated > 0)


def restated(reading: Reading) -> int:
    """How often rows or labels that came late changed a figure."""
    return reading.restated


def _row(reading: Reading) -> tuple[str, ...]:
    interval = f"{figure(reading.low)} to {figure(reading.high)}" if reading.low != reading.high else NOTHING
    limit = NOTHING if reading.limit is None else f"{figure(reading.limit)}{', crossed' if reading.crossed else ''}"
    version = f"v{reading.number}{', estimated' if reading.aspect == ESTIMATE else ''}"
    version += f", restated {restated(reading)} times" if restated(reading) else ""
    return (window(reading), version, figure(reading.value), interval, count(reading.count), limit)


def _caption(readings: Sequence[Reading], measure: str, limit: float | None) -> str:
    last = readings[-1]
    interval = f" ({figure(last.low)} to {figure(last.high)})" if last.low != last.high else ""
    verb = "is estimated at" if last.aspect == ESTIMATE else "was"
    told = f"{name_of(measure)} of v{last.number} {verb} {figure(last.value)}{interval} in the newest window, {window(last)}"
    if limit is None:
        return f"{told}."
    crossed = [reading for reading in readings if reading.crossed and reading.number == last.number]
    if last.crossed:
        return f"{told}: beyond its limit {limit:g}, first crossed in {window(crossed[0])}."
    return f"{told}: within its limit {limit:g}."
