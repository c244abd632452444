"""A model file as one page of HTML that needs nothing else: no script runs, nothing is loaded."""

from collections.abc import Iterator, Sequence
from html import escape

import msgspec

from lamplighter.domain.card import Card, Section
from lamplighter.domain.instant import minute

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; } h2 { margin-top: 2.5rem; } .quiet { opacity: .75; font-size: .9rem; overflow-wrap: anywhere; }
"""


def written(card: Card) -> str:
    """The whole page, with the facts for programs in it."""
    made = f"Made from the record on {minute(card.made_at)}. The journal had {card.entries:,} entries, the last with the hash "
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
            f"<title>{escape(card.version)}</title><style>{_STYLE}</style></head><body><main>",
            f"<h1>{escape(card.version)}</h1>",
            f"<p>{escape(card.summary) or 'It has no summary.'}</p>",
            f'<p class="quiet">{made}<code>{card.head}</code>. The last line of this file is its signature.</p>',
            _contents(card.sections),
            *(line for section in card.sections for line in _section(section)),
            f'</main><script type="application/json" id="card">{_facts(card)}</script></body></html>',
            "",
        ]
    )


def _facts(card: Card) -> str:
    """The card as JSON that no text in it can end."""
    return msgspec.json.encode(card).decode().replace("<", "\\u003c")


def _contents(sections: Sequence[Section]) -> str:
    links = (f'<a href="#{section.name}">{escape(section.title)}</a>' for section in sections)
    return f"<nav><p>{' · '.join(links)}</p></nav>"


def _section(section: Section) -> Iterator[str]:
    yield f'<section><h2 id="{section.name}">{escape(section.title)}</h2>'
    yield from (f"<p>{escape(sentence)}</p>" for sentence in section.sentences)
    if section.facts:
        yield from _table((), section.facts)
    for table in section.tables:
        yield from _table(table.heads, table.rows)
    yield "</section>"


_HEAD, _FIRST, _CELL = '<th scope="col">{}</th>', '<th scope="row">{}</th>', "<td>{}</td>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield '<div class="scroll"><table>'
    if heads:
        yield f"<thead><tr>{_cells(_HEAD, heads)}</tr></thead>"
    yield "<tbody>"
    for first, *rest in rows:
        yield f"<tr>{_cells(_FIRST, [first])}{_cells(_CELL, rest)}</tr>"
    yield "</tbody></table></div>"


def _cells(form: str, texts: Sequence[str]) -> str:
    return "".join(form.format(escape(text)) for text in texts)
