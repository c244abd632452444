"""A drawing that can be read without seeing it: a sentence made from its numbers, and the numbers themselves."""

from typing import NamedTuple

from markupsafe import Markup


class Figure(NamedTuple):
    """One plot of a page."""

    #: Short name of what is drawn, with its unit.
    title: str
    drawing: Markup
    #: What the numbers say, as one sentence.
    caption: str
    #: Heads of the columns of the table.
    heads: tuple[str, ...]
    #: The numbers, one tuple a row.
    rows: tuple[tuple[str, ...], ...]
