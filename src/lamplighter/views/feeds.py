"""The sources that models live on, and how each stands."""

from typing import TYPE_CHECKING

from lamplighter.domain.duration import seconds
from lamplighter.domain.feed import Feed, FeedState, Heard, heard_of, state_of
from lamplighter.domain.names import unknown
from lamplighter.domain.source import Source

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

#: Those that need somebody first.
_ORDER = (FeedState.BROKEN, FeedState.EMPTY, FeedState.LATE, FeedState.UNKNOWN, FeedState.FRESH)


def feeds(look: "Transaction", now: int) -> list[Feed]:
    """Every source that a project declares, the worst first."""
    told = look.arrivals.by_source()
    uses: dict[str, list[tuple[str, Source, int]]] = {}
    for project in look.projects.all():
        routings = [routing for routing in look.routings.all(model=project.name) if routing.champion is not None]
        since = max((routing.live_since for routing in routings), default=0)
        for source in project.source:
            uses.setdefault(source.name, []).append((project.name, source, since))
    found = [_feed(name, known, heard_of(told.get(name, [])), now) for name, known in uses.items()]
    return sorted(found, key=lambda feed: (_ORDER.index(feed.state), feed.name))


def feed(look: "Transaction", name: str, now: int) -> Feed:
    """One source; raises `NotFound` with the known ones."""
    known = {one.name: one for one in feeds(look, now)}
    if name not in known:
        raise unknown("source", name, known)
    return known[name]


def _feed(name: str, uses: list[tuple[str, Source, int]], heard: Heard, now: int) -> Feed:
    """By the model for which it stands worst; the strictest bound, if they differ in it."""
    judged = [state_of(source, heard, now, since) for _, source, since in uses]
    state, why = min(judged, key=lambda one: _ORDER.index(one[0]))
    bounds = sorted((source.freshness for _, source, _ in uses if source.freshness), key=seconds)
    return Feed(
        name=name,
        owner=next((source.owner for _, source, _ in uses if source.owner), ""),
        models=tuple(model for model, _, _ in uses),
        freshness=bounds[0] if bounds else "",
        columns=tuple(dict.fromkeys(column for _, source, _ in uses for column in source.columns)),
        state=state,
        why=why,
        heard=heard,
    )
