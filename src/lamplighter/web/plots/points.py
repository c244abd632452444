"""The points of a line: one for each figure, with what stands beside it, and a ring where it was restated."""

from typing import NamedTuple

from markupsafe import Markup


class Point(NamedTuple):
    """One figure and its interval, at an instant in microseconds."""

    at: int
    value: float
    low: float
    high: float
    #: What stands beside it when it is pointed at.
    note: str
    #: Whether a later look gave another figure than an earlier one.
    restated: bool = False


def dot(x: float, y: float, point: Point) -> Markup:
    """One point at its place."""
    ring = Markup('<path class="ring" d="M{:.1f} {:.1f}h0"/>').format(x, y) if point.restated else Markup("")
    return Markup(
        '{3}<path class="dot" d="M{0:.1f} {1:.1f}h0"><title>{2}</title></path><path class="hole" d="M{0:.1f} {1:.1f}h0"/>'
    ).format(x, y, point.note, ring)
