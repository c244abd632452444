"""Days on which nothing new goes live."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from lamplighter.domain.errors import Invalid
from lamplighter.domain.local_time import first_shown, zone_of
from lamplighter.domain.record import Settings

_ONCE = re.compile(r"(2\d{3})-(\d\d)-(\d\d)")
_YEARLY = re.compile(r"(\d\d)-(\d\d)")
#: A year without 29 February, in which days of every year are checked.
_PLAIN_YEAR = 2001


class Freeze(Settings, frozen=True, rename={"first": "from", "last": "to"}):
    """Days on which nothing new goes live, once or every year."""

    name: str
    #: First and last day, both included: 2026-12-15 is once, 12-15 is every year.
    first: str
    last: str
    #: Time zone of the days, such as Europe/Paris.
    zone: str
    #: Why, for those who have to wait.
    why: str


def check_freeze(freeze: Freeze) -> Freeze:
    """The freeze itself if it names lawful days, a time zone, itself and a reason; raises `Invalid`."""
    zone_of(freeze.zone)
    if not freeze.name.strip() or not freeze.why.strip():
        raise _unlawful("It has no name or no reason, and whoever waits is told both.")
    yearly = [_YEARLY.fullmatch(day) is not None for day in (freeze.first, freeze.last)]
    if yearly[0] is not yearly[1]:
        raise _unlawful("One day is of one year and the other of every year.")
    first, last = (_day(day, _PLAIN_YEAR) for day in (freeze.first, freeze.last))
    if not yearly[0] and last < first:
        raise _unlawful("It ends before it begins.")
    return freeze


def _unlawful(why: str) -> Invalid:
    return Invalid(
        "The freeze is not valid.",
        why=why,
        fix='Write { name = "year-end", from = "12-15", to = "01-04", zone = "Europe/Paris", why = "The books are closed." }.',
        code="E1139",
    )


def _day(text: str, year: int) -> date:
    once, yearly = _ONCE.fullmatch(text), _YEARLY.fullmatch(text)
    try:
        if once:
            return date(int(once[1]), int(once[2]), int(once[3]))
        if yearly:
            return date(year, int(yearly[1]), int(yearly[2]))
    except ValueError:
        pass
    raise _unlawful("A day is a date such as 2026-12-15, or 12-15 for every year; 29 February is not in every year.")


def spans(freeze: Freeze, now: int) -> Iterator[tuple[int, int]]:
    """When it begins and ends around an instant; microseconds since the epoch, UTC."""
    zone = zone_of(freeze.zone)
    this_year = datetime.fromtimestamp(now / 1_000_000, zone).year
    years = (this_year - 1, this_year, this_year + 1) if _YEARLY.fullmatch(freeze.first) else (this_year,)
    for year in years:
        first, last = _day(freeze.first, year), _day(freeze.last, year)
        if last < first:
            last = _day(freeze.last, year + 1)
        yield first_shown(first, 0, zone), first_shown(last + timedelta(days=1), 0, zone)
