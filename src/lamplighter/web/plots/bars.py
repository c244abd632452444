"""Bars beside the rows of a table, all on one scale, each with the limit it was held against."""

from markupsafe import Markup


def bar(value: float, most: float, *, limit: float | None = None, crossed: bool = False) -> Markup:
    """One bar from 0 to `most`; a crossed limit shows in colour and in a thicker end, never in colour alone."""
    length = 100.0 * min(value, most) / most if most > 0 else 0.0
    tick = Markup("")
    if limit is not None and 0 < limit <= most:
        tick = Markup('<path class="mark" d="M{0:.1f} 0V10"/>').format(100.0 * limit / most)
    return Markup(
        '<svg class="bar{}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="whole" d="M0 5H{:.1f}"/>{}</svg>'
    ).format(" crossed" if crossed else "", length, tick)
