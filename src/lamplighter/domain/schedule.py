"""When something is due again and again: cron's five fields or one of its names, in UTC or by the clocks of a zone."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Record

#: The names that cron knows.
_NAMED: Mapping[str, str] = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
#: In front of a schedule that has a zone.
_ZONES = ("CRON_TZ=", "TZ=")


class Schedule(Record, frozen=True):
    """A schedule as it was read. Where clocks are set back an hour has its runs once, and where they are set forward what
    would have been due in the hour that is left out is due as it ends, as cron of Debian has it."""

    #: Five, with a space in between.
    fields: str
    #: Name of a time zone; empty for UTC.
    zone: str = ""

    @property
    def clock(self) -> tzinfo:
        """The zone itself."""
        return ZoneInfo(self.zone) if self.zone else UTC

    def last(self, now: int) -> int:
        """The latest instant at or before `now` at which it is due; both in microseconds since the epoch."""
        # Searching back starts below the instant that is given, and an instant that has just come is due.
        behind = datetime.fromtimestamp(now // 1_000_000 + 1, self.clock)
        return int(next(CronSim(self.fields, behind, reverse=True)).timestamp()) * 1_000_000

    def next(self, now: int) -> int:
        """The first instant after `now` at which it is due; both in microseconds since the epoch."""
        return int(next(self._after(now)).timestamp()) * 1_000_000

    def words(self, now: int, count: int) -> list[str]:
        """The next instants after `now` by the clocks of its zone, such as `Friday 27 November 03:00 CET`."""
        return [f"{one:%A} {one.day} {one:%B %H:%M %Z}" for one in islice(self._after(now), count)]

    def _after(self, now: int) -> Iterator[datetime]:
        return CronSim(self.fields, datetime.fromtimestamp(now // 1_000_000, self.clock))


@lru_cache(maxsize=4096)
def read_schedule(text: str) -> Schedule:
    """The schedule that a text means, such as `0 3 * * *`, `@daily` or `TZ=Europe/Zurich 0 3 * * 1-5`, if it is ever due;
    raises `Invalid`."""
    zone, rest = _zone_of(text)
    fields = _NAMED.get(rest.strip().lower(), " ".join(rest.split()))
    try:
        if len(fields.split(" ")) != 5:
            raise CronSimError
        found = Schedule(fields=fields, zone=zone)
        next(CronSim(fields, datetime(2000, 1, 1, tzinfo=found.clock)))
    except (CronSimError, StopIteration, ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            "That is not a schedule.",
            why="A schedule is the five fields of cron (minute, hour, day, month, day of the week), of which some day must "
            "fit, or a name such as @daily; TZ= and a time zone that this machine knows may stand in front.",
            fix='Write "0 3 * * *" for every day at 03:00 UTC, or "TZ=Europe/Zurich 0 3 * * *".',
            code="E1148",
        ) from None
    return found


def _zone_of(text: str) -> tuple[str, str]:
    """The zone in front of a schedule, and the rest."""
    first, _, rest = text.strip().partition(" ")
    zone = next((first.removeprefix(word) for word in _ZONES if first.startswith(word)), None)
    return ("", text) if zone is None else (zone or "-", rest)
