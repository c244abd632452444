"""The loop of the control plane: read the journal, advance what is open, measure what is due. One step at a time.

Nothing is kept here that is not in the store, so that a crash costs one look.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial

from lamplighter.domain.heartbeat import Heartbeat, Loop
from lamplighter.lifecycle import (
    ageing,
    collection,
    compaction,
    discarding,
    external_alerts,
    feeds,
    findings,
    forgetting,
    job_runs,
    jobs,
    payloads,
    reactions,
    responding,
    retention,
    retrainings,
    reviews,
    watching,
    weekly,
)
from lamplighter.lifecycle.advancing import Advancing
from lamplighter.lifecycle.couriers import Couriers
from lamplighter.lifecycle.heart import Heart
from lamplighter.lifecycle.hooks import Hooks
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.outbox import REACTIONS
from lamplighter.lifecycle.pace import Pace
from lamplighter.lifecycle.processes import Processes
from lamplighter.lifecycle.replaying import Replaying
from lamplighter.lifecycle.watchers import Watchers

_log = logging.getLogger("lamplighter.reconciler")
#: Seconds between two looks at what callers feel and at people's clocks.
_SLOW = 2.0
#: Seconds between two looks at what changes slowly.
_SURVEY = 10.0
#: Seconds between two looks at models that nobody asks any more and figures that nobody makes.
_UNSEEN = 30.0
#: Seconds between two measurements of windows.
_GATHER = 1.0
#: Seconds between two looks at labels that wait for their prediction.
_CLAIM = 60.0
#: Seconds after which a look goes on, however much there is to collect.
_COLLECT = 1.0
#: Seconds between two looks whether the week is to be told.
_POST = 60.0
#: Seconds between two bites of compaction.
_COMPACT = 5.0
#: Seconds between two looks at what is too old to be shown; it is kept by the hour.
_FORGET = 3600.0
#: Seconds for which rows are dropped at once, and between two looks where none was old enough.
_DISCARD, _LEFT = 0.2, 60.0


class Reconciler:
    """A thread that looks again and again."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reconciler", daemon=True)
        #: When the last look at everything ended, microseconds since the epoch; 0 before the first.
        self.looked_at = 0
        # Figures of a million rows take seconds, and nobody's outage waits for them.
        self._measurer = threading.Thread(target=self._keep_measuring, name="measurer", daemon=True)
        self._hearts = {loop: Heart(kit, loop) for loop in Loop}
        self._pace = Pace()
        self._claim_at = 0.0
        self._advancing = Advancing(kit)
        self._replaying = Replaying(kit)
        self._processes = Processes(kit)
        self._couriers = Couriers(kit)
        self._hooks = Hooks(kit)
        self._watchers = Watchers(kit)
        self._slow_at = 0.0
        self._survey_at = 0.0
        self._unseen_at = 0.0
        self._measure_at = 0.0
        self._compact_at = 0.0
        self._post_at = 0.0
        self._forget_at = 0.0
        self._discard_at = 0.0

    @property
    def heartbeats(self) -> tuple[Heartbeat, ...]:
        """The last beat of each loop of this process."""
        return tuple(heart.last for heart in self._hearts.values())

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()
        self._measurer.start()

    def stop(self) -> None:
        """End after the step that is under way."""
        self._ending.set()
        self._thread.join(timeout=10.0)
        self._measurer.join(timeout=10.0)
        self.release()

    def release(self) -> None:
        """Give back the processes that a look has begun."""
        self._processes.close()
        self._replaying.close()
        self._couriers.close()
        self._hooks.close()

    def _run(self) -> None:
        self._guarded(self._hearts[Loop.RECONCILER].beat)
        self._guarded(self._restore)
        while not self._ending.is_set():
            self._go_on()
            self._ending.wait(self._kit.settings.tick)

    def _keep_measuring(self) -> None:
        self._guarded(self._hearts[Loop.MEASURER].beat)
        while not self._ending.is_set():
            self._guarded(self._measure)
            self._guarded(self._discard)
            self._guarded(self._post)
            self._ending.wait(self._kit.settings.tick)

    def look(self) -> None:
        """One look at everything. A part that fails is logged and tried again at the next look."""
        self._go_on()
        self._guarded(self._measure)
        self._guarded(self._discard)
        self._guarded(self._post)

    def _go_on(self) -> None:
        parts = (
            self._collect,
            self._compact,
            self._replay,
            self._advance,
            self._hooks.look,
            self._react,
            self._train,
            self._score_tables,
            self._deliver,
            self._watch,
            self._forget,
        )
        went_well = [self._guarded(part) for part in parts]
        self.looked_at = self._kit.clock.now()
        if all(went_well):
            self._guarded(self._hearts[Loop.RECONCILER].beat)

    def _guarded(self, part: Callable[[], object]) -> bool:
        """Do it; whether it came to its end."""
        try:
            part()
        except Exception:  # the loop must survive whatever one part meets
            _log.exception("a step of the reconciler failed; it is tried again")
            return False
        return True

    def _restore(self) -> None:
        for name in self._environments():
            self._processes.restore(name)

    def _environments(self) -> list[str]:
        with self._kit.store.reading() as look:
            return [environment.name for environment in look.environments.all()]

    def _collect(self) -> None:
        for name in self._environments():
            collection.collect(self._kit, name, _COLLECT)

    def _compact(self) -> None:
        """One segment of each environment at a time, then what is old enough."""
        if self._kit.clock.elapsed() < self._compact_at:
            return
        for name in self._environments():
            self._guarded(partial(compaction.compact, self._kit, name))
            self._guarded(partial(retention.retain, self._kit, name))
        self._compact_at = self._kit.clock.elapsed() + _COMPACT

    def _forget(self) -> None:
        if self._kit.clock.elapsed() >= self._forget_at:
            self._forget_at = self._kit.clock.elapsed() + _FORGET
            forgetting.forget(self._kit)

    def _replay(self) -> None:
        self._replaying.look()

    def _advance(self) -> None:
        for step in self._advancing.steps():
            self._guarded(step)

    def _react(self) -> None:
        with self._kit.store.reading() as look:
            entries = look.journal.after(look.counters.value(REACTIONS))
        for entry in entries:
            reactions.react(self._kit, entry)
            with self._kit.store.transaction() as change:
                change.counters.set(REACTIONS, entry.sequence)

    def _train(self) -> None:
        with self._kit.store.reading() as look:
            open_ones = look.retrainings.all(open=True)
        for asked in open_ones:
            self._guarded(partial(retrainings.advance, self._kit, asked))

    def _score_tables(self) -> None:
        self._guarded(partial(jobs.schedule, self._kit))
        with self._kit.store.reading() as look:
            open_ones = look.job_runs.all(open=True)
        for run in open_ones:
            self._guarded(partial(job_runs.advance, self._kit, run))

    def _deliver(self) -> None:
        self._couriers.look()

    def _measure(self) -> None:
        """Figures of whole windows: many rows are read for each, so what changed is gathered for a while."""
        if self._kit.clock.elapsed() < self._measure_at:
            return
        heart = self._hearts[Loop.MEASURER]
        for step in watching.steps(self._kit, self._pace):
            # A model that cannot be measured keeps no other back.
            if self._guarded(step):
                heart.beat()
        self._measure_at = self._kit.clock.elapsed() + _GATHER
        if self._kit.clock.elapsed() >= self._claim_at:
            watching.claim_labels(self._kit)
            self._claim_at = self._kit.clock.elapsed() + _CLAIM
        heart.beat()

    def _discard(self) -> None:
        """Rows that are old enough, for a moment at a time: a day that is closed is read as a whole."""
        if self._kit.clock.elapsed() >= self._discard_at and not discarding.discard(self._kit, _DISCARD):
            self._discard_at = self._kit.clock.elapsed() + _LEFT

    def _post(self) -> None:
        """What people read once a week; it is counted over many rows, and nobody waits for it."""
        if self._kit.clock.elapsed() >= self._post_at:
            self._post_at = self._kit.clock.elapsed() + _POST
            weekly.post(self._kit)

    def _watch(self) -> None:
        """Callers' troubles, people's clocks, and process groups that died."""
        if self._kit.clock.elapsed() < self._slow_at:
            return
        self._slow_at = self._kit.clock.elapsed() + _SLOW
        if self._kit.clock.elapsed() >= self._survey_at:
            self._survey_at = self._kit.clock.elapsed() + _SURVEY
            self._guarded(self._survey)
        turned_away: dict[tuple[str, str], int] = {}
        for name in self._environments():
            self._guarded(partial(self._processes.look, name, turned_away))
        self._guarded(partial(watching.watch_service, self._kit, turned_away))
        self._guarded(partial(external_alerts.watch, self._kit))
        self._guarded(partial(ageing.watch, self._kit))
        self._guarded(partial(payloads.sweep, self._kit))
        reviews.remind(self._kit)
        responding.wake(self._kit)
        responding.escalate(self._kit)

    def _survey(self) -> None:
        """What nobody can feel within seconds."""
        findings.settle(self._kit, feeds.looks(self._kit))
        if self._kit.clock.elapsed() >= self._unseen_at:
            findings.settle(self._kit, self._watchers.looks())
            self._unseen_at = self._kit.clock.elapsed() + _UNSEEN
