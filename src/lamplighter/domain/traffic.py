"""What versions did and callers felt, as it is counted: by second where it is new, and by hour."""

from collections.abc import Sequence

import msgspec

from lamplighter.domain.route import LATENCY_BOUNDS

#: Seconds in an hour.
HOUR = 3600


class Traffic(msgspec.Struct, frozen=True):
    """What one version did in one second, or in several added up."""

    model: str
    environment: str
    number: int
    arm: str
    #: Second since the epoch.
    second: int
    requests: int = 0
    rows: int = 0
    failures: int = 0
    #: Failures that were no fault of the version: too many requests waited for it.
    crowded: int = 0
    #: Requests by latency bucket; bounds are `LATENCY_BOUNDS`, the last is open.
    latencies: tuple[int, ...] = (0,) * (len(LATENCY_BOUNDS) + 1)


def total(parts: Sequence[Traffic]) -> Traffic:
    """All parts added up; labelled with the first."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0] if parts else Traffic(model="", environment="", number=0, arm="", second=0)
    return msgspec.structs.replace(
        first,
        requests=sum(part.requests for part in parts),
        rows=sum(part.rows for part in parts),
        failures=sum(part.failures for part in parts),
        crowded=sum(part.crowded for part in parts),
        latencies=tuple(sum(column) for column in zip(*(part.latencies for part in parts), strict=True)) or first.latencies,
    )


class CallerHour(msgspec.Struct, frozen=True):
    """What one consumer felt in one hour, or in several added up."""

    model: str
    environment: str
    consumer: str
    #: First second of the hour, since the epoch.
    second: int
    requests: int = 0
    failures: int = 0
    #: Requests by latency bucket; bounds are `LATENCY_BOUNDS`, the last is open.
    latencies: tuple[int, ...] = (0,) * (len(LATENCY_BOUNDS) + 1)
