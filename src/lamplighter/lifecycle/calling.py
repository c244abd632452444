"""What each consumer feels, as serving tells it: answers and failures from its records, refusals from its counters."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from lamplighter.domain.caller_meter import OTHER, of_any_version, summed
from lamplighter.domain.prediction import Scored
from lamplighter.domain.route import LATENCY_BOUNDS, Arm, WorkerReport, latency_bucket
from lamplighter.domain.traffic import CallerHour
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.felt import CallerRefusals
from lamplighter.store.transaction import Transaction
from lamplighter.store.version_hours import VersionHour

_HOUR = 3600
#: Statuses with which nobody but the caller is to blame. Requests that end so are in no record.
_FOURS = "4"

#: Consumers that are counted by name, by model.
Named = Mapping[str, frozenset[str]]


class _Sum:
    """Of one consumer in one hour."""

    def __init__(self) -> None:
        self.requests = self.failures = 0
        self.latencies = [0] * (len(LATENCY_BOUNDS) + 1)

    def count(self, record: Scored) -> None:
        # Where a version on trial fails, the live one answers, in a record of its own. Where something stands in for the
        # live one, its failure was counted and was none for the caller.
        if record.arm is Arm.FALLBACK:
            self.failures -= not record.broke
        elif record.arm is not Arm.CHALLENGER or not record.broke:
            self.requests += 1
            self.failures += record.broke
            self._time(record)

    def attempt(self, record: Scored) -> None:
        """One request that a version was asked, whoever answered it in the end."""
        self.requests += 1
        self.failures += record.broke
        if not record.failure:
            self._time(record)

    def _time(self, record: Scored) -> None:
        if record.duration >= 0:
            self.latencies[latency_bucket(record.duration / 1_000_000)] += 1


def named(look: Transaction, records: Iterable[Scored]) -> Named:
    """By model of these records, the consumers that are counted by name: those that are declared or have an account."""
    accounts = frozenset(account.name for account in look.consumers.all())
    models = {record.model for record in records}
    declared = {
        project.name: frozenset(consumer.name for consumer in project.consumer)
        for project in look.projects.among("model", sorted(models))
    }
    return {model: accounts | declared.get(model, frozenset()) for model in models}


def count(environment: str, records: Sequence[Scored], known: Named) -> list[CallerHour]:
    """Records that serving wrote, by consumer and hour. Who is not known is other."""
    sums: dict[tuple[str, str, int], _Sum] = defaultdict(_Sum)
    for record in records:
        if record.arm is not Arm.SHADOW:
            sums[record.model, _name(record, known), record.at // 1_000_000 // _HOUR * _HOUR].count(record)
    return [
        CallerHour(model, environment, consumer, hour, one.requests, one.failures, tuple(one.latencies))
        for (model, consumer, hour), one in sums.items()
    ]


def by_version(environment: str, records: Sequence[Scored], known: Named) -> list[VersionHour]:
    """The same records by version and arm as well, those of shadows included. What stands in for a version is none."""
    sums: dict[tuple[str, str, int, Arm, int], _Sum] = defaultdict(_Sum)
    for record in records:
        if record.arm is not Arm.FALLBACK:
            consumer, hour = _name(record, known), record.at // 1_000_000 // _HOUR * _HOUR
            sums[record.model, consumer, record.number, record.arm, hour].attempt(record)
    return [
        VersionHour(model, environment, consumer, number, arm, hour, one.requests, one.failures, tuple(one.latencies))
        for (model, consumer, number, arm, hour), one in sums.items()
    ]


def _name(record: Scored, known: Named) -> str:
    return record.consumer if record.consumer in known[record.model] else OTHER


class Refusals:
    """What the processes of one environment have refused. What was kept is remembered, so that calm costs no write."""

    def __init__(self) -> None:
        self._kept: frozenset[tuple[str, str, str, str, int]] = frozenset()

    def keep(self, kit: Kit, environment: str, reports: Iterable[WorkerReport]) -> None:
        """Keep what has been counted since the last look, in the hour of now."""
        counted = frozenset(
            (meter.model, meter.consumer, status, f"{report.slot}-{report.started_at}", requests)
            for report in reports
            for meter in summed(map(of_any_version, report.callers))
            for status, requests in meter.answers.items()
            if status.startswith(_FOURS)
        )
        fresh = counted - self._kept
        if fresh:
            second = kit.clock.now() // 1_000_000
            with kit.store.transaction() as change:
                change.felt.refused(
                    [
                        CallerRefusals(model, environment, consumer, status, process, second, requests)
                        for model, consumer, status, process, requests in fresh
                    ]
                )
        self._kept = counted
