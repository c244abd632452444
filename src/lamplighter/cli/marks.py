"""Shape, word and colour: a status is never told by its colour alone."""

import re
from collections.abc import Mapping

import click

#: Shape of each word. Status, light of readiness, and what a gate or a check says.
SHAPES: Mapping[str, str] = {
    "healthy": "☀",
    "watch": "◐",
    "failing": "⊗",
    "unknown": "◌",
    "green": "☀",
    "amber": "◐",
    "red": "⊗",
    "passed": "✓",
    "refused": "✗",
    "undecided": "◌",
    "waived": "◐",
}
_COLOURS: Mapping[str, str] = {"☀": "cyan", "✓": "cyan", "◐": "yellow", "⊗": "red", "✗": "red", "◌": "bright_black"}
_MARKED = re.compile(f"([{''.join(_COLOURS)}])( [a-z]+)?")


def marked(word: str) -> str:
    """The word behind its shape, such as `☀ healthy`; a word without a shape stands alone."""
    shape = SHAPES.get(word)
    return f"{shape} {word}" if shape else word


def painted(text: str) -> str:
    """The text with every shape and the word behind it in the colour of the shape."""
    return _MARKED.sub(lambda found: click.style(found[0], fg=_COLOURS[found[1]]), text)
