"""Instants for people and for programs. Inside they are microseconds since the epoch, UTC."""

from datetime import UTC, datetime, timedelta

from lamplighter.domain.errors import Invalid


def local(instant: int) -> str:
    """In the zone of this machine, such as `2026-03-03 14:32 CET`; a dash where there is none."""
    if not instant:
        return "-"
    return datetime.fromtimestamp(instant / 1_000_000, UTC).astimezone().strftime("%Y-%m-%d %H:%M %Z")


def short(instant: int) -> str:
    """The same without its zone, for a table whose head names the zone."""
    return local(instant).rpartition(" ")[0] or "-"


def zone() -> str:
    """The zone of this machine now, such as `CET`."""
    return datetime.now(UTC).astimezone().strftime("%Z")


def day(instant: int) -> str:
    """The day in UTC, in which windows of event time are cut, such as `2013-07-01`."""
    return datetime.fromtimestamp(instant / 1_000_000, UTC).strftime("%Y-%m-%d")


def read(text: str) -> int:
    """The instant that a text names: `now`, or ISO 8601, local time unless an offset is given; raises `Invalid`."""
    try:
        moment = datetime.now(UTC) if text == "now" else datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            "That is not an instant.",
            why="An instant is a date and, if needed, a time, as in ISO 8601.",
            fix="Write 2026-03-03T14:32, 2026-03-03T14:32+01:00, 2026-03-03 or now.",
            code="E1180",
        ) from None
    return round(moment.astimezone(UTC).timestamp() * 1_000_000)


def precise(instant: int) -> str:
    """In UTC to the microsecond, for `read`."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)).isoformat(timespec="microseconds")


def lasted(seconds: float) -> str:
    """A length of time in its largest unit, such as `41 s`, `12 min`, `3 h` or `41 days`."""
    for size, unit in ((86400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size or (seconds >= size and unit != "days"):
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def milliseconds(length: float | None) -> str:
    """How long answers took, such as `2.5 ms`; a dash where it is not known."""
    return "-" if length is None else f"{length:g} ms"
