"""Lines over time: measured points with their intervals, a limit, and marks where something was released."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from lamplighter.web import times
from lamplighter.web.plots.key import entry
from lamplighter.web.plots.points import Point, dot
from lamplighter.web.plots.ribbon import Stretch, ribbon
from lamplighter.web.plots.scale import HEIGHT, WIDTH, Scale, across, round_scale


class Series(NamedTuple):
    """Points of one colour, oldest first."""

    name: str
    #: Which colour and dash of the style sheet, from 1.
    slot: int
    points: tuple[Point, ...]
    #: Whether the line is broken, for what was not measured.
    broken: bool = False
    #: Whether it has no points, where there are many and the table has them.
    plain: bool = False


class Mark(NamedTuple):
    """An instant worth a line across the drawing."""

    at: int
    name: str


class Axis(NamedTuple):
    """What stands along the time of a drawing beside its lines."""

    #: Instants worth a line.
    marks: Sequence[Mark] = ()
    #: From when to when figures are not known yet.
    unknown: tuple[int, int] | None = None
    #: Which version answered when.
    ribbon: Sequence[Stretch] = ()


#: Nothing but the lines.
NO_AXIS = Axis()


def line(series: Sequence[Series], *, label: str, limit: float | None = None, axis: Axis = NO_AXIS) -> Markup:
    """The lines of at least one point, with their axes. `label` says the same to who cannot see."""
    points = [point for one in series for point in one.points]
    values = [edge for point in points for edge in (point.low, point.high, point.value)]
    scale = round_scale(min([*values, *_known(limit)]), max([*values, *_known(limit)]))
    start, end = min(point.at for point in points), max([point.at for point in points] + list(axis.unknown or ()))
    marked = [mark for mark in axis.marks if start < mark.at < end]
    box = Markup("").join(
        (
            _unknown(axis.unknown, start, end),
            _grid(scale),
            *(_mark(mark, start, end) for mark in marked),
            *(_series(one, scale, start, end) for one in series),
            _limit(limit, scale),
        )
    )
    return Markup(
        '<div class="plot"><div class="up">{}</div><svg viewBox="0 0 {:.0f} {:.0f}" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}</svg>{}<div class="across">{}</div>{}</div>'
    ).format(
        _up(scale), WIDTH, HEIGHT, label, box, ribbon(axis.ribbon, start, end), _across(start, end),
        _key(series, limit, marked, unknown=axis.unknown is not None),
    )  # fmt: skip


def _known(limit: float | None) -> tuple[float, ...]:
    return () if limit is None else (limit,)


def _series(one: Series, scale: Scale, start: int, end: int) -> Markup:
    places = [(across(p.at, start, end), scale.up(p.value), scale.up(p.low), scale.up(p.high)) for p in one.points]
    band = [f"{x:.1f},{high:.1f}" for x, _, _, high in places] + [f"{x:.1f},{low:.1f}" for x, _, low, _ in reversed(places)]
    stems = "".join(f"M{x:.1f} {high:.1f}V{low:.1f}" for x, _, low, high in places)
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y, _, _ in places)
    # A line of one point is not to be seen.
    drawn = not one.plain or len(places) == 1
    dots = [dot(x, y, point) for (x, y, _, _), point in zip(places, one.points, strict=True)] if drawn else []
    return Markup(
        '<g class="series-{}{}"><polygon class="band" points="{}"/><path class="stem" d="{}"/><path class="run" d="M{}"/>{}</g>'
    ).format(one.slot, " broken" if one.broken else "", " ".join(band), stems, path, Markup("").join(dots))


def _unknown(time: tuple[int, int] | None, start: int, end: int) -> Markup:
    if time is None or end <= start:
        return Markup("")
    left, right = across(max(time[0], start), start, end), across(time[1], start, end)
    return Markup('<path class="later" d="M{:.1f} 0H{:.1f}V{:.0f}H{:.1f}z"/>').format(left, right, HEIGHT, left)


def _grid(scale: Scale) -> Markup:
    path = "".join(f"M0 {scale.up(tick):.1f}H{WIDTH:.0f}" for tick in scale.ticks)
    return Markup('<path class="grid" d="{}"/>').format(path)


def _limit(limit: float | None, scale: Scale) -> Markup:
    if limit is None:
        return Markup("")
    return Markup('<path class="limit" d="M0 {:.1f}H{:.0f}"/>').format(scale.up(limit), WIDTH)


def _mark(mark: Mark, start: int, end: int) -> Markup:
    place = across(mark.at, start, end)
    return Markup('<path class="mark" d="M{:.1f} 0V{:.0f}"><title>{}</title></path>').format(place, HEIGHT, mark.name)


def _up(scale: Scale) -> Markup:
    step = scale.ticks[1] - scale.ticks[0]
    digits = max(0, min(6, next(d for d in range(7) if d == 6 or abs(round(step, d) - step) < step * 1e-6)))
    return Markup("").join(Markup("<span>{:,.{}f}</span>").format(tick, digits) for tick in reversed(scale.ticks))


def _across(start: int, end: int) -> Markup:
    short = end - start < 3 * 86_400_000_000
    places = (start, (start + end) // 2, end) if end > start else (start,)
    names = [times.minute(place) if short else times.day(place) for place in places]
    return Markup("").join(Markup("<span>{}</span>").format(name) for name in names)


def _key(series: Sequence[Series], limit: float | None, marks: Sequence[Mark], *, unknown: bool) -> Markup:
    entries = [entry(f"series-{one.slot}{' broken' if one.broken else ''}", "run", "M0 4H24", one.name) for one in series]
    if limit is not None:
        entries.append(entry("", "limit", "M0 4H24", f"limit {limit:g}"))
    if any(point.restated for one in series if not one.plain for point in one.points):
        entries.append(entry("series-1", "ring", "M12 4h0", "restated"))
    if unknown:
        entries.append(entry("", "later", "M0 0H24V8H0z", "not known yet"))
    entries.extend(entry("", "mark", "M12 0V8", mark.name) for mark in marks)
    return Markup('<ul class="keys">{}</ul>').format(Markup("").join(entries))
