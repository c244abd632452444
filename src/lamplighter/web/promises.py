"""Whether the model keeps its word: when it said 30 in 100, how many were."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from lamplighter.domain.monitor import Reading
from lamplighter.domain.monitored import Promise
from lamplighter.web.numbers import NOTHING, count, figure
from lamplighter.web.plots.promises import promise


class Row(NamedTuple):
    """One group of rows."""

    said: str
    came: str
    rows: str
    drawing: Markup
    #: Whether what was said lies inside the interval of what came true.
    kept: bool


class Promises(NamedTuple):
    """All groups, the lowest scores first."""

    caption: str
    rows: tuple[Row, ...]


def promises(found: Sequence[Promise], calibration: Reading | None) -> Promises | None:
    """The groups of the newest window; nothing where no truth is known."""
    if not found:
        return None
    farthest = max(found, key=lambda one: abs(one.said - one.came))
    kept = sum(map(_kept, found))
    caption = (
        f"When it said {_in_100(farthest.said)} in 100, {_in_100(farthest.came)} were: that is the farthest apart. "
        f"{kept} of {len(found)} groups are no farther apart than chance allows."
    )
    said = f" {_moved(calibration)}" if calibration is not None else ""
    return Promises(caption + said, tuple(_row(one) for one in found))


def _moved(reading: Reading) -> str:
    """How far scores mean something else than on the reference."""
    did = "moved" if reading.crossed else "has not moved beyond its limit"
    limit = NOTHING if reading.limit is None else figure(reading.limit)
    apart = f"{figure(reading.value)} ({figure(reading.low)} to {figure(reading.high)}), limit {limit}"
    return f"Calibration {did} since the reference: {apart}."


def _row(one: Promise) -> Row:
    came = f"{_in_100(one.came)} ({_in_100(one.low)} to {_in_100(one.high)})"
    return Row(_in_100(one.said), came, count(one.rows), promise(one.said, one.came, one.low, one.high), _kept(one))


def _kept(one: Promise) -> bool:
    return one.low <= one.said <= one.high


def _in_100(part: float) -> str:
    number = 100 * part
    return f"{number:.0f}" if number >= 1 or number < 0.05 else f"{number:.1f}"
