"""Waivers and how many of them there are, by the party that owned the model's industrialization when each was given."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from lamplighter.domain.record import Record
from lamplighter.domain.waiver import Waiver

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


class Count(Record, frozen=True):
    """How many waivers one party's models have."""

    in_force: int
    #: Over, while something rests on them.
    over: int
    #: Ever given.
    given: int


class Waivers(Record, frozen=True):
    """Waivers, newest first, and their numbers."""

    waivers: tuple[Waiver, ...]
    #: By person or team; empty where nobody owned it.
    teams: Mapping[str, Count]
    #: Microseconds since the epoch, UTC.
    at: int

    def holds(self, waiver: Waiver) -> bool:
        """Whether one of them was in force at that time."""
        return waiver.holds(self.at)


def waivers(look: "Transaction", *, model: str, closed: bool, now: int) -> Waivers:
    """Waivers on which something may rest, of one model or of all; with `closed` all that were ever given."""
    every = look.waivers.all(newest="opened_at", equals={"model": model} if model else None)
    given = Counter(one.team for one in every)
    held = Counter(one.team for one in every if one.holds(now))
    over = Counter(one.team for one in every if one.open and not one.holds(now))
    teams = {team: Count(in_force=held[team], over=over[team], given=number) for team, number in given.most_common()}
    return Waivers(waivers=tuple(one for one in every if closed or one.open), teams=teams, at=now)


def standing(waiver: Waiver, now: int) -> str:
    """Whether it is in force, over, or done with."""
    if waiver.holds(now):
        return "in force"
    return "over, not seen to" if waiver.open and waiver.lapsed_at else "over"
