"""The process groups of all environments: what is not there is told of and brought back.

A group is started beside the loop that looks. A start may wait for what is left of the group before, and nobody's outage waits
for that.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import MutableMapping

from lamplighter.domain.errors import LampError
from lamplighter.domain.observation import Observation
from lamplighter.lifecycle import calling, routing, watching
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.presence import Presence, Seen

_log = logging.getLogger("lamplighter.reconciler")
#: Seconds that starts which are under way are waited for in the end.
_ENDING = 10.0


class Processes:
    """What was seen of each environment, and the starts that are under way."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._presences: defaultdict[str, Presence] = defaultdict(Presence)
        self._refusals: defaultdict[str, calling.Refusals] = defaultdict(calling.Refusals)
        self._starts: dict[str, threading.Thread] = {}

    def restore(self, name: str) -> None:
        """Bring an environment to what should be live: after a start nobody knows what was applied."""
        before = self._starts.get(name)
        if before is None or not before.is_alive():
            start = threading.Thread(target=self._start, args=(name,), name=f"starts {name}", daemon=True)
            self._starts[name] = start
            start.start()

    def _start(self, name: str) -> None:
        try:
            routing.apply(self._kit, name)
        except (LampError, OSError):
            _log.exception("%s could not be started; it is tried again", name)
        # It runs when that returns. If it did not come to run, whoever looks next has waited for it long enough.
        self._presences[name].was_started()

    def look(self, name: str, turned_away: MutableMapping[tuple[str, str], int]) -> None:
        """Tell of what is not there and bring it back; adds what the processes of the environment turned away."""
        revision = routing.wanted_revision(self._kit, name)
        if routing.is_changing(self._kit, name):
            self._presences[name].being_started()
        observation = routing.observe(self._kit, name)
        seen = self._seen(name, observation, revision)
        turned_away.update({(model, name): count for model, count in seen.turned_away.items()})
        watching.watch_processes(self._kit, name, observation.quarantined, seen)
        self._refusals[name].keep(self._kit, name, observation.reports)
        if routing.has_arrived(self._kit, name):
            self.restore(name)
        if revision and (not observation.alive or observation.revision != revision):
            self.restore(name)

    def _seen(self, name: str, observation: Observation, revision: int) -> Seen:
        with self._kit.store.reading() as look:
            place, routings = look.environment(name), look.routings.all(environment=name)
            rollouts = look.rollouts.all(environment=name, open=True)
        numbers = {one.model: one.champion.number for one in routings if one.champion is not None}
        coming = {rollout.model for rollout in rollouts if numbers.get(rollout.model) == rollout.number}
        return self._presences[name].look(place, observation, revision, routings, coming, self._kit.clock.elapsed())

    def close(self) -> None:
        """Let what is being started come to its end."""
        for start in self._starts.values():
            start.join(timeout=_ENDING)
