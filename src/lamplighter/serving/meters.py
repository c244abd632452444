"""What this process has counted since it started."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from lamplighter.domain.route import LATENCY_BOUNDS, Arm, ArmMeter, latency_bucket
from lamplighter.serving.caller_meters import CallerMeters
from lamplighter.serving.versions import Loaded


class _Counts(msgspec.Struct):
    requests: int = 0
    rows: int = 0
    failures: int = 0
    seconds: float = 0.0
    dropped: int = 0
    latencies: list[int] = msgspec.field(default_factory=lambda: [0] * (len(LATENCY_BOUNDS) + 1))


class Meters:
    """Counters by model, version and arm, and of what never reached a version."""

    def __init__(self) -> None:
        self._arms: dict[tuple[str, int, str, Arm], _Counts] = {}
        #: Answers by consumer.
        self.callers = CallerMeters()
        #: Requests refused because of the caller.
        self.refused = 0
        #: Requests answered with an error of ours.
        self.failed = 0
        #: Requests refused because as many were in work as this process takes, by model.
        self.turned_away: Counter[str] = Counter()

    def count(self, version: Loaded, arm: Arm, *, rows: int, seconds: float, failed: bool) -> None:
        """One request that the version scored or tried to."""
        counts = self._of(version, arm)
        counts.requests += 1
        counts.rows += 0 if failed else rows
        counts.failures += failed
        counts.seconds += seconds
        counts.latencies[latency_bucket(seconds)] += 1

    def count_answers(self, version: Loaded, arm: Arm, rows: int, seconds: float, buckets: Sequence[int]) -> None:
        """Requests with so many rows together that the version answered, what they have waited in sum, and the bucket of
        each."""
        counts = self._of(version, arm)
        counts.requests += len(buckets)
        counts.rows += rows
        counts.seconds += seconds
        latencies = counts.latencies
        for bucket in buckets:
            latencies[bucket] += 1

    def drop(self, version: Loaded) -> None:
        """One request that the shadow left out."""
        self._of(version, Arm.SHADOW).dropped += 1

    def refuse(self, status: int) -> None:
        """An answer with this status, 400 or above."""
        if status >= 500:
            self.failed += 1
        else:
            self.refused += 1

    def arms(self) -> tuple[ArmMeter, ...]:
        """The counters as they stand."""
        return tuple(
            ArmMeter(
                model=model,
                number=number,
                digest=digest,
                arm=arm,
                requests=counts.requests,
                rows=counts.rows,
                failures=counts.failures,
                latencies=tuple(counts.latencies),
                seconds=counts.seconds,
                dropped=counts.dropped,
            )
            for (model, number, digest, arm), counts in self._arms.items()
        )

    def _of(self, version: Loaded, arm: Arm) -> _Counts:
        key = (version.manifest.model, version.served.number, version.served.digest, arm)
        counts = self._arms.get(key)
        if counts is None:
            counts = self._arms[key] = _Counts()
        return counts
