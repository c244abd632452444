"""What was said against what came true: one row for each group of scores, on one scale from none to all."""

from markupsafe import Markup


def promise(said: float, came: float, low: float, high: float) -> Markup:
    """A tick where it was said to be, and a point with its interval where it was; all from 0 to 1."""
    return Markup(
        '<svg class="promise" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="grid" d="M0 5H100"/><path class="stem" d="M{:.1f} 5H{:.1f}"/>'
        '<path class="mark" d="M{:.1f} 0V10"/><path class="dot" d="M{:.1f} 5h0"/></svg>'
    ).format(100 * low, 100 * high, 100 * said, 100 * came)
