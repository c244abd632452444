"""Scored rows and their labels go away once nobody has to keep them, in pieces, so that nobody waits for long.

Before the first row of a day goes, the day is closed: what it holds is read a last time and stands from then on, whatever comes
later. So no figure is ever made of what happens to be left.
"""

from lamplighter.lifecycle import closing, retention
from lamplighter.lifecycle.kit import Kit

#: Rows of one transaction: ids are in no order, so that each row and each label is in a page of its own, and whoever writes to
#: SQLite waits for all of them.
_AT_ONCE = 100


def discard(kit: Kit, seconds: float) -> int:
    """Drop rows that are old enough, model by model; after `seconds` no further piece is begun. Gives how many went."""
    ends = retention.ends(kit)
    with kit.store.reading() as look:
        due = look.old_rows.due(ends)
    until, count = kit.clock.elapsed() + seconds, 0
    for model in due:
        while kit.clock.elapsed() < until and (gone := _piece(kit, model, ends[model])):
            count += gone
    return count


def _piece(kit: Kit, model: str, end: int) -> int:
    with kit.store.reading() as look:
        places = {row.place(model) for row in look.old_rows.oldest(model, end, _AT_ONCE)}
        open_ones = sorted(places - look.closed_days.among(places))
    for place in open_ones:
        closing.close(kit, place)
    with kit.store.transaction() as change:
        if not change.old_rows.hold():
            return 0
        rows = change.old_rows.oldest(model, end, _AT_ONCE)
        closed = change.closed_days.among({row.place(model) for row in rows})
        going = [row for row in rows if row.place(model) in closed]
        change.old_rows.drop(going)
    return len(going)
