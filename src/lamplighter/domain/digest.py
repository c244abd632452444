"""Whether a model does its job, in one sentence for the business owner: no word of statistics stands in it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from lamplighter.domain.record import Record, Settings

#: Microseconds in a week, and where the first Monday lies.
WEEK = 7 * 86_400_000_000
_MONDAY = 4 * 86_400_000_000


class DigestPlan(Settings, frozen=True):
    """The words in which the business owner hears how a model does."""

    #: What the model looks for, or speaks of, in the plural: late flights.
    things: str = "cases"
    #: What it did with those that it found, in the past tense: warned about.
    verb: str = "found"
    #: What one of its answers is called, in the plural: warnings.
    alarms: str = "alarms"
    #: Unit of what it says, for a model that gives numbers: minutes.
    unit: str = ""


class Verdict(StrEnum):
    """How a week was, against the weeks before it and but for chance."""

    #: The truth of too few rows is known.
    UNKNOWN = "unknown"
    #: There is no week before it.
    FIRST = "first"
    WORSE = "worse"
    NORMAL = "normal"
    BETTER = "better"


_SAID: Mapping[Verdict, str] = {
    Verdict.UNKNOWN: "",
    Verdict.FIRST: "There is no week to compare it with yet.",
    Verdict.WORSE: "Worse than usual.",
    Verdict.NORMAL: "Normal.",
    Verdict.BETTER: "Better than usual.",
}


class Week(Record, frozen=True):
    """What a model said in some days, and what came true."""

    scored: int = 0
    #: Rows whose truth is known; the others below are among these.
    known: int = 0
    #: Rows that were what the model looks for.
    there: int = 0
    #: Rows that it said are, and how many of these were.
    said: int = 0
    found: int = 0
    #: Sum of the distances between what it said and what came true, for a model that gives numbers.
    distance: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether the truth of enough rows is known to speak of it."""
        return bool(self.scored) and 2 * self.known >= self.scored

    def __add__(self, other: "Week") -> "Week":
        mine, theirs = (tuple(getattr(one, name) for name in self.__struct_fields__) for one in (self, other))
        return Week(*(a + b for a, b in zip(mine, theirs, strict=True)))


class Digest(Record, frozen=True):
    """One week of one model."""

    model: str
    #: The week, microseconds since the epoch, half open; it begins on a Monday, UTC.
    start: int
    end: int
    sentence: str
    week: Week
    verdict: Verdict = Verdict.UNKNOWN


def week_before(instant: int) -> tuple[int, int]:
    """The newest whole week that was over at an instant, in microseconds since the epoch."""
    end = (instant - _MONDAY) // WEEK * WEEK + _MONDAY
    return end - WEEK, end


def when(start: int, now: int) -> str:
    """How the week is called that began then: last week, if it is."""
    if week_before(now)[0] == start:
        return "last week"
    day = datetime.fromtimestamp(start // 1_000_000, UTC)
    return f"in the week from {day.day} {day:%b} {day.year}"


def sentence(plan: DigestPlan, week: Week, told: str, verdict: Verdict, *, number: bool) -> str:
    """The sentence of a week; `told` is how it is called, `number` whether the model gives numbers."""
    if not week.scored:
        return f"Nobody asked it {told}."
    if not week.is_known:
        known = f"{week.known:,} of {week.scored:,} {plan.things if number else 'answers'}"
        return f"We do not know yet how it did {told}: the truth is known for {known}."
    start = told[:1].upper() + told[1:]
    if number:
        off = f"{week.distance / week.known:.3g} {plan.unit}".rstrip()
        return f"{start} it was off by {off} on average, over {week.known:,} {plan.things}. {_SAID[verdict]}"
    caught = f"{start} it {plan.verb} {week.found:,} of {week.there:,} {plan.things}"
    if not week.said:
        return f"{caught}; it gave no {plan.alarms}. {_SAID[verdict]}"
    wrong = round(100 * (week.said - week.found) / week.said)
    return f"{caught}; {wrong} in 100 {plan.alarms} were wrong. {_SAID[verdict]}"
