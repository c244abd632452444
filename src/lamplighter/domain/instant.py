"""Instants and lengths of time as text."""

from datetime import UTC, datetime


def rfc3339(instant: int) -> str:
    """Microseconds since the epoch as a date and time of RFC 3339, in UTC."""
    moment = datetime.fromtimestamp(instant / 1_000_000, UTC)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")


def minute(instant: int) -> str:
    """Microseconds since the epoch as people write a date and a time, in UTC."""
    moment = datetime.fromtimestamp(instant / 1_000_000, UTC)
    return f"{moment.day} {moment:%b %Y %H:%M} UTC"


def day(instant: int) -> str:
    """The day of an instant as people write it, in UTC."""
    moment = datetime.fromtimestamp(instant / 1_000_000, UTC)
    return f"{moment.day} {moment:%b %Y}"


def days(start: int, end: int) -> str:
    """The days of a half-open window as people write them, in UTC."""
    return " to ".join(dict.fromkeys((day(start), day(end - 1))))


def lasting(seconds: float) -> str:
    """A time in the largest unit of which there are two at least."""
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0.0):.0f} seconds"
