"""What callers feel: requests, failures and latency, from the traffic that was seen."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from lamplighter.domain.record import Record
from lamplighter.domain.route import LATENCY_BOUNDS
from lamplighter.domain.traffic import HOUR, Traffic, total

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

#: From how many seconds on a look back reads whole hours.
_LONG = 6 * HOUR


class Service(Record, frozen=True):
    """The last part of the traffic of a model in an environment."""

    environment: str
    #: Length of the look back, seconds.
    seconds: int
    requests: int
    rows: int
    #: Requests that the answering version failed.
    failures: int
    #: Percentiles of the time a version took, milliseconds; nothing where no time is known.
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    #: Requests in equal parts of the look back, oldest first.
    sparkline: tuple[int, ...]

    @property
    def failure_rate(self) -> float:
        """Share of failed requests."""
        return self.failures / self.requests if self.requests else 0.0


def service(look: "Transaction", model: str, environment: str, *, now: int, seconds: int = 86400, parts: int = 24) -> Service:
    """What callers of a model felt in the last seconds, without shadows."""
    last = now // 1_000_000
    seen = [felt(part) for part in _seen(look, model, environment, last - seconds, seconds) if part.arm != "shadow"]
    whole = total(seen)
    return Service(
        environment=environment,
        seconds=seconds,
        requests=whole.requests,
        rows=whole.rows,
        failures=whole.failures,
        p50_ms=percentile(whole.latencies, 0.50),
        p95_ms=percentile(whole.latencies, 0.95),
        p99_ms=percentile(whole.latencies, 0.99),
        sparkline=_parts(seen, last - seconds, seconds, parts),
    )


def _seen(look: "Transaction", model: str, environment: str, since: int, seconds: int) -> list[Traffic]:
    """Traffic from a second on. Of a long time only the hour that is cut through is read by the second; an hour that is read
    as a whole stands at its middle."""
    if seconds < _LONG:
        return look.traffic.since(model, environment, since)
    whole = -(-since // HOUR) * HOUR
    hours = look.traffic.hours(model, environment, whole)
    middle = [msgspec.structs.replace(part, second=part.second + HOUR // 2) for part in hours]
    return [*look.traffic.since(model, environment, since, before=whole), *middle]


def felt(part: Traffic) -> Traffic:
    """Traffic as callers felt it: what a version on trial failed was answered by the live one, and is counted there. What was
    answered in place of the live one is counted there too, and was no failure."""
    if part.arm == "fallback":
        return msgspec.structs.replace(part, requests=0, rows=0, failures=part.failures - part.requests)
    if part.arm != "challenger":
        return part
    return msgspec.structs.replace(part, requests=part.requests - part.failures, failures=0)


def percentile(latencies: Sequence[int], share: float) -> float | None:
    """Milliseconds under which this share of the requests stayed: the upper bound of the bucket that holds it. Nothing where
    no time is known."""
    wanted, below = share * sum(latencies), 0
    for bound, count in zip((*LATENCY_BOUNDS, LATENCY_BOUNDS[-1]), latencies, strict=True):
        below += count
        if count and below >= wanted:
            return bound * 1000.0
    return None


def _parts(seen: list[Traffic], start: int, seconds: int, parts: int) -> tuple[int, ...]:
    counts: dict[int, int] = defaultdict(int)
    for part in seen:
        counts[min(parts - 1, (part.second - start) * parts // seconds)] += part.requests
    return tuple(counts[place] for place in range(parts))
