"""What the colours and strokes of a plot stand for."""

from markupsafe import Markup


def entry(colour: str, stroke: str, path: str, name: str) -> Markup:
    """One line of the key: a stroke of a colour and its name."""
    return Markup(
        '<li><svg class="key {}" viewBox="0 0 24 8" aria-hidden="true"><path class="{}" d="{}"/></svg>{}</li>'
    ).format(colour, stroke, path, name)
