"""What releases ask of people: their decisions on each version, and how long they looked at most."""

from collections import defaultdict
from collections.abc import Mapping

from lamplighter.domain.events.rollout import RolloutMoved
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.journal import Entry
from lamplighter.domain.rollout import Phase
from lamplighter.views.period import WORDS, Period

#: A decision counts with so many seconds at most.
_MOST = 600.0
#: Phases into which a rollout comes when it is asked for, which programs do as well as people.
_ASKED = (Phase.WAITING, Phase.PENDING)


def spent(period: Period) -> Mapping[tuple[str, int], list[float]]:
    """Seconds of each decision of a person, by model and number of the version."""
    last: dict[str, int] = {}
    found: dict[tuple[str, int], list[float]] = defaultdict(list)
    for entry in period.entries:
        if _decides(period, entry):
            gap = (entry.at - last.get(entry.actor, 0)) / 1e6
            last[entry.actor] = entry.at
            found[entry.event.model, getattr(entry.event, "number", 0)].append(min(gap, _MOST))
    return found


def _decides(period: Period, entry: Entry) -> bool:
    event = entry.event
    if entry.actor == PLATFORM.email:
        return False
    if isinstance(event, RolloutMoved):
        return event.rollout in period.rollouts and event.phase not in _ASKED
    return isinstance(event, WORDS) and getattr(event, "environment", "") in ("", *period.places)
