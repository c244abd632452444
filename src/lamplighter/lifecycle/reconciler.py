"""The loop of the control plane: read the journal, advance what is open, measure what is due. One step at a time.

Nothing is kept here that is not in the store, so that a crash costs one look.
"""

import threading
from functools import partial

from lamplighter.domain.heartbeat import Heartbeat, Loop
from lamplighter.lifecycle import (
    collection,
    compaction,
    forgetting,
    job_runs,
    jobs,
    reactions,
    retention,
    retrainings,
    routing,
)
from lamplighter.lifecycle.advancing import Advancing
from lamplighter.lifecycle.couriers import Couriers
from lamplighter.lifecycle.guarding import guarded
from lamplighter.lifecycle.heart import Heart
from lamplighter.lifecycle.hooks import Hooks
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.lookout import Lookout
from lamplighter.lifecycle.measurer import Measurer
from lamplighter.lifecycle.outbox import REACTIONS
from lamplighter.lifecycle.processes import Processes
from lamplighter.lifecycle.replaying import Replaying
from lamplighter.lifecycle.turn import Turn

#: Seconds after which a look goes on, however much there is to collect.
_COLLECT = 1.0
#: Seconds between two bites of compaction.
_COMPACT = 5.0
#: Seconds between two looks at what is too old to be shown; it is kept by the hour.
_FORGET = 3600.0


class Reconciler:
    """A thread that looks again and again."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reconciler", daemon=True)
        #: When the last look at everything ended, microseconds since the epoch; 0 before the first.
        self.looked_at = 0
        self._measuring = threading.Thread(target=self._keep_measuring, name="measurer", daemon=True)
        self._hearts = {loop: Heart(kit, loop) for loop in Loop}
        self._measurer = Measurer(kit, self._hearts[Loop.MEASURER])
        self._advancing = Advancing(kit)
        self._replaying = Replaying(kit)
        self._processes = Processes(kit)
        self._couriers = Couriers(kit)
        self._hooks = Hooks(kit)
        self._lookout = Lookout(kit, self._processes)
        self._compacting, self._forgetting = Turn(kit.clock), Turn(kit.clock)

    @property
    def heartbeats(self) -> tuple[Heartbeat, ...]:
        """The last beat of each loop of this process."""
        return tuple(heart.last for heart in self._hearts.values())

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()
        self._measuring.start()

    def stop(self) -> None:
        """End after the step that is under way."""
        self._ending.set()
        self._thread.join(timeout=10.0)
        self._measuring.join(timeout=10.0)
        self.release()

    def release(self) -> None:
        """Give back the processes that a look has begun."""
        self._processes.close()
        self._replaying.close()
        self._couriers.close()
        self._hooks.close()

    def _run(self) -> None:
        guarded(self._hearts[Loop.RECONCILER].beat)
        guarded(self._restore)
        threading.Thread(target=guarded, args=(self._kit.artifacts.prove,), name="proves", daemon=True).start()
        while not self._ending.is_set():
            self._go_on()
            self._ending.wait(self._kit.settings.tick)

    def _keep_measuring(self) -> None:
        guarded(self._hearts[Loop.MEASURER].beat)
        while not self._ending.is_set():
            self._measurer.look()
            self._ending.wait(self._kit.settings.tick)

    def look(self) -> None:
        """One look at everything. A part that fails is logged and tried again at the next look."""
        self._go_on()
        self._measurer.look()

    def _go_on(self) -> None:
        parts = (
            self._collect,
            self._compact,
            self._replaying.look,
            self._advance,
            self._hooks.look,
            self._react,
            self._train,
            self._score_tables,
            self._couriers.look,
            self._lookout.look,
            self._forget,
        )
        went_well = [guarded(part) for part in parts]
        self.looked_at = self._kit.clock.now()
        if all(went_well):
            guarded(self._hearts[Loop.RECONCILER].beat)

    def _restore(self) -> None:
        for name in routing.environments(self._kit):
            self._processes.restore(name)

    def _collect(self) -> None:
        for name in routing.environments(self._kit):
            collection.collect(self._kit, name, _COLLECT)

    def _compact(self) -> None:
        """One segment of each environment at a time, then what is old enough."""
        if not self._compacting.due:
            return
        for name in routing.environments(self._kit):
            guarded(partial(compaction.compact, self._kit, name))
            guarded(partial(retention.retain, self._kit, name))
        self._compacting.pause(_COMPACT)

    def _forget(self) -> None:
        if self._forgetting.due:
            self._forgetting.pause(_FORGET)
            forgetting.forget(self._kit)

    def _advance(self) -> None:
        for step in self._advancing.steps():
            guarded(step)

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
            guarded(partial(retrainings.advance, self._kit, asked))

    def _score_tables(self) -> None:
        guarded(partial(jobs.schedule, self._kit))
        with self._kit.store.reading() as look:
            open_ones = look.job_runs.all(open=True)
        for run in open_ones:
            guarded(partial(job_runs.advance, self._kit, run))
