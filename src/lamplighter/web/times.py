"""Times as people read them: in the zone of the server, which every page names, with the exact instant beside it."""

import time
from datetime import UTC, datetime

from markupsafe import Markup, escape

from lamplighter.web.numbers import NOTHING

#: From how many seconds on a unit is taken, and its length. Up to two days, hours say more.
_UNITS = ((172800, 86400, "d"), (3600, 3600, "h"), (60, 60, "min"), (1, 1, "s"))


def local(instant: int) -> datetime:
    """Microseconds since the epoch as a time in the zone of the server."""
    return datetime.fromtimestamp(instant / 1_000_000, tz=UTC).astimezone()


def stamp(instant: int) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(instant / 1_000_000, tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(instant: int) -> str:
    """`9 Jul`, with the year where it is not this one."""
    moment = local(instant)
    year = "" if moment.year == datetime.now(tz=UTC).astimezone().year else f" {moment.year}"
    return f"{moment.day} {moment:%b}{year}"


def minute(instant: int) -> str:
    """`9 Jul 18:04`, with the year where it is not this one."""
    return f"{day(instant)} {local(instant):%H:%M}"


def when(instant: int) -> Markup:
    """An instant for a page; a dash for none."""
    if not instant:
        return escape(NOTHING)
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(stamp(instant), minute(instant))


def clock(instant: int) -> Markup:
    """An instant to the second, for the journal."""
    shown = f"{day(instant)} {local(instant):%H:%M:%S}"
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(stamp(instant), shown)


def length(seconds: float) -> str:
    """A length of time in its largest unit: `4 min`, `2 h`, `41 d`."""
    for least, size, unit in _UNITS:
        if seconds >= least:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds * 1000:.0f} ms" if seconds > 0 else "0 s"


def since(instant: int) -> str:
    """How long ago an instant was."""
    return length(max(0.0, time.time() - instant / 1_000_000))


def zone() -> str:
    """The zone that all times of a page are in, such as `CET (UTC+01:00)`."""
    now = datetime.now(tz=UTC).astimezone()
    offset = f"{now:%z}"
    return "UTC" if offset == "+0000" else f"{now:%Z} (UTC{offset[:3]}:{offset[3:]})"


def read_local(text: str) -> int | None:
    """The instant of a form's `datetime-local` field, in the zone of the server; nothing for another form."""
    try:
        return int(datetime.fromisoformat(text).astimezone().timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        return None
