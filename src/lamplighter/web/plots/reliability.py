"""What was said across, what came true upwards: on the diagonal a probability means what it says (DeGroot and Fienberg,
The Statistician 32, 1983)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from lamplighter.web.plots.key import entry
from lamplighter.web.plots.scale import HEIGHT, WIDTH, Scale, across, round_scale

_LINE = "M0 4H24"


class Spot(NamedTuple):
    """Rows with about the same score."""

    said: float
    came: float
    low: float
    high: float
    note: str


class Curve(NamedTuple):
    """Spots of one colour, rising in what was said."""

    name: str
    #: Which colour and dash of the style sheet, from 1.
    slot: int
    spots: Sequence[Spot]


def reliability(curves: Sequence[Curve], *, label: str) -> Markup:
    """Curves from 0 to a round number above all of them, each way its own. `label` says the same to who cannot see."""
    spots = [spot for curve in curves for spot in curve.spots]
    said, came = (round_scale(0.0, max(ends)) for ends in zip(*((one.said, one.high) for one in spots), strict=True))
    grid = "".join(f"M0 {came.up(tick):.1f}H{WIDTH:.0f}" for tick in came.ticks)
    end = min(said.high, came.high)
    keys = [entry(f"series-{one.slot}", "run", _LINE, one.name) for one in curves]
    return Markup(
        '<div class="plot"><div class="up">{}</div><svg viewBox="0 0 {:.0f} {:.0f}" preserveAspectRatio="none" role="img"'
        ' aria-label="{}"><path class="grid" d="{}"/><path class="limit" d="M0 {:.0f}L{:.1f} {:.1f}"/>{}</svg>'
        '<div class="across">{}</div><ul class="keys">{}</ul></div>'
    ).format(
        _ticks(reversed(came.ticks)), WIDTH, HEIGHT, label, grid, HEIGHT, across(end, 0.0, said.high), came.up(end),
        Markup("").join(_curve(one, said, came) for one in curves), _ticks(said.ticks),
        Markup("").join([*keys, entry("", "limit", _LINE, "as often as said")]),
    )  # fmt: skip


def _ticks(ticks: Iterable[float]) -> Markup:
    return Markup("").join(Markup("<span>{:g}</span>").format(round(tick, 9)) for tick in ticks)


def _curve(curve: Curve, said: Scale, came: Scale) -> Markup:
    places = [
        (across(one.said, said.low, said.high), *map(came.up, (one.came, one.low, one.high)), one.note) for one in curve.spots
    ]
    stems = "".join(f"M{x:.1f} {high:.1f}V{low:.1f}" for x, _, low, high, _ in places)
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y, *_ in places)
    dots = Markup("").join(
        Markup('<path class="dot" d="M{0:.1f} {1:.1f}h0"><title>{2}</title></path><path class="hole" d="M{0:.1f} {1:.1f}h0"/>')
        .format(x, y, note)
        for x, y, _, _, note in places
    )  # fmt: skip
    return Markup('<g class="series-{}"><path class="stem" d="{}"/><path class="run" d="M{}"/>{}</g>').format(
        curve.slot, stems, path, dots
    )
