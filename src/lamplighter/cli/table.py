"""A table in plain text that fits the width of a terminal and loses nothing: the last column wraps, the others keep whole."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

#: Characters in a line.
WIDTH = 80
_GAP = "  "
_LEAST = 24


@dataclass(frozen=True)
class Table:
    """Rows of texts; `right` names the columns whose texts stand at the right."""

    rows: Sequence[Sequence[str]]
    heads: Sequence[str] = ()
    right: frozenset[int] = frozenset()


def lines(table: Table, width: int = WIDTH) -> list[str]:
    """The lines of a table, each at most `width` characters where its columns but the last leave room for that."""
    rows = [list(row) for row in ([table.heads] if table.heads else [])] + [list(row) for row in table.rows]
    if not table.rows:
        return []
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    before = sum(widths[:-1]) + len(_GAP) * len(widths)
    widths[-1] = max(min(widths[-1], width - before), _LEAST)
    return [line for row in rows for line in _row(row, widths, table.right)]


def _row(row: Sequence[str], widths: Sequence[int], right: frozenset[int]) -> list[str]:
    *first, last = row
    cells = [text.rjust(widths[place]) if place in right else text.ljust(widths[place]) for place, text in enumerate(first)]
    head = "".join(f"{_GAP}{cell}" for cell in cells) + _GAP
    text = last.rjust(widths[-1]) if len(widths) - 1 in right and len(last) <= widths[-1] else last
    parts = wrapped(text, widths[-1])
    return [(head + parts[0]).rstrip(), *(" " * len(head) + part for part in parts[1:])]


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` characters; a longer word stays whole. At least one line."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False, drop_whitespace=True) or [""]
