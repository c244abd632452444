"""Why it got worse."""

from lamplighter.cli.instants import day
from lamplighter.cli.page import Page
from lamplighter.cli.table import Table
from lamplighter.views.why import SliceShare, Why
from lamplighter.views.why_words import words

_HEADS = ("SLICE", "ROWS", "LOSS", "SHARE OF THE EXTRA LOSS")
#: Slices and inputs in the table.
_MOST = 6


def why_page(found: Why, address: str) -> Page:
    """The sentence, both windows, the slices that stand out and the inputs that moved."""
    shown = [one for one in found.slices if one.stands_out][:_MOST] or found.slices[:_MOST]
    window = f"{_window(found.start, found.end)}, v{found.number}, {found.rows:,} rows"
    facts = [("window", window), ("against", _base(found)), ("loss", _loss(found))]
    facts += [("inputs", ", ".join(f"{one.column} {one.impact:.2f}" for one in found.inputs[:_MOST]))] if found.inputs else []
    return Page(
        says=found.sentence,
        data={"why": found},
        facts=[*facts, ("read it as", "figures that go together; none of them is shown to be the cause")],
        table=Table([_row(one) for one in shown], _HEADS, frozenset({1, 2})) if shown else None,
        next=[f"lamp monitor show {found.model} --slices"],
        url=address,
    )


def _window(start: int, end: int) -> str:
    first, last = day(start), day(end - 1)
    return first if first == last else f"{first} to {last}"


def _base(found: Why) -> str:
    if found.loss_before is None:
        return "nothing: no earlier window is good"
    if not found.base_end:
        return "what was to be expected of these rows"
    return f"{_window(found.base_start, found.base_end)}, v{found.base_number}"


def _loss(found: Why) -> str:
    before = "" if found.loss_before is None else f", was {found.loss_before:.4f}"
    return f"{found.loss_name} {found.loss:.4f}{before}"


def _row(one: SliceShare) -> tuple[str, ...]:
    share = f"{one.share:.0%} ({one.low:.0%} to {one.high:.0%})"
    return words(one.slice), f"{one.rows:,}", f"{one.loss:.4f}", share if one.stands_out else f"{share}, may be chance"
