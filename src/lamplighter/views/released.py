"""Releases of a period: when each went live, and whether it held."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from lamplighter.domain.events.incident import IncidentMoved
from lamplighter.domain.events.routing import RolledBack, WentLive
from lamplighter.domain.incident import State
from lamplighter.domain.trouble import is_of_version
from lamplighter.views.period import Period

#: States of an incident that callers do not feel.
_OVER = (State.MITIGATED, State.RESOLVED)


class Release(NamedTuple):
    """A version that took all traffic in production, and what came of it within the period."""

    model: str
    environment: str
    number: int
    rollout: str
    at: int
    #: Seconds since it was registered.
    lead: float
    failed: bool
    #: Seconds from its first incident until callers no longer felt it; nothing without one, and while it is felt.
    restored: float | None


def released(period: Period) -> list[Release]:
    """Every release of the period."""
    went: dict[tuple[str, str], list[tuple[int, WentLive]]] = defaultdict(list)
    backs: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for entry in period.entries:
        event = entry.event
        if isinstance(event, WentLive) and event.environment in period.places:
            went[event.model, event.environment].append((entry.at, event))
        elif isinstance(event, RolledBack):
            backs[event.model, event.environment, event.previous].append(entry.at)
    fell, over = _incidents(period), _over(period)
    found = []
    for (model, place), lived in went.items():
        moments = [*(at for at, _ in lived), period.until]
        for (_, live), (at, after) in zip(lived, pairwise(moments), strict=True):
            here = (model, place, live.number)
            left = [moment for moment in backs[here] if at <= moment < after]
            incidents = [(moment, key) for moment, key in fell.get(here, ()) if at <= moment < after]
            ends = [*left, *([after] if after < period.until else [])]
            lead = (at - period.registered.get((model, live.number), at)) / 1e6
            restored = _restored(incidents, ends, over)
            found.append(Release(model, place, live.number, live.rollout, at, lead, bool(left or incidents), restored))
    return found


def _restored(incidents: list[tuple[int, str]], ends: Iterable[int], over: Mapping[str, int]) -> float | None:
    if not incidents:
        return None
    began, key = min(incidents)
    ended = [moment for moment in (*ends, over.get(key, 0)) if moment >= began]
    return (min(ended) - began) / 1e6 if ended else None


def _incidents(period: Period) -> Mapping[tuple[str, str, int], list[tuple[int, str]]]:
    """When incidents of a version itself began, by the version and where."""
    found: dict[tuple[str, str, int], list[tuple[int, str]]] = defaultdict(list)
    for incident in period.incidents:
        for one in incident.findings:
            if one.number and is_of_version(one):
                found[one.model, one.environment, one.number].append((incident.opened_at, incident.id))
    return found


def _over(period: Period) -> Mapping[str, int]:
    """When each incident was first mitigated or resolved."""
    found: dict[str, int] = {}
    for entry in period.entries:
        if isinstance(entry.event, IncidentMoved) and entry.event.state in _OVER:
            found.setdefault(entry.event.incident, entry.at)
    return found
