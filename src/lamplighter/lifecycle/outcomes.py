"""Rows whose truth is known, by version and day: read from the rows once for each change of a day, then only summed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.version import Version
from lamplighter.domain.window import DAY, Counted, are_in
from lamplighter.monitoring.labelled import Labelled, labelled, labelled_bytes, labelled_from, together
from lamplighter.store.closed_days import Place
from lamplighter.store.outcomes import Day
from lamplighter.store.predictions import Tally
from lamplighter.store.transaction import Transaction

#: A day that never comes.
FOREVER = 2**62
#: Days that were read anew and are not kept yet, by version and day.
Fresh = Mapping[tuple[int, int], Day]


class Read(NamedTuple):
    """The labelled rows of a day as they are, and which of them are answers, not only scored along with one."""

    rows: Labelled
    answered: NDArray[np.bool_]


def read(look: Transaction, model: str, environment: str, numbers: Sequence[int], days: Iterable[int]) -> Fresh:
    """Read days of versions of a model from their rows, but for those that are closed."""
    places = [Place(model, environment, number, day) for day in days for number in numbers]
    closed = look.closed_days.among(places)
    found = (read_day(look, *place) for place in places if place not in closed)
    return {(day.number, day.day): day for day in found if day is not None}


def read_day(look: Transaction, model: str, environment: str, number: int, day: int) -> Day | None:
    """Read one day of a version from its rows; nothing if it scored none."""
    tally = look.predictions.tally(model, environment, number, day)
    return None if tally is None else day_of(number, day, tally, read_rows(look, Place(model, environment, number, day), tally))


def read_rows(look: Transaction, place: Place, tally: Tally) -> Read:
    """Read the labelled rows of a day that holds some."""
    parts, answered = [], []
    for scores, labels, keys, was_answer in (
        zip(*some, strict=True) for some in look.predictions.outcomes(*place, tally.scored)
    ):
        parts.append(labelled(labels, scores, keys))
        answered.append(np.asarray(was_answer, dtype=np.bool_))
    return Read(together(parts), np.concatenate(answered) if answered else np.empty(0, dtype=np.bool_))


def day_of(number: int, day: int, tally: Tally, read: Read) -> Day:
    """A day of its labelled rows."""
    rows, answered = read
    return Day(number, day, tally.scored, rows.n, int(np.count_nonzero(answered)), labelled_bytes(rows))


def keep(change: Transaction, model: str, environment: str, fresh: Fresh) -> None:
    """Keep days that were read, but for those that were closed meanwhile."""
    closed = change.closed_days.among(Place(model, environment, *key) for key in fresh)
    change.outcomes.put(model, environment, (one for key, one in fresh.items() if (model, environment, *key) not in closed))


def counted(look: Transaction, version: Version, environment: str, start: int, end: int, fresh: Fresh) -> Counted:
    """Rows that a version scored in a window of whole days, and how many of them have a label."""
    kept = look.outcomes.counted(version.model, environment, version.number, start, end)
    newer = {day: (one.scored, one.labelled) for (_, day), one in _of(version, start, end, fresh).items()}
    counts = {**kept, **newer}.values()
    return Counted(sum(scored for scored, _ in counts), sum(known for _, known in counts))


def rows(look: Transaction, version: Version, environment: str, start: int, end: int, fresh: Fresh) -> Labelled:
    """The labelled rows of a version in a window of whole days."""
    kept = look.outcomes.between(version.model, environment, version.number, start, end)
    newer = {day: one.rows for (_, day), one in _of(version, start, end, fresh).items()}
    return together(labelled_from(content) for content in {**kept, **newer}.values())


def by_day(
    look: Transaction, versions: Sequence[Version], environment: str, since: int, patience: int
) -> tuple[Mapping[int, Labelled], int]:
    """The kept labelled rows of versions on the days that are whole since a moment, the earliest first, and how many days are
    left out because their labels are still to come; those that came first are not like the rest. Labels are overdue so many
    microseconds after the end of their day, by the newest day that there is."""
    start = min(max(-(-since // DAY) * DAY, 0), FOREVER)
    counts: dict[int, Counted] = {}
    parts: dict[int, list[Labelled]] = {}
    for version in versions:
        place = version.model, environment, version.number, start, FOREVER
        for day, (scored, known) in look.outcomes.counted(*place).items():
            before = counts.get(day, Counted(0, 0))
            counts[day] = Counted(before.scored + scored, before.labelled + known)
        for day, content in look.outcomes.between(*place).items():
            parts.setdefault(day, []).append(labelled_from(content))
    newest = max(counts, default=0)
    ripe = [day for day in sorted(counts) if are_in(counts[day], overdue=day + DAY + patience <= newest)]
    return {day: together(parts[day]) for day in ripe if counts[day].labelled}, len(counts) - len(ripe)


def _of(version: Version, start: int, end: int, fresh: Fresh) -> Fresh:
    return {key: one for key, one in fresh.items() if key[0] == version.number and start <= key[1] < end}
