"""What this process has answered to each consumer since it started."""

from collections.abc import Iterable

import msgspec

from lamplighter.domain.caller_meter import MOST_NAMED, OTHER, CallerMeter, has_name
from lamplighter.domain.route import LATENCY_BOUNDS

#: Status of nearly every answer.
_DONE = 200


class _Counts(msgspec.Struct):
    #: Of answers with another status than `_DONE`; what is left of the latencies is theirs.
    others: dict[int, int] = msgspec.field(default_factory=dict)
    latencies: list[int] = msgspec.field(default_factory=lambda: [0] * (len(LATENCY_BOUNDS) + 1))
    seconds: float = 0.0

    def answers(self) -> dict[str, int]:
        """Requests by the status of their answer."""
        done = sum(self.latencies) - sum(self.others.values())
        counts = {_DONE: done, **self.others} if done else self.others
        return {str(status): count for status, count in counts.items()}


class CallerMeters:
    """Counters by model and consumer; of each model a bounded number."""

    def __init__(self) -> None:
        self._models: dict[str, dict[str, _Counts]] = {}

    def count(self, model: str, status: int, answered: Iterable[tuple[str, float, int]]) -> None:
        """Requests that were answered with a status: the holder of the token of each, the seconds it has waited, and the bucket
        of these."""
        consumers = self._models.get(model)
        if consumers is None:
            consumers = self._models[model] = {}
        for holder, seconds, bucket in answered:
            counts = consumers.get(holder) or _admitted(consumers, holder)
            if status != _DONE:
                counts.others[status] = counts.others.get(status, 0) + 1
            counts.latencies[bucket] += 1
            counts.seconds += seconds

    def meters(self) -> tuple[CallerMeter, ...]:
        """The counters as they stand."""
        return tuple(
            CallerMeter(
                model=model,
                consumer=consumer,
                answers=counts.answers(),
                latencies=tuple(counts.latencies),
                seconds=counts.seconds,
            )
            for model, consumers in self._models.items()
            for consumer, counts in consumers.items()
        )


def _admitted(consumers: dict[str, _Counts], holder: str) -> _Counts:
    """The counters of a holder who has none of its own yet."""
    name = holder if has_name(holder) and len(consumers) < MOST_NAMED else OTHER
    return consumers.setdefault(name, _Counts())
