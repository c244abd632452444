"""A model file as Markdown. What people and programs have written stays text: none of it becomes markup."""

import re
from collections.abc import Iterator, Sequence

from lamplighter.domain.card import Card, Section, Table
from lamplighter.domain.instant import minute

#: What Markdown or HTML would take for more than a text.
_MARKS = re.compile(r"([\\`*{}\[\]<>#|~!&]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z]))")
#: What begins a list, a heading or a rule where it begins a line.
_BEGINS = re.compile(r"^(\d*)([-+=]|[.)](?=\s|$))")


def written(card: Card) -> str:
    """The whole file."""
    head = [f"# {plain(card.version)}", "", _line(card.summary) or "It has no summary.", "", *_made(card)]
    return "\n".join([*head, *(line for section in card.sections for line in _section(section))]) + "\n"


def _made(card: Card) -> list[str]:
    told = f"Made from the record on {minute(card.made_at)}; the journal had {card.entries:,} entries, the last with the hash"
    return [f"{told} `{card.head}`. The last line of this file is its signature.", ""]


def _section(section: Section) -> Iterator[str]:
    yield from (f"## {plain(section.title)}", "")
    for sentence in section.sentences:
        yield f"* {_line(sentence)}" if len(section.sentences) > 1 else _line(sentence)
    if section.sentences:
        yield ""
    if section.facts:
        yield from _table(("", ""), section.facts)
    for table in section.tables:
        yield from _of(table)


def _of(table: Table) -> Iterator[str]:
    return _table(table.heads, table.rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _row(heads)
    yield _row(["---"] * len(heads), as_it_is=True)
    yield from (_row(row) for row in rows)
    yield ""


def _row(cells: Sequence[str], *, as_it_is: bool = False) -> str:
    return f"| {' | '.join(cells if as_it_is else map(plain, cells))} |"


def plain(text: str) -> str:
    """A text in one line that stands for nothing but itself, behind something else."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _line(text: str) -> str:
    """The same where it begins the line."""
    return _BEGINS.sub(r"\1\\\2", plain(text))
