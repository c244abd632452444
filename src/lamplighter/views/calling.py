"""What each consumer of a model feels: failures, refusals and latency."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lamplighter.domain.record import Record
from lamplighter.domain.route import Arm
from lamplighter.domain.traffic import CallerHour
from lamplighter.views.answering import percentile
from lamplighter.views.live import live_versions

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction
    from lamplighter.store.version_hours import VersionHour

#: Seconds of the look back, which begins with a whole hour.
_DAY = 86_400


class OnVersion(Record, frozen=True):
    """What one version did for one consumer in the last day."""

    number: int
    arm: Arm
    #: Requests that it was asked, also where another version answered in its place.
    requests: int = 0
    #: Of these, requests that it failed.
    failures: int = 0
    #: Percentiles of the time it took where it answered, milliseconds; nothing where no time is known.
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None

    @property
    def failure_rate(self) -> float:
        """Share of failed requests."""
        return self.failures / self.requests if self.requests else 0.0


class Felt(Record, frozen=True):
    """The last day of one consumer in the most protected environment in which the model is live."""

    #: Empty where nothing is live.
    environment: str = ""
    #: Requests that a version answered or failed.
    requests: int = 0
    #: Of these, requests that failed and in whose place nothing answered.
    failures: int = 0
    #: Requests refused because of what the caller sent, by the status of the answer.
    refused: Mapping[str, int] = {}
    #: Percentiles of the time a version took, milliseconds; nothing where no time is known.
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    #: The same by version, shadows included.
    versions: tuple[OnVersion, ...] = ()

    @property
    def failure_rate(self) -> float:
        """Share of failed requests."""
        return self.failures / self.requests if self.requests else 0.0

    @property
    def fails_only_on(self) -> tuple[int, ...]:
        """Versions that failed requests while another one answered all that it was asked."""
        failed = {one.number for one in self.versions if one.failures}
        return tuple(sorted(failed)) if {one.number for one in self.versions} - failed else ()

    @property
    def refusals(self) -> int:
        """All refused requests."""
        return sum(self.refused.values())


def felt(look: "Transaction", model: str, now: int) -> dict[str, Felt]:
    """By consumer; people and whoever nobody knows are together under one name."""
    live = live_versions(look, model)
    if not live:
        return {}
    place, since = live[-1].environment, now // 1_000_000 - _DAY
    hours, refused = look.felt.since(model, place, since), look.felt.refusals(model, place, since)
    versions = look.version_hours.since(model, place, since)
    names = sorted({*hours, *refused, *versions})
    return {
        name: _felt(hours.get(name) or CallerHour(model, place, name, since), refused.get(name, {}), versions.get(name, ()))
        for name in names
    }


def _felt(hours: CallerHour, refused: Mapping[str, int], versions: "Sequence[VersionHour]") -> Felt:
    return Felt(
        environment=hours.environment,
        requests=hours.requests,
        failures=max(hours.failures, 0),
        refused=refused,
        p50_ms=percentile(hours.latencies, 0.50),
        p95_ms=percentile(hours.latencies, 0.95),
        p99_ms=percentile(hours.latencies, 0.99),
        versions=tuple(map(_on_version, versions)),
    )


def _on_version(hours: "VersionHour") -> OnVersion:
    return OnVersion(
        number=hours.number,
        arm=hours.arm,
        requests=hours.requests,
        failures=hours.failures,
        p50_ms=percentile(hours.latencies, 0.50),
        p95_ms=percentile(hours.latencies, 0.95),
        p99_ms=percentile(hours.latencies, 0.99),
    )
