"""What is looked at every few seconds: callers' troubles, people's clocks, and process groups that died."""

from functools import partial

from lamplighter.lifecycle import (
    ageing,
    external_alerts,
    feeds,
    findings,
    lapsing,
    payloads,
    policies,
    rehearsal,
    responding,
    retirement_news,
    reviews,
    routing,
    spot_checks,
    validations,
    watching,
)
from lamplighter.lifecycle.guarding import guarded
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.processes import Processes
from lamplighter.lifecycle.turn import Turn
from lamplighter.lifecycle.vulnerabilities import Exposures
from lamplighter.lifecycle.watchers import Watchers

#: Seconds between two looks at what callers feel and at people's clocks.
_SLOW = 2.0
#: Seconds between two looks at what changes slowly.
_SURVEY = 10.0
#: Seconds between two looks at models that nobody asks any more and figures that nobody makes.
_UNSEEN = 30.0


class Lookout:
    """Sees what goes wrong while nobody asks."""

    def __init__(self, kit: Kit, processes: Processes) -> None:
        self._kit, self._processes, self._watchers = kit, processes, Watchers(kit)
        self._exposures = Exposures(kit)
        self._looking, self._surveying, self._missing = Turn(kit.clock), Turn(kit.clock), Turn(kit.clock)

    def look(self) -> None:
        """Look at all of it, if it is time."""
        if not self._looking.due:
            return
        self._looking.pause(_SLOW)
        if self._surveying.due:
            self._surveying.pause(_SURVEY)
            guarded(self._survey)
        turned_away: dict[tuple[str, str], int] = {}
        for name in routing.environments(self._kit):
            guarded(partial(self._processes.look, name, turned_away))
        guarded(partial(watching.watch_service, self._kit, turned_away))
        guarded(partial(external_alerts.watch, self._kit))
        guarded(partial(ageing.watch, self._kit))
        guarded(partial(policies.follow, self._kit))
        guarded(partial(lapsing.remind, self._kit))
        guarded(partial(lapsing.watch, self._kit))
        guarded(partial(retirement_news.remind, self._kit))
        guarded(partial(rehearsal.put_right, self._kit))
        guarded(partial(payloads.sweep, self._kit))
        reviews.remind(self._kit)
        guarded(partial(validations.remind, self._kit))
        guarded(partial(spot_checks.remind, self._kit))
        responding.wake(self._kit)
        responding.escalate(self._kit)

    def _survey(self) -> None:
        """What nobody can feel within seconds."""
        findings.settle(self._kit, feeds.looks(self._kit))
        if self._missing.due:
            findings.settle(self._kit, self._watchers.looks())
            findings.settle(self._kit, self._exposures.looks())
            self._missing.pause(_UNSEEN)
