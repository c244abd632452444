"""What callers of the live version felt in the last minute."""

from lamplighter.domain.monitor import Finding, Kind
from lamplighter.domain.outcome import Judgement
from lamplighter.domain.routing import Routing
from lamplighter.monitoring.guard import judge
from lamplighter.store.traffic import total
from lamplighter.store.transaction import Transaction

#: Seconds of traffic that the service is judged on.
_LOOK_BACK = 60


def finding(look: Transaction, routing: Routing, now: int) -> Finding | None:
    """What is wrong with the answers of the live version in the last minute, if anything is beyond chance."""
    champion = routing.champion
    assert champion is not None
    since = max(now // 1_000_000 - _LOOK_BACK, routing.live_since // 1_000_000)
    seen = look.traffic.since(routing.model, routing.environment, since, number=champion.number, arm="champion")
    whole, limit = total(seen), look.project(routing.model).monitor.errors
    verdict = judge(0, 0, whole.requests, whole.failures, limit)
    if verdict.judgement is not Judgement.FAILED:
        return None
    return Finding(
        model=routing.model,
        environment=routing.environment,
        number=champion.number,
        kind=Kind.TECHNICAL,
        measure="failures",
        value=verdict.challenger,
        limit=limit,
        sentence=f"{whole.failures} of {whole.requests} requests failed in the last minute; v{champion.number} answers.",
        start=since * 1_000_000,
        end=now,
        after_rows=look.predictions.count(routing.model, routing.environment),
    )
