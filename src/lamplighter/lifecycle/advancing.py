"""All open rollouts, one step each at every look.

What only waits for people is judged in turns: to judge one takes milliseconds, a thousand may wait for weeks, and nobody's
outage waits for them.
"""

from collections.abc import Callable, Iterator
from functools import partial

from lamplighter.domain.events.version import DecisionMade
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.lifecycle import progress
from lamplighter.lifecycle.holding import Calendar
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: Seconds of a look after which no further rollout is judged that waits for people.
_JUDGING = 0.2
#: Entries of the journal that are looked through for what somebody has just done.
_NEWEST = 50


class Advancing:
    """Remembers when each was last looked at. Forgetting it costs the time between two looks, which then counts for no step."""

    def __init__(self, kit: Kit, judging: float = _JUDGING) -> None:
        self._kit = kit
        self._judging = judging
        self._seen: dict[str, float] = {}
        #: Models of which the journal has told something since they were judged, and how far it was read.
        self._told: set[str] = set()
        self._read = 0

    def steps(self) -> Iterator[Callable[[], object]]:
        """The step of each rollout whose turn it is; one that fails keeps no other back."""
        with self._kit.store.reading() as look:
            open_ones = look.rollouts.all(open=True)
            calendar = Calendar(self._kit, look, open_ones)
            self._read_on(look)
        self._seen = {one.id: self._seen[one.id] for one in open_ones if one.id in self._seen}
        waiting = [one for one in open_ones if one.phase is Phase.WAITING]
        for rollout in open_ones:
            if rollout.phase is not Phase.WAITING:
                yield self._step(rollout, calendar)
        until = self._kit.clock.elapsed() + self._judging
        # What somebody has just done something about first, then what is new, then what was not looked at for longest.
        for rollout in sorted(waiting, key=lambda one: (one.model not in self._told, self._seen.get(one.id, 0.0))):
            self._told.discard(rollout.model)
            yield self._step(rollout, calendar)
            if self._kit.clock.elapsed() > until:
                return

    def _read_on(self, look: Transaction) -> None:
        fresh = [entry for entry in look.journal.newest(limit=_NEWEST) if entry.sequence > self._read]
        # That they were judged is no news.
        self._told.update(entry.event.model for entry in fresh if not isinstance(entry.event, DecisionMade))
        self._read = max([self._read, *(entry.sequence for entry in fresh)])

    def _step(self, rollout: Rollout, calendar: Calendar) -> Callable[[], object]:
        now = self._kit.clock.elapsed()
        before, self._seen[rollout.id] = self._seen.get(rollout.id, now), now
        return partial(progress.advance, self._kit, rollout, now - before, calendar)
