"""Times of the day in a time zone as instants, right on the days on which clocks are changed."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lamplighter.domain.errors import Invalid

_SECOND = 1_000_000


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of a name of the IANA data base; raises `Invalid`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            "That is not a time zone.",
            why="This machine knows no time zone of that name.",
            fix="Write a name such as Europe/Zurich or UTC.",
            code="E1137",
        ) from None


def first_shown(day: date, minute: int, zone: ZoneInfo) -> int:
    """When the clocks of a zone first show a minute of a day, 0 to 1440, or skip it; microseconds since the epoch, UTC.

    Of an hour that comes twice the first one counts; for a time that is skipped, the moment at which clocks are put forward.
    """
    shown = datetime.combine(day, time()) + timedelta(minutes=minute)
    early, late = (shown.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    before, after = early.utcoffset(), late.utcoffset()
    assert before is not None
    assert after is not None
    if before >= after:
        return int(early.timestamp()) * _SECOND
    return _put_forward(int(late.timestamp()), int(early.timestamp()), zone) * _SECOND


def _put_forward(low: int, high: int, zone: ZoneInfo) -> int:
    """The second at which the offset changes, after `low` and not after `high`."""
    offset = datetime.fromtimestamp(high, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high
