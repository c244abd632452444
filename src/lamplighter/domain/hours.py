"""Hours of the week as people write them, such as `Mon-Thu 09:00-16:00 Europe/Paris`: when rollouts may go on."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lamplighter.domain.errors import Invalid
from lamplighter.domain.local_time import first_shown, zone_of

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY = rf"(?:{'|'.join(_DAYS)})"
_RANGE = rf"{_DAY}(?:-{_DAY})?"
_HOURS = re.compile(rf"({_RANGE}(?:,{_RANGE})*) (\d\d):([0-5]\d)-(\d\d):([0-5]\d) (\S+)")
#: Days ahead in which the next opening is looked for: a day on which clocks skip all hours of it must not hide the next.
_AHEAD = 15


class Hours(NamedTuple):
    """Hours of some days of the week."""

    #: 0 is Monday.
    days: frozenset[int]
    #: Minutes of the day, 0 to 1440; hours that end before they begin end on the next day.
    start: int
    end: int
    zone: ZoneInfo


@lru_cache(maxsize=1024)
def read_hours(text: str) -> Hours:
    """The hours that a text names; raises `Invalid`."""
    found = _HOURS.fullmatch(text)
    if found is None:
        raise _unreadable()
    start, end = int(found[2]) * 60 + int(found[3]), int(found[4]) * 60 + int(found[5])
    if start >= 1440 or end > 1440 or start == end:
        raise _unreadable()
    days = frozenset(day for part in found[1].split(",") for day in _range(part))
    return Hours(days=days, start=start, end=end, zone=zone_of(found[6]))


def _unreadable() -> Invalid:
    return Invalid(
        "Those are not hours of the week.",
        why="Hours are days, a beginning, an end and a time zone; hours that end before they begin end on the next day.",
        fix="Write Mon-Thu 09:00-16:00 Europe/Paris, Mon-Wed,Sat 22:00-04:00 UTC or Mon-Sun 00:00-24:00 UTC.",
        code="E1138",
    )


def _range(text: str) -> Iterator[int]:
    first, _, last = text.partition("-")
    start = _DAYS.index(first)
    return ((start + step) % 7 for step in range((_DAYS.index(last or first) - start) % 7 + 1))


def spans(hours: Hours, now: int) -> Iterator[tuple[int, int]]:
    """When they begin and end from yesterday on, for two weeks; microseconds since the epoch, UTC."""
    today = datetime.fromtimestamp(now / 1_000_000, hours.zone).date()
    for ahead in range(-1, _AHEAD):
        day = today + timedelta(days=ahead)
        if day.weekday() not in hours.days:
            continue
        last = day if hours.end > hours.start else day + timedelta(days=1)
        begin, end = first_shown(day, hours.start, hours.zone), first_shown(last, hours.end, hours.zone)
        if begin < end:
            yield begin, end
