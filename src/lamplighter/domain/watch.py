"""Whether a live model is watched: what its monitors saw last, held against how old that may be.

Law of change: fields may be added with a default.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from lamplighter.domain.duration import seconds
from lamplighter.domain.instant import lasting, rfc3339
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record
from lamplighter.domain.routing import Routing
from lamplighter.domain.window import Counted, Window, is_judged, needed, patience

#: Measures of findings about monitors that see nothing, and about figures that are not made.
SILENT, UNLABELLED, STALE = "silent", "unlabelled", "stale"
#: All of these, the worst first.
UNWATCHED = (STALE, SILENT, UNLABELLED)
#: The measure of a gap: a window is over, and its labels do not suffice to judge it.
UNJUDGED = "unjudged"
#: The usual pause of a model is known once it has been called for so long, seconds.
_KNOWN_AFTER = 7 * 86_400
#: A model is silent after this multiple of its longest pause, and never sooner than after so many seconds.
_PAUSES, _LEAST = 2.0, 7200.0
#: Labels are overdue after this multiple of the time in which they are expected.
_OVERDUE = 2.0


class WatchState(StrEnum):
    """How a live model is watched, the worst first."""

    #: The loop that looks after it does not beat.
    DEAD = "dead"
    #: What came in is not measured in time.
    STALE = "stale"
    #: Predictions or labels stay away.
    SILENT = "silent"
    #: The labels of a window that is over do not suffice to judge it.
    UNJUDGED = "unjudged"
    #: Nobody has the duty, or there is nothing that it could be held against.
    MISSING = "missing"
    WATCHED = "watched"


class Sighting(Record, frozen=True):
    """What was last seen of a live version. Times are microseconds since the epoch, UTC; 0 for never."""

    #: The last request.
    asked_at: int = 0
    #: The longest pause between two hours with requests in the last two weeks, and the time between the first and the last
    #: of these hours; seconds.
    pause: float = 0.0
    called_for: float = 0.0
    #: Event times of the first and the newest scored row of the version, and of the newest row whose label is known.
    scored_from: int = 0
    scored_to: int = 0
    labelled_to: int = 0
    #: When the newest labelled row became known.
    labelled_at: int = 0
    #: Since when something that came in waits to be measured.
    waits_since: int = 0


class Gap(Record, frozen=True):
    """One thing that is not watched."""

    state: WatchState
    #: What it is about: `owner`, `reference`, `limit`, `keep`, `silent`, `unlabelled`, `unjudged`, `stale`, or the name of a
    #: loop.
    measure: str
    #: Why, in one sentence.
    why: str
    #: How long it is so, and how long it may be; seconds.
    age: float
    limit: float = 0.0
    #: Who has to close it; empty for nobody.
    has_it: str = ""


class Watched(Record, frozen=True):
    """How one live model is watched, where it matters most."""

    model: str
    environment: str
    #: Number of the version that answers.
    number: int
    #: The worst of its gaps.
    state: WatchState
    #: The worst first.
    gaps: tuple[Gap, ...]


def is_quiet(asked_at: int, now: int) -> bool:
    """Whether nobody has asked for so long that its pauses tell whether it is silent; microseconds since the epoch, 0 for
    never."""
    return now - asked_at > _LEAST * 1_000_000


def unseen(project: Project, routing: Routing, sighting: Sighting, now: int) -> Iterator[Gap]:
    """What is silent or stale of a live version as of now, microseconds since the epoch."""
    yield from _silent(project, routing, sighting, now)
    yield from _unlabelled(project, routing, sighting, now)
    yield from _stale(project, sighting, now)


def _silent(project: Project, routing: Routing, sighting: Sighting, now: int) -> Iterator[Gap]:
    limit = silent_after(project, routing, sighting)
    since = max(sighting.asked_at, 0 if sighting.asked_at else routing.live_since)
    age = (now - since) / 1_000_000
    if limit and age > limit:
        usual = "it may be silent for" if project.monitor.silent_after else "twice its longest pause is"
        last = f"Nobody has asked for {lasting(age)}" if sighting.asked_at else f"Nobody has ever asked it in {lasting(age)}"
        yield Gap(WatchState.SILENT, SILENT, f"{last}; {usual} {lasting(limit)}.", age, limit)


def silent_after(project: Project, routing: Routing, sighting: Sighting) -> float:
    """Seconds after which a model counts as silent: what is declared, or twice its longest pause. 0 where neither is known:
    what runs elsewhere tells the times of its predictions itself, so that they say nothing of its pauses."""
    if project.monitor.silent_after:
        return seconds(project.monitor.silent_after)
    known = sighting.called_for >= _KNOWN_AFTER and not routing.elsewhere
    return max(_PAUSES * sighting.pause, _LEAST) if known else 0.0


def _unlabelled(project: Project, routing: Routing, sighting: Sighting, now: int) -> Iterator[Gap]:
    """Labels are late by the time of their rows and by the clock on the wall: rows of long ago that have just been brought in
    are no reason to miss their labels."""
    limit = _OVERDUE * seconds(project.monitor.labels.expected_after)
    behind = (sighting.scored_to - max(sighting.labelled_to, sighting.scored_from)) / 1_000_000
    age = (now - (sighting.labelled_at or routing.live_since)) / 1_000_000
    if limit and min(behind, age) > limit:
        expected = project.monitor.labels.expected_after
        why = f"No newer label has come for {lasting(age)}; they are expected {expected} after the prediction."
        yield Gap(WatchState.SILENT, UNLABELLED, why, age, limit)


def _stale(project: Project, sighting: Sighting, now: int) -> Iterator[Gap]:
    limit = seconds(project.monitor.stale_after)
    age = (now - sighting.waits_since) / 1_000_000 if sighting.waits_since else 0.0
    if age > limit:
        why = f"What came in {lasting(age)} ago is not measured yet; it may take {lasting(limit)}."
        yield Gap(WatchState.STALE, STALE, why, age, limit)


def unjudged(project: Project, routing: Routing, window: Window, counted: Counted, now: int) -> Iterator[Gap]:
    """The gap of a window whose labels are overdue, if it cannot be judged. Nothing is asked without a limit of quality, and
    nothing of a window without rows."""
    monitor = project.monitor
    if monitor.quality.limit is None or not counted.scored or is_judged(counted, overdue=True, monitor=monitor):
        return
    since = max(window.end + patience(monitor), routing.live_since)
    ended = rfc3339(window.end)[:10]
    why = (
        f"Of {counted.scored:,} rows in the {monitor.quality.window} to {ended}, {counted.labelled:,} have a label; judging "
        f"takes {needed(counted.scored, monitor):,}."
    )
    yield Gap(WatchState.UNJUDGED, UNJUDGED, why, max(0.0, (now - since) / 1_000_000))


def worst_first(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Gaps by their state, and within it by how far they are beyond what they may be."""
    order = list(WatchState)
    return tuple(sorted(gaps, key=lambda gap: (order.index(gap.state), -gap.age / (gap.limit or 1.0), gap.measure)))
