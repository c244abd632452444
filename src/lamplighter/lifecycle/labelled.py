"""How many rows were answered in parts of time, and of how many the truth has come."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lamplighter.domain.window import DAY
from lamplighter.store.transaction import Transaction


class Labelled(NamedTuple):
    """Rows that versions of a model have answered in one environment; rows of a shadow are not among them."""

    scored: int
    labelled: int

    def plus(self, other: tuple[int, int]) -> "Labelled":
        """These and others together."""
        return Labelled(self.scored + other[0], self.labelled + other[1])


def labelled(look: Transaction, model: str, environment: str, pieces: Iterable[tuple[int, int]], now: int) -> Labelled:
    """Rows of half-open parts of event time. Whole days stand as sums; only the days in which a part begins or ends are counted
    row by row."""
    found = Labelled(0, 0)
    for start, end in pieces:
        for first, last in _parts(start, end, now):
            if first % DAY or last % DAY:
                for number in look.outcomes.numbers(model, environment, first // DAY * DAY):
                    found = found.plus(look.predictions.summed(model, environment, number, first, last))
            else:
                found = found.plus(look.outcomes.summed(model, environment, first, last))
    return found


def _parts(start: int, end: int, now: int) -> Iterator[tuple[int, int]]:
    """Whole days in one part, and what is left of a day in parts of their own. Nothing lies behind now, so a day that ends
    there is whole."""
    last = -(-end // DAY) * DAY if end >= now else end
    first = -(-start // DAY) * DAY
    if start < first:
        yield start, min(first, last)
    behind = last // DAY * DAY
    if first < behind:
        yield first, behind
    if max(first, behind) < last:
        yield max(first, behind), last
