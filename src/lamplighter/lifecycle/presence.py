"""Whether the processes of an environment are there and answer, as far as can be seen from outside.

What was seen at the looks before is kept in memory: a control plane that starts again begins with a fresh eye.
"""

from collections import deque
from collections.abc import Iterable

import msgspec

from lamplighter.domain.environment import Environment
from lamplighter.domain.observation import Observation
from lamplighter.domain.routing import Routing

#: The measure of findings about a version that is not loaded while its environment is well.
UNLOADED = "unloaded"
#: Seconds until something that a start takes is not one any more: processes that come, versions that are loaded. With the time
#: between two looks they have to stay below the ten seconds within which an outage is told.
_COMING = 6.0
#: How many times as long as it took the last time loading may take that nobody waits for; and seconds where no time is known,
#: where a start was planned, and where everybody is answered meanwhile: as long as a process of a model has to open it.
_SLOWER, _OPENING = 3.0, 60.0
#: Seconds in which a new route is adopted, environments of its versions made.
_ADOPTING = 300.0
#: Seconds of refusals that are remembered.
_REMEMBERED = 60.0


class Seen(msgspec.Struct, frozen=True):
    """What one look at an environment says of its live models, by name."""

    #: Why nobody, or not everybody, is answered.
    absent: dict[str, str] = {}
    #: Those of them whose version is not loaded while their environment is well.
    unloaded: frozenset[str] = frozenset()
    #: Models whose callers have been answered for a minute by every process.
    present: dict[str, str] = {}
    #: Requests of the last minute that processes at their limit refused.
    turned_away: dict[str, int] = {}


class Presence:
    """What was seen of one environment."""

    def __init__(self) -> None:
        #: Since when something is as it should not be, by what it is; seconds of the steady clock.
        self._since: dict[str, float] = {}
        #: When a model was last seen absent, or first seen at all.
        self._absent_at: dict[str, float] = {}
        #: Whether it ran at the look before, or has been brought to run since.
        self._has_run = False
        #: Whether it has not answered by a route since it was first seen, or started on purpose.
        self._begins = True
        #: When the processes of each slot began that were seen without a version, by its digest.
        self._tried: dict[str, dict[int, set[int]]] = {}
        self._refusals: deque[tuple[float, dict[str, int]]] = deque()
        #: What the processes had refused at the look before; nothing before the first.
        self._counted: dict[tuple[int, int, str], int] | None = None

    def being_started(self) -> None:
        """Say that the group is being started, or started anew: it is given time."""
        self._has_run, self._begins = False, True
        self._tried.clear()

    def was_started(self) -> None:
        """Say that a start has come to its end, well or not: if the group does not run at the next look, it has died."""
        self._has_run = True

    def look(
        self, place: Environment, seen: Observation, wanted: int, routings: Iterable[Routing], on_trial: set[str], now: float
    ) -> Seen:
        """What is to be said now. `wanted` is the revision of the newest route, `on_trial` names models whose only version is
        just coming, `now` is in seconds of the steady clock."""
        # What runs elsewhere has no process here that could be missed.
        live = [one for one in routings if one.champion is not None and not one.elsewhere and one.model not in on_trial]
        absent, unloaded = self._absent(place, seen, wanted, live, now) if live else ({}, set())
        self._has_run = seen.alive
        self._begins = self._begins and seen.revision < 0
        for one in live:
            if one.model in absent or one.model not in self._absent_at:
                self._absent_at[one.model] = now
        there = f"Every process of {place.name} answers for a minute and more."
        calm = [one.model for one in live if now - self._absent_at[one.model] >= _REMEMBERED]
        return Seen(absent, frozenset(unloaded), dict.fromkeys(calm, there), self._turned_away(seen, now))

    def _absent(
        self, place: Environment, seen: Observation, wanted: int, live: list[Routing], now: float
    ) -> tuple[dict[str, str], set[str]]:
        """Why each model that is not there is not, and which of them only lack their version."""
        is_dead = self._lasts("dead", not seen.alive, now, 0.0 if self._has_run else _COMING)
        processes = seen.processes or place.workers
        is_short = self._lasts("short", seen.alive and len(seen.reports) < processes, now, _COMING)
        is_behind = self._lasts("behind", seen.alive and 0 <= seen.revision < wanted, now, _ADOPTING)
        found: dict[str, str] = {}
        unloaded: set[str] = set()
        for one in live:
            assert one.champion is not None
            digest, name = one.champion.digest, f"v{one.champion.number}"
            # Also while a process is missing: one that dies while it loads is there and away by turns.
            unready = seen.alive and digest not in seen.loaded
            self._try(seen, digest)
            patience = self._patience(seen, digest)
            lacks = self._lasts(f"lacks {one.model} {digest}", unready and digest not in seen.quarantined, now, patience)
            if is_dead:
                ended = f"the processes of {place.name} have ended and are started again."
                found[one.model] = f"{name} answers nobody: {seen.absence or ended}"
            elif is_short:
                count = f"{len(seen.reports)} of {processes}"
                missing = seen.absence or "the others do not stay up."
                found[one.model] = f"{name} has only {count} processes in {place.name}: {missing}"
            elif lacks:
                unloaded.add(one.model)
                found[one.model] = f"{name} does not answer everybody in {place.name}. {self._why(seen, digest)}"
            elif is_behind:
                found[one.model] = f"{place.name} still answers by an older route than it was given; see its serving.log."
        return found, unloaded

    def _patience(self, seen: Observation, digest: str) -> float:
        """Seconds for which a version may not be loaded. One that loads is waited for as long as it is known to take, but not
        where callers are lost meanwhile: a process without a route listens to nobody, one with a route answers by that."""
        is_loading = all(digest in (*one.loaded, *one.loading) for one in seen.reports)
        answering = [one.revision >= 0 for one in seen.reports]
        if not is_loading or self._dies(digest) or not (self._begins or any(answering)):
            return _COMING
        known = [one.load_seconds[digest] for one in seen.reports if digest in one.load_seconds]
        usual = max(_COMING, _SLOWER * max(known)) if known else _OPENING
        return max(usual, _OPENING) if self._begins or all(answering) else usual

    def _try(self, seen: Observation, digest: str) -> None:
        if digest in seen.loaded:
            self._tried.pop(digest, None)
        for one in seen.reports:
            if digest not in one.loaded:
                self._tried.setdefault(digest, {}).setdefault(one.slot, set()).add(one.started_at)

    def _why(self, seen: Observation, digest: str) -> str:
        dies = "Processes end again and again before they have loaded it."
        return seen.refused.get(digest, dies if self._dies(digest) else "It is not loaded in every process.")

    def _dies(self, digest: str) -> bool:
        """Whether a process has ended before it had loaded the version, and another took its slot."""
        return any(len(starts) > 1 for starts in self._tried.get(digest, {}).values())

    def _lasts(self, what: str, holds: bool, now: float, seconds: float) -> bool:
        """Whether it holds and has held for so long."""
        if not holds:
            self._since.pop(what, None)
            return False
        return now - self._since.setdefault(what, now) >= seconds

    def _turned_away(self, seen: Observation, now: float) -> dict[str, int]:
        """What each process has refused since the look before, added up over the last minute. Counters begin again with it."""
        counted = {
            (report.slot, report.started_at, model): count
            for report in seen.reports
            for model, count in report.turned_away.items()
        }
        before = counted if self._counted is None else self._counted
        fresh: dict[str, int] = {}
        for key, count in counted.items():
            fresh[key[2]] = fresh.get(key[2], 0) + count - before.get(key, 0)
        self._counted = counted
        self._refusals.append((now, fresh))
        while now - self._refusals[0][0] > _REMEMBERED:
            self._refusals.popleft()
        whole: dict[str, int] = {}
        for _, counts in self._refusals:
            for model, count in counts.items():
                whole[model] = whole.get(model, 0) + count
        return {model: count for model, count in whole.items() if count}
