"""The sources that models live on: what is told of them, and which are late, empty or broken.

The source's own owner is told, once for all models that need it: whoever owns a model cannot mend a table.
"""

from collections.abc import Iterator

from lamplighter.domain.duration import seconds
from lamplighter.domain.feed import Arrival, FeedState, Heard, check_arrival, following, heard_of, state_of
from lamplighter.domain.identity import Actor
from lamplighter.domain.monitor import Finding, Kind, Look
from lamplighter.domain.names import unknown
from lamplighter.domain.routing import Routing
from lamplighter.domain.source import Source
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.mainstay import mainstays

#: The measure of findings about what was told of a source.
MEASURE = "feed"


def push(
    kit: Kit, actor: Actor, source: str, newest: int, rows: int | None, passed: bool | None, check: str, schema: str = ""
) -> Arrival:
    """Keep what somebody tells of a source; raises `NotFound` for one that no project declares, and `Invalid`."""
    arrival = check_arrival(
        Arrival(
            source=source,
            arrived_at=kit.clock.now(),
            author=actor.email,
            newest=newest,
            rows=rows,
            passed=passed,
            check=check,
            schema=schema.strip(),
        )
    )
    with kit.store.transaction() as change:
        known = {one.name for project in change.projects.all() for one in project.source}
        if source not in known:
            raise unknown("source", source, known)
        # Two programs may tell in the same microsecond; the later one counts.
        arrival = following(arrival, heard_of(change.arrivals.of(source)))
        change.arrivals.put(arrival)
        change.arrivals.shed(source)
    return arrival


def looks(kit: Kit) -> Iterator[Look]:
    """How the sources of live models stand: a finding for each model that needs one that is wrong, and calm for a source that
    is right for all of them."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        told = look.arrivals.by_source()
        needed: dict[str, list[tuple[Source, Routing]]] = {}
        for routing in mainstays(look):
            for source in look.project(routing.model).source:
                needed.setdefault(source.name, []).append((source, routing))
    for name, uses in needed.items():
        heard = heard_of(told.get(name, []))
        judged = [(source, routing, *state_of(source, heard, now, routing.live_since)) for source, routing in uses]
        wrong = [_found(*one, heard, now) for one in judged if one[2] not in (FeedState.FRESH, FeedState.UNKNOWN)]
        yield from wrong
        if not wrong and judged[0][2] is FeedState.FRESH:
            yield Look(
                model=uses[0][1].model, environment=uses[0][1].environment, measure=MEASURE, source=name, calm=judged[0][3]
            )


def _found(source: Source, routing: Routing, state: FeedState, why: str, heard: Heard, now: int) -> Look:
    assert routing.champion is not None
    age = (now - (heard.newest or routing.live_since)) / 1_000_000
    is_late = state is FeedState.LATE
    finding = Finding(
        model=routing.model,
        environment=routing.environment,
        number=routing.champion.number,
        kind=Kind.FEED,
        measure=MEASURE,
        value=age if is_late else 1.0,
        limit=seconds(source.freshness) if is_late else 0.0,
        sentence=f"The source {source.name} is {state}. {why} {routing.model} needs it.",
        start=heard.newest or now,
        end=now,
        after_rows=0,
        source=source.name,
    )
    return Look(model=finding.model, environment=finding.environment, measure=MEASURE, source=source.name, finding=finding)
