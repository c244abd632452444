"""A day of a version is closed before the first of its rows goes: its labelled rows and figures stand from then on.

Rows are read beside those who write, and never under a lock for which they would wait. A day that stands as it is now is not
even read again: to look ten million labels through for those of a day takes a second.
"""

from math import fsum
from typing import NamedTuple

import numpy as np

from lamplighter.lifecycle import outcomes
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring.labelled import Labelled, labelled, labelled_from
from lamplighter.store.closed_days import ClosedDay, Place
from lamplighter.store.outcomes import Day
from lamplighter.store.predictions import Tally
from lamplighter.store.transaction import Transaction

#: How often a day is read that changes meanwhile, before it is left for later.
_TRIES = 3


class _Read(NamedTuple):
    """A day as it is."""

    day: Day
    closed: ClosedDay


def close(kit: Kit, place: Place) -> bool:
    """Close a day; whether it is closed now. One that changes again and again is left as it is, until it changes no more."""
    for _ in range(_TRIES):
        with kit.store.reading() as look:
            marks = look.profiles.marks(place.model, place.environment).get(place.day, 0)
            read = _read(kit, look, place, stands=not marks)
        with kit.store.transaction() as change:
            # Who says at the same time that it has changed waits, and then finds it closed.
            change.profiles.soil({(place.model, place.environment, place.day)}, kit.clock.now())
            if change.profiles.marks(place.model, place.environment)[place.day] == marks + 1:
                _keep(change, place, read)
                if not marks:
                    # Nothing of it has changed.
                    change.profiles.clean(place.model, place.environment, {place.day: 1})
                return True
    return False


def _keep(change: Transaction, place: Place, read: _Read | None) -> None:
    if read is not None:
        outcomes.keep(change, place.model, place.environment, {(place.number, place.day): read.day})
        change.closed_days.add(read.closed)


def _read(kit: Kit, look: Transaction, place: Place, *, stands: bool) -> _Read | None:
    tally = look.predictions.tally(*place)
    if tally is None or look.closed_days.among([place]):
        return None
    version = look.versions.find(model=place.model, number=place.number)
    threshold = version.manifest.decision.threshold if version is not None else 0.5
    kept = look.outcomes.find(*place) if stands else None
    if kept is not None and _stands(look, kept, tally):
        rows = labelled_from(kept.rows)
        return _Read(kept, _closed(kit, place, tally, threshold, rows if kept.answered else labelled((), (), ())))
    rows, answered = found = outcomes.read_rows(look, place, tally)
    day = outcomes.day_of(place.number, place.day, tally, found)
    return _Read(day, _closed(kit, place, tally, threshold, rows.at(np.flatnonzero(answered))))


def _stands(look: Transaction, kept: Day, tally: Tally) -> bool:
    """Whether a day is now as it was read last, and its answers can be told from what scored along. A label and its prediction
    that came at once do not know of each other until the label is claimed."""
    return kept.scored == tally.scored and kept.answered in (0, kept.labelled) and not look.labels.some_arrived()


def _closed(kit: Kit, place: Place, tally: Tally, threshold: float, answers: Labelled) -> ClosedDay:
    """What is remembered of the answers of a day, of these its labelled ones."""
    said, there = answers.scores >= threshold, answers.labels > 0.5
    return ClosedDay(
        *place,
        closed_at=kit.clock.now(),
        first_at=tally.first_at,
        last_at=tally.last_at,
        scored=tally.scored - tally.along,
        known=answers.n,
        there=int(np.count_nonzero(there)),
        said=int(np.count_nonzero(said)),
        found=int(np.count_nonzero(said & there)),
        distance=fsum(np.abs(answers.scores - answers.labels)),
    )
