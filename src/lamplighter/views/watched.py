"""Whether every live model is watched, those that are not first: a bounded number of questions for any number of models."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lamplighter.domain.heartbeat import LIMITS, Heartbeat
from lamplighter.domain.identity import Person, Role
from lamplighter.domain.late_truth import too_late
from lamplighter.domain.monitor import Finding, Kind
from lamplighter.domain.ownership import last_resort
from lamplighter.domain.policy import Policy
from lamplighter.domain.routing import Routing
from lamplighter.domain.stage import Duty
from lamplighter.domain.version import Version
from lamplighter.domain.watch import (
    STALE,
    UNJUDGED,
    Gap,
    Sighting,
    Watched,
    WatchState,
    is_quiet,
    unjudged,
    unseen,
    worst_first,
)
from lamplighter.domain.window import Counted, Window, last_due
from lamplighter.views.known import Circle, Known, circle, known
from lamplighter.views.standing import in_order

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

#: Duties without which nobody is told.
_DUTIES = (Duty.MONITOR_TECHNICAL, Duty.MONITOR_FUNCTIONAL)


def watched(look: "Transaction", *, policy: Policy, now: int, model: str = "") -> list[Watched]:
    """How each live model is watched in its most protected environment, the worst first; of one model if it is named."""
    people, handed = circle(look, policy), look.handovers.in_force(now)
    live = _live(look, model)
    every = {one.project.name: one for one in (known(body, people, handed) for body in look.projects.bodies(model))}
    champions = [(one.model, one.environment, one.champion.number) for one in live.values() if one.champion]
    asked = look.sightings.asked(champions)
    quiet = [name for name, place, _ in champions if is_quiet(asked.get((name, place), 0), now)]
    seen = look.sightings.of(champions, asked, look.sightings.pauses(quiet, now), now)
    versions = {one.model: one for one in look.versions.numbered([(name, number) for name, _, number in champions])}
    due = _due(look, champions, every, seen)
    dead = [beat for beat in look.heartbeats.all() if beat.is_dead(now)]
    told = _told(look)
    found = []
    for name, one in every.items():
        routing = live.get(name)
        if routing is not None:
            place = (routing.model, routing.environment)
            gaps = list(_gaps(one, routing, versions.get(name), seen[place], dead, now))
            if place in due:
                gaps += unjudged(one.project, routing, *due[place], now)
            known_of = {gap.measure for gap in gaps}
            gaps += [_gap(of, now) for of in told.get(place, ()) if of.measure not in known_of]
            found.append(_watched(routing, [replace(gap, has_it=_has_it(one, gap, people)) for gap in worst_first(gaps)]))
    return sorted(found, key=_place)


def _live(look: "Transaction", model: str) -> dict[str, Routing]:
    """The routing of each live model in its most protected environment."""
    rank = {place.name: rank for rank, place in enumerate(in_order(look.environments.all()))}
    routings = look.routings.all(equals={"model": model} if model else {})
    live = (routing for routing in routings if routing.champion is not None)
    return {one.model: one for one in sorted(live, key=lambda one: rank[one.environment])}


def _due(
    look: "Transaction",
    champions: Sequence[tuple[str, str, int]],
    every: Mapping[str, Known],
    seen: Mapping[tuple[str, str], Sighting],
) -> dict[tuple[str, str], tuple[Window, Counted]]:
    """The newest window of each version whose labels are overdue, and its rows."""
    due: dict[tuple[str, str, int], Window] = {}
    for model, environment, number in champions:
        sighting = seen[model, environment]
        window = last_due(sighting.scored_from, sighting.scored_to, every[model].project.monitor) if model in every else None
        if window is not None:
            due[model, environment, number] = window
    counted = look.outcomes.within([(*version, *window) for version, window in due.items()])
    none = Counted(0, 0)
    return {version[:2]: (window, Counted(*counted.get(version[:2], none))) for version, window in due.items()}


def _told(look: "Transaction") -> dict[tuple[str, str], list[Finding]]:
    """What was found and is not over: after a silence of weeks nobody can tell any more how long its pauses were."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for incident in look.incidents.all(open=True):
        for one in incident.findings if incident.finding.kind is Kind.MONITOR else ():
            found.setdefault((one.model, one.environment), []).append(one)
    return found


def _gap(of: Finding, now: int) -> Gap:
    state = WatchState.STALE if of.measure == STALE else WatchState.SILENT
    return Gap(state, of.measure, of.sentence, (now - of.start) / 1_000_000, of.limit)


def _gaps(
    one: Known, routing: Routing, version: Version | None, sighting: Sighting, dead: Iterable[Heartbeat], now: int
) -> Iterator[Gap]:
    for beat in dead:
        yield Gap(WatchState.DEAD, beat.loop, beat.sentence(now), beat.age(now), LIMITS[beat.loop])
    yield from unseen(one.project, routing, sighting, now)
    age = (now - routing.live_since) / 1_000_000
    for measure, why in _missing(one, version):
        yield Gap(WatchState.MISSING, measure, why, age)


def _missing(one: Known, version: Version | None) -> Iterator[tuple[str, str]]:
    gaps = [duty for duty in _DUTIES if duty in one.gaps]
    if gaps:
        yield "owner", f"Nobody who is here has {' and '.join(gaps)}."
    if version is not None and all(artifact.role != "profile" for artifact in version.manifest.artifacts):
        yield "reference", "The version came without reference rows, so that no movement can be seen."
    late = too_late(one.project, one.tier.log)
    if late:
        yield "keep", late
    if one.project.monitor.quality.limit is None:
        yield "limit", "The project declares no limit of quality."


def _watched(routing: Routing, gaps: Sequence[Gap]) -> Watched:
    assert routing.champion is not None
    return Watched(
        model=routing.model,
        environment=routing.environment,
        number=routing.champion.number,
        state=gaps[0].state if gaps else WatchState.WATCHED,
        gaps=tuple(gaps),
    )


def _has_it(one: Known, gap: Gap, people: Circle) -> str:
    """Loops are the matter of whoever looks after the platform, the rest of whoever has the duty; never nobody while anybody is
    there."""
    if gap.state is WatchState.DEAD:
        return next(iter(_administrators(people.people.values())), "")
    duty = Duty.MONITOR_FUNCTIONAL if gap.measure in ("reference", "limit", "keep", UNJUDGED) else Duty.MONITOR_TECHNICAL
    return one.ownership.of(duty).holder or last_resort(one.project, people.people, people.teams)


def _administrators(people: Iterable[Person]) -> list[str]:
    return sorted(person.email for person in people if person.active and Role.ADMINISTRATOR in person.roles)


def _place(one: Watched) -> tuple[int, float, str]:
    beyond = one.gaps[0].age / (one.gaps[0].limit or 1.0) if one.gaps else 0.0
    return list(WatchState).index(one.state), -beyond, one.model
