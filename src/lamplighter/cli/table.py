"""A table in plain text that fits the width of a terminal and loses nothing: where it is too wide, its texts wrap."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

#: Characters in a line.
WIDTH = 80
_GAP = "  "
#: Behind these a word may go on in the next line; an address goes on behind its @.
_MARKS = "-/_."
#: The last column gives way to the others down to this width.
_LEAST = 16


@dataclass(frozen=True)
class Table:
    """Rows of texts; `right` names the columns whose texts stand at the right."""

    rows: Sequence[Sequence[str]]
    heads: Sequence[str] = ()
    right: frozenset[int] = frozenset()


def lines(table: Table, width: int = WIDTH) -> list[str]:
    """The lines of a table, each at most `width` characters; none if it has no rows."""
    if not table.rows:
        return []
    rows = [*([table.heads] if table.heads else []), *table.rows]
    widths = _widths(rows, width)
    return [line for row in rows for line in _row(row, widths, table.right)]


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """The widest text of each column. If all are too wide together, the last gives way first, then the widest that can do so
    between its words, then the widest."""
    widths = [max(1, *(len(row[place]) for row in rows)) for place in range(len(rows[0]))]
    room = width - len(_GAP) * len(widths)
    widths[-1] = max(min(widths[-1], room - sum(widths[:-1])), min(widths[-1], _LEAST))
    words = [max(len(word) for row in rows for word in row[place].split() or [""]) for place in range(len(widths))]
    while sum(widths) > room and max(widths) > 1:
        loose = [place for place, size in enumerate(widths) if size > words[place]] or list(range(len(widths)))
        widths[max(loose, key=widths.__getitem__)] -= 1
    return widths


def _row(row: Sequence[str], widths: Sequence[int], right: frozenset[int]) -> list[str]:
    cells = [wrapped(_parted(text, size), size, break_words=True) for text, size in zip(row, widths, strict=True)]
    return ["".join(_cells(parts, widths, right)).rstrip() for parts in zip_longest(*cells, fillvalue="")]


def _parted(text: str, width: int) -> str:
    """The text with its longest words in parts where people would part them: addresses behind the @, names behind a hyphen."""
    return " ".join(part for word in text.split() for part in _parts(word, width))


def _parts(word: str, width: int) -> list[str]:
    if len(word) <= width:
        return [word]
    behind = word.rfind("@", 0, width) + 1 or max(word.rfind(mark, 0, width) for mark in _MARKS) + 1
    end = behind or width
    return [word[:end], *_parts(word[end:], width)]


def _cells(parts: Sequence[str], widths: Sequence[int], right: frozenset[int]) -> list[str]:
    sized = enumerate(zip(parts, widths, strict=True))
    return [_GAP + (text.rjust(size) if place in right else text.ljust(size)) for place, (text, size) in sized]


def wrapped(text: str, width: int, *, break_words: bool = False) -> list[str]:
    """The text in lines of at most `width` characters, at least one; a longer word stays whole unless it may break."""
    return textwrap.wrap(text, width, break_long_words=break_words, break_on_hyphens=False) or [""]
