"""What callers of the live version felt: failures, slowness, stand-in answers and requests that found no room.

Each is a share of the requests that is held against its limit over the last minute and over the last quarter of an hour, both
looked at again and again. The evidence that an alarm takes is set so that a model whose true share lies exactly at its limit
is reported falsely once in `MEAN_TIME` seconds on average at most, and a better one less often (`monitoring.repeated`).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial

import msgspec

from lamplighter.domain.false_alarms import MEAN_TIME
from lamplighter.domain.monitor import Finding, Kind, Look
from lamplighter.domain.outcome import Judgement
from lamplighter.domain.route import LATENCY_BOUNDS
from lamplighter.domain.routing import Routing
from lamplighter.domain.traffic import Traffic, total
from lamplighter.monitoring.guard import judge
from lamplighter.monitoring.latency import judge_latency, quantile
from lamplighter.monitoring.repeated import alpha_of
from lamplighter.store.transaction import Transaction

#: Seconds of traffic that the service is judged on.
LOOK_BACKS = (60, 900)
#: Seconds for which callers feel nothing before that is said.
CALM = LOOK_BACKS[0]
#: Requests within its limit from which the last minute alone says that callers no longer feel it.
_ENOUGH = 20
#: Measures of shares, and what is said of the requests that count.
_SAID = {
    "failures": "failed",
    "fallback": "were answered by what stands in for an outage",
    "saturation": "found no room",
}


class _Seen(msgspec.Struct, frozen=True):
    """Traffic of one look back."""

    since: int
    length: int
    requests: int = 0
    #: Requests that the version failed, whatever became of them.
    failures: int = 0
    #: Failures that another answer took the place of.
    replaced: int = 0
    #: Requests that found no room in front of the version, and in front of its process.
    crowded: int = 0
    turned_away: int = 0
    latencies: Sequence[int] = ()

    def count(self, measure: str) -> int:
        """The requests that a measure counts. What another measure tells of is no failure a second time."""
        failed = max(0, self.failures - self.replaced - self.crowded)
        return {"failures": failed, "fallback": self.replaced, "saturation": self.crowded + self.turned_away}[measure]

    @property
    def asked(self) -> int:
        """Requests of the version, with those that a process refused in front of it."""
        return self.requests + self.turned_away

    @property
    def tells(self) -> bool:
        """Whether it holds enough to say that callers no longer feel something."""
        return self.tells_of(self.requests)

    def tells_of(self, requests: int) -> bool:
        """The same where only so many of the requests say something."""
        return requests >= (_ENOUGH if self.length < LOOK_BACKS[-1] else 1)


def telling(look: Transaction, now: int, turned_away: Mapping[tuple[str, str], int]) -> list[Routing]:
    """The live versions of which something may have to be said, found by few questions for any number of them.

    Of the others nothing failed and nothing was refused in the longest look back, their time has no limit, and no incident of
    theirs could end.
    """
    live = {(one.model, one.environment): (one, one.champion.number) for one in look.routings.all() if one.champion}
    versions = [(*place, number) for place, (_, number) in live.items()]
    asked = look.traffic.trouble(versions, now // 1_000_000 - LOOK_BACKS[-1])
    timed = {one.name for one in look.projects.among("model", {model for model, _ in asked}) if one.monitor.p95_ms}
    troubled = {place for place, trouble in asked.items() if trouble or place[0] in timed}
    troubled |= turned_away.keys() | {(one.model, one.environment) for one in look.incidents.all(open=True)}
    return [routing for place, (routing, _) in live.items() if place in troubled]


def looks(look: Transaction, routing: Routing, now: int, turned_away: int = 0) -> Iterator[Look]:
    """How the live version does by each measure; `turned_away` is what the processes refused in the last minute for want of
    room before it reached the version."""
    monitor = look.project(routing.model).monitor
    limits = {**dict.fromkeys(_SAID, monitor.errors), **({"latency": monitor.p95_ms} if monitor.p95_ms else {})}
    seen = lru_cache(partial(_seen, look, routing, now, turned_away, with_latencies=monitor.p95_ms is not None))
    for measure, limit in limits.items():
        # Traffic is known by the second; what came in the second in which an incident moved has been told.
        begun = max(routing.live_since // 1_000_000, _moved(look, routing, measure) // 1_000_000 + 1)
        parts = [seen(length, begun) for length in LOOK_BACKS]
        bad, calm = _slowness(parts, limit) if measure == "latency" else _share(measure, parts, limit)
        found = _finding(look, routing, now, measure, limit, bad) if bad else None
        yield Look(model=routing.model, environment=routing.environment, measure=measure, finding=found, calm=calm)


def _moved(look: Transaction, routing: Routing, measure: str) -> int:
    """When an incident of the measure last began or ended: what was before has been told."""
    known = look.incidents.all(model=routing.model, environment=routing.environment, measure=measure)
    return max((incident.moved_at for incident in known), default=0)


def _seen(
    look: Transaction, routing: Routing, now: int, turned_away: int, length: int, begun: int, *, with_latencies: bool
) -> _Seen:
    assert routing.champion is not None
    since, nothing = max(now // 1_000_000 - length, begun), Traffic("", "", 0, "", 0)
    arms = look.traffic.sums(routing.model, routing.environment, routing.champion.number, since)
    champion, stand_in = arms.get("champion", nothing), arms.get("fallback", nothing)
    slow = look.traffic.since(routing.model, routing.environment, since, number=champion.number) if with_latencies else []
    return _Seen(
        since=since,
        length=length,
        requests=champion.requests,
        failures=champion.failures,
        replaced=min(stand_in.requests - stand_in.failures, champion.failures),
        crowded=champion.crowded,
        turned_away=turned_away,
        latencies=total([part for part in slow if part.arm == "champion"]).latencies,
    )


#: A look back that is beyond the limit, its figure and what is said of it.
_Bad = tuple[_Seen, float, str]


def _share(measure: str, seen: list[_Seen], limit: float) -> tuple[_Bad | None, str]:
    """What is beyond the limit by chance hardly ever; or what shows that it is over."""
    told = [f"{one.count(measure)} of {one.asked} requests {_SAID[measure]} in {_words(one.length)}" for one in seen]
    for one, words in zip(seen, told, strict=True):
        if judge(0, 0, one.asked, one.count(measure), limit, alpha=alpha_of(MEAN_TIME)).judgement is Judgement.FAILED:
            return (one, one.count(measure) / one.asked, words), ""
    calm = [words for one, words in zip(seen, told, strict=True) if one.tells and one.count(measure) <= limit * one.asked]
    return None, f"{calm[0]}." if calm else ""


def _slowness(seen: list[_Seen], limit_ms: float) -> tuple[_Bad | None, str]:
    """The same for the time that 19 of 20 requests took at most."""
    # Where no time is known, nobody can say that it is slow, or that it is slow no more.
    timed = [(one, 1000.0 * at) for one in seen if (at := quantile(LATENCY_BOUNDS, one.latencies)) is not None]
    told = [f"1 of 20 requests took longer than {ms:.0f} ms in {_words(one.length)}" for one, ms in timed]
    for (one, ms), words in zip(timed, told, strict=True):
        limit, alpha = limit_ms / 1000.0, alpha_of(MEAN_TIME)
        if judge_latency(LATENCY_BOUNDS, (), one.latencies, limit=limit, alpha=alpha).judgement is Judgement.FAILED:
            return (one, ms, words), ""
    calm = [words for (one, ms), words in zip(timed, told, strict=True) if one.tells_of(sum(one.latencies)) and ms <= limit_ms]
    return None, f"{calm[0]}." if calm else ""


def _words(length: int) -> str:
    return "the last minute" if length == 60 else f"the last {length // 60} minutes"


def _finding(look: Transaction, routing: Routing, now: int, measure: str, limit: float, bad: _Bad) -> Finding:
    assert routing.champion is not None
    seen, value, said = bad
    return Finding(
        model=routing.model,
        environment=routing.environment,
        number=routing.champion.number,
        kind=Kind.TECHNICAL,
        measure=measure,
        value=value,
        limit=limit,
        sentence=f"{said}; v{routing.champion.number} answers.",
        start=seen.since * 1_000_000,
        end=now,
        after_rows=look.answered.count(routing.model, routing.environment),
    )
