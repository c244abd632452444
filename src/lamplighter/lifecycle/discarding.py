"""Scored rows and their labels go away once nobody has to keep them, in pieces, so that nobody waits for long.

Before the first row of a day goes, the day is closed: what it holds is read a last time and stands from then on, whatever comes
later. So no figure is ever made of what happens to be left.
"""

from lamplighter.domain.window import DAY
from lamplighter.lifecycle import outcomes, retention
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.closed_days import ClosedDay, Place
from lamplighter.store.transaction import Transaction

#: Rows of one transaction: ids are in no order, so that each row and each label is in a page of its own, and whoever writes to
#: SQLite waits for all of them.
_AT_ONCE = 100
#: How often a day is read beside those who write before they have to wait for it.
_TRIES = 3


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
        close(kit, place)
    with kit.store.transaction() as change:
        if not change.old_rows.hold():
            return 0
        rows = change.old_rows.oldest(model, end, _AT_ONCE)
        closed = change.closed_days.among({row.place(model) for row in rows})
        going = [row for row in rows if row.place(model) in closed]
        change.old_rows.drop(model, going)
    return len(going)


def close(kit: Kit, place: Place) -> None:
    """Close a day: its labelled rows and figures stay as they are now."""
    for _ in range(_TRIES):
        with kit.store.reading() as look:
            marks = look.profiles.marks(place.model, place.environment).get(place.day, 0)
            read = _read(kit, look, place)
        with kit.store.transaction() as change:
            if _mark(kit, change, place) == marks + 1:
                _keep(change, place, read, is_measured=not marks)
                return
    with kit.store.transaction() as change:
        _mark(kit, change, place)
        _keep(change, place, _read(kit, change, place), is_measured=False)


def _mark(kit: Kit, change: Transaction, place: Place) -> int:
    """How often it was said that the day has changed. Who says so at the same time waits, and then finds it closed."""
    change.profiles.soil({(place.model, place.environment, place.day)}, kit.clock.now())
    return change.profiles.marks(place.model, place.environment)[place.day]


def _read(kit: Kit, look: Transaction, place: Place) -> tuple[outcomes.Fresh, ClosedDay | None]:
    fresh = outcomes.read(look, place.model, place.environment, (place.number,), (place.day,))
    span = look.predictions.ends(*place)
    if span is None:
        return {}, None
    version = look.versions.find(model=place.model, number=place.number)
    threshold = version.manifest.decision.threshold if version is not None else 0.5
    told = look.answered.outcome_of_rows(*place, place.day + DAY, threshold)
    return fresh, ClosedDay(*place, kit.clock.now(), *span, *told[:5], told[5])


def _keep(change: Transaction, place: Place, read: tuple[outcomes.Fresh, ClosedDay | None], *, is_measured: bool) -> None:
    fresh, closed = read
    if closed is not None:
        outcomes.keep(change, place.model, place.environment, fresh)
        change.closed_days.add(closed)
    if is_measured:
        # Nothing of it has changed.
        change.profiles.clean(place.model, place.environment, {place.day: 1})
