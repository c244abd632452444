"""A row of small columns without axes: how something went, at a glance."""

from collections.abc import Sequence

from markupsafe import Markup

#: Height of the box, in steps that can be told apart.
_HIGH = 12


def sparkline(counts: Sequence[int]) -> Markup:
    """One column a count, the highest as high as the box. Says nothing to who cannot see: the numbers stand beside it."""
    most = max(counts, default=0)
    heights = [-(-count * _HIGH // most) if most else 0 for count in counts]
    path, before = f"M0 {_HIGH}", _HIGH
    for height in heights:
        top = _HIGH - height
        path += f"{'' if top == before else f'V{top}'}h1"
        before = top
    return Markup(
        '<svg class="spark" viewBox="0 0 {0} {1}" preserveAspectRatio="none" aria-hidden="true"><path d="{2}V{1}z"/></svg>'
    ).format(max(len(counts), 1), _HIGH, path)
