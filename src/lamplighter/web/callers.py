"""What callers felt, hour by hour."""

from collections.abc import Sequence

from lamplighter.domain.monitored import Hour
from lamplighter.web import times
from lamplighter.web.numbers import count, milliseconds, share
from lamplighter.web.plots.figure import Figure
from lamplighter.web.plots.line import Series, line
from lamplighter.web.plots.points import Point
from lamplighter.web.plots.sparkline import sparkline


def figures(hours: Sequence[Hour], limit: float) -> list[Figure]:
    """Requests, failures against their limit, and how long answers took; none before somebody asked."""
    asked = [hour for hour in hours if hour.requests]
    if not asked:
        return []
    return [_requests(hours), _failures(asked, limit), *_latency(asked)]


def _requests(hours: Sequence[Hour]) -> Figure:
    counts = [hour.requests for hour in hours]
    most = max(range(len(counts)), key=counts.__getitem__)
    silent = sum(not each for each in counts)
    caption = f"{count(sum(counts))} requests in {len(hours)} h, at most {count(counts[most])} in an hour, {_hour(hours[most])}"
    return Figure(
        title=f"Requests by hour, last {len(hours)} h",
        drawing=sparkline(counts),
        caption=f"{caption}; {silent} h without any." if silent else f"{caption}.",
        heads=("Hour", "Requests"),
        rows=tuple((_hour(hour), count(hour.requests)) for hour in reversed(hours)),
    )


def _failures(hours: Sequence[Hour], limit: float) -> Figure:
    points = tuple(_point(hour, 100 * _rate(hour), f"{share(_rate(hour))} failed") for hour in hours)
    worst = max(hours, key=_rate)
    whole = sum(hour.failures for hour in hours) / sum(hour.requests for hour in hours)
    caption = f"{share(whole)} of the requests failed; in the worst hour, {_hour(worst)}, it was {share(_rate(worst))}."
    return Figure(
        title="Failed requests, in 100",
        drawing=line([Series("failed", 1, points, plain=True)], label=caption, limit=100 * limit),
        caption=caption,
        heads=("Hour", "Requests", "Failed", "Share"),
        rows=tuple((_hour(h), count(h.requests), count(h.failures), share(_rate(h))) for h in reversed(hours)),
    )


def _latency(hours: Sequence[Hour]) -> list[Figure]:
    half = [(hour, hour.p50_ms) for hour in hours if hour.p50_ms is not None]
    most = [(hour, hour.p95_ms) for hour in hours if hour.p95_ms is not None]
    if not most:
        return []
    (slowest, longest), (_, last) = max(most, key=lambda one: one[1]), most[-1]
    caption = (
        f"19 of 20 answers took at most {milliseconds(last)} in the newest hour; "
        f"the slowest hour, {_hour(slowest)}, took {milliseconds(longest)}."
    )
    lines = [
        Series("half", 1, tuple(_point(h, at, f"p50 {milliseconds(at)}") for h, at in half), plain=True),
        Series("19 of 20", 2, tuple(_point(h, at, f"p95 {milliseconds(at)}") for h, at in most), plain=True),
    ]
    return [
        Figure(
            title="Time an answer took at most, ms",
            drawing=line(lines, label=caption),
            caption=caption,
            heads=("Hour", "p50", "p95"),
            rows=tuple((_hour(h), milliseconds(h.p50_ms), milliseconds(h.p95_ms)) for h in reversed(hours)),
        )
    ]


def _rate(hour: Hour) -> float:
    return hour.failures / hour.requests if hour.requests else 0.0


def _hour(hour: Hour) -> str:
    return times.minute(hour.at)


def _point(hour: Hour, value: float, note: str) -> Point:
    return Point(hour.at, value, value, value, note)
