"""What this process has answered to each consumer since it started."""

from collections.abc import Iterable

import msgspec

from lamplighter.domain.caller_meter import MOST_NAMED, OTHER, CallerMeter, has_name, left_behind
from lamplighter.domain.route import LATENCY_BOUNDS, Served

#: Status of nearly every answer.
_DONE = 200

#: A model, its version that answered, and the part of the traffic that this one has; of what no version answered, nothing.
Place = tuple[str, Served | None, str]


class _Counts(msgspec.Struct):
    #: Of answers with another status than `_DONE`; what is left of the latencies is theirs.
    others: dict[int, int] = msgspec.field(default_factory=dict)
    latencies: list[int] = msgspec.field(default_factory=lambda: [0] * (len(LATENCY_BOUNDS) + 1))
    seconds: float = 0.0
    replaced: int = 0

    def answers(self) -> dict[str, int]:
        """Requests by the status of their answer."""
        done = sum(self.latencies) - sum(self.others.values())
        counts = {_DONE: done, **self.others} if done else self.others
        return {str(status): count for status, count in counts.items()}


class CallerMeters:
    """Counters by model, version and consumer; of each model a bounded number of consumers."""

    def __init__(self) -> None:
        self._places: dict[Place, dict[str, _Counts]] = {}
        #: By model, who is counted by name.
        self._named: dict[str, set[str]] = {}
        #: Of versions that are told apart no more.
        self._past: tuple[CallerMeter, ...] = ()

    def count(self, place: Place, status: int, answered: Iterable[tuple[str, float, int]]) -> None:
        """Requests that were answered with a status: the holder of the token of each, the seconds it has waited, and the bucket
        of these."""
        consumers = self._at(place)
        for holder, seconds, bucket in answered:
            counts = consumers.get(holder) or self._admitted(place[0], consumers, holder)
            if status != _DONE:
                counts.others[status] = counts.others.get(status, 0) + 1
            counts.latencies[bucket] += 1
            counts.seconds += seconds

    def replace(self, place: Place, holder: str) -> None:
        """A request that the version failed and another one answers."""
        consumers = self._at(place)
        counts = consumers.get(holder) or self._admitted(place[0], consumers, holder)
        counts.replaced += 1

    def meters(self, digests: frozenset[str]) -> tuple[CallerMeter, ...]:
        """The counters as they stand; only versions with one of these digests are told apart from now on."""
        counted = left_behind((*self._past, *self._present()), digests)
        gone = [place for place in self._places if place[1] is not None and place[1].digest not in digests]
        if gone:
            self._places = {}
            self._past = counted
        return counted

    def _present(self) -> Iterable[CallerMeter]:
        for (model, served, arm), consumers in self._places.items():
            for consumer, counts in consumers.items():
                yield CallerMeter(
                    model=model,
                    consumer=consumer,
                    number=0 if served is None else served.number,
                    digest="" if served is None else served.digest,
                    arm=arm,
                    answers=counts.answers(),
                    latencies=tuple(counts.latencies),
                    seconds=counts.seconds,
                    replaced=counts.replaced,
                )

    def _at(self, place: Place) -> dict[str, _Counts]:
        consumers = self._places.get(place)
        if consumers is None:
            consumers = self._places[place] = {}
        return consumers

    def _admitted(self, model: str, consumers: dict[str, _Counts], holder: str) -> _Counts:
        """The counters of a holder who has none of its own in this place yet."""
        named = self._named.setdefault(model, set())
        if has_name(holder) and len(named) < MOST_NAMED:
            named.add(holder)
        return consumers.setdefault(holder if holder in named else OTHER, _Counts())
