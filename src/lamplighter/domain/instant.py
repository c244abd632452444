"""Instants as text."""

from datetime import UTC, datetime


def rfc3339(instant: int) -> str:
    """Microseconds since the epoch as a date and time of RFC 3339, in UTC."""
    moment = datetime.fromtimestamp(instant / 1_000_000, UTC)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")
