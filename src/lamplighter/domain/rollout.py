"""How traffic moves to a version, as a table. Every step is recorded before it is applied."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from lamplighter.domain.errors import Conflict
from lamplighter.domain.hold import Hold
from lamplighter.domain.hook import Answer, Hook, Moment
from lamplighter.domain.outcome import Outcome
from lamplighter.domain.record import Record
from lamplighter.domain.steps import Steps


class Phase(StrEnum):
    """Where a rollout stands."""

    #: Gates want people's word; nothing is live yet.
    WAITING = "waiting"
    #: Cleared by every gate.
    PENDING = "pending"
    #: The environment is asked to load the version; it has no traffic yet.
    STARTING = "starting"
    #: The version has a share of the traffic.
    SHIFTING = "shifting"
    #: Somebody stopped the clock; the share stays.
    PAUSED = "paused"
    #: The last step held; the version takes all traffic.
    COMPLETING = "completing"
    #: The version takes all traffic, and hooks after it are asked whether it stays.
    CONFIRMING = "confirming"
    #: It goes back to the version before.
    WITHDRAWING = "withdrawing"
    #: The version has all traffic.
    COMPLETED = "completed"
    #: The version before has all traffic.
    WITHDRAWN = "withdrawn"
    #: A gate said no while it waited, or a hook did before it began.
    REFUSED = "refused"

    @property
    def final(self) -> bool:
        """Whether nothing follows."""
        return self in {Phase.COMPLETED, Phase.WITHDRAWN, Phase.REFUSED}


class Signal(StrEnum):
    """What was seen or said."""

    #: Every gate passed.
    CLEARED = "cleared"
    #: A gate, or a hook before it, said no.
    DENIED = "denied"
    #: The environment was told to load the version.
    APPLIED = "applied"
    #: The version runs elsewhere: nothing is loaded and no traffic moves here.
    DECLARED = "declared"
    #: Every worker has loaded and verified the version.
    READY = "ready"
    #: The guard passed at this step and its time is over.
    HELD = "held"
    #: The guard passed at the last step.
    PROVEN = "proven"
    #: The guard failed, or the version could not be loaded.
    BROKEN = "broken"
    #: A step had too little evidence until its deadline, and the plan says to go back.
    OVERDUE = "overdue"
    #: The same, and the plan says to go on waiting.
    UNDECIDED = "undecided"
    #: The same, and the plan says to ask.
    ASKED = "asked"
    #: Every worker answers by the last route, and hooks after it are to be asked.
    ROUTED = "routed"
    #: A person said stop.
    STOPPED = "stopped"
    PAUSED = "paused"
    RESUMED = "resumed"
    #: Every worker answers by the last route.
    SETTLED = "settled"


#: The whole machine. A pair that is not here is a move that does not exist.
MOVES: Mapping[tuple[Phase, Signal], Phase] = {
    (Phase.WAITING, Signal.CLEARED): Phase.PENDING,
    (Phase.WAITING, Signal.DENIED): Phase.REFUSED,
    (Phase.WAITING, Signal.STOPPED): Phase.REFUSED,
    (Phase.PENDING, Signal.APPLIED): Phase.STARTING,
    (Phase.PENDING, Signal.DECLARED): Phase.COMPLETING,
    (Phase.PENDING, Signal.DENIED): Phase.REFUSED,
    (Phase.PENDING, Signal.STOPPED): Phase.WITHDRAWING,
    (Phase.PENDING, Signal.BROKEN): Phase.WITHDRAWING,
    (Phase.STARTING, Signal.READY): Phase.SHIFTING,
    (Phase.STARTING, Signal.BROKEN): Phase.WITHDRAWING,
    (Phase.STARTING, Signal.OVERDUE): Phase.WITHDRAWING,
    (Phase.STARTING, Signal.STOPPED): Phase.WITHDRAWING,
    (Phase.SHIFTING, Signal.HELD): Phase.SHIFTING,
    (Phase.SHIFTING, Signal.PROVEN): Phase.COMPLETING,
    (Phase.SHIFTING, Signal.BROKEN): Phase.WITHDRAWING,
    (Phase.SHIFTING, Signal.OVERDUE): Phase.WITHDRAWING,
    (Phase.SHIFTING, Signal.UNDECIDED): Phase.SHIFTING,
    (Phase.SHIFTING, Signal.ASKED): Phase.PAUSED,
    (Phase.SHIFTING, Signal.STOPPED): Phase.WITHDRAWING,
    (Phase.SHIFTING, Signal.PAUSED): Phase.PAUSED,
    (Phase.PAUSED, Signal.RESUMED): Phase.SHIFTING,
    (Phase.PAUSED, Signal.BROKEN): Phase.WITHDRAWING,
    (Phase.PAUSED, Signal.STOPPED): Phase.WITHDRAWING,
    (Phase.COMPLETING, Signal.SETTLED): Phase.COMPLETED,
    (Phase.COMPLETING, Signal.ROUTED): Phase.CONFIRMING,
    (Phase.CONFIRMING, Signal.SETTLED): Phase.COMPLETED,
    (Phase.CONFIRMING, Signal.BROKEN): Phase.WITHDRAWING,
    (Phase.CONFIRMING, Signal.STOPPED): Phase.WITHDRAWING,
    (Phase.WITHDRAWING, Signal.SETTLED): Phase.WITHDRAWN,
}


#: What brings a version further. The calendar may hold these; nothing ever holds a way back.
FORWARD = frozenset({Signal.APPLIED, Signal.DECLARED, Signal.READY, Signal.HELD, Signal.PROVEN})
#: Phases in which a version waits for one of them.
HOLDABLE = frozenset({Phase.PENDING, Phase.STARTING, Phase.SHIFTING})
#: Phases in which a version has, or gets, a share of the traffic: people who go back or switch the model off end them.
ON_TRIAL = HOLDABLE | {Phase.PAUSED}


class Rollout(Record, frozen=True):
    """One version on its way into one environment."""

    #: Such as `R-91`.
    id: str
    model: str
    environment: str
    #: Number and digest of the version that comes.
    number: int
    version: str
    #: Number of the version that was live when it began; 0 for none.
    previous: int
    #: Digest of the decision it rests on.
    decision: str
    #: Who asked for it.
    asked_by: str
    plan: Steps
    phase: Phase
    #: Index of the step that is recorded.
    step: int = 0
    #: Seconds that count for the step, kept so that a restart neither shortens nor repeats it.
    baked: float = 0.0
    #: Seconds since the step was recorded, with or without evidence.
    waited: float = 0.0
    #: Microseconds since the epoch, UTC.
    opened_at: int = 0
    moved_at: int = 0
    #: When the step began; what was asked before it is no evidence for it.
    stepped_at: int = 0
    #: What the guards said of each step, the last look at each.
    outcomes: tuple[Outcome, ...] = ()
    #: The last thing that was said of it.
    why: str = ""
    #: Grows with every write; a write that saw an older one is refused.
    revision: int = 0
    #: Whether the version runs elsewhere.
    elsewhere: bool = False
    #: What holds it by the calendar; it goes on by itself.
    hold: Hold | None = None
    #: The emergency in which it began; empty if it was none.
    emergency: str = ""
    #: Hooks as they were declared when it was asked for, and what became of each try.
    before: tuple[Hook, ...] = ()
    after: tuple[Hook, ...] = ()
    answers: tuple[Answer, ...] = ()

    def hooks(self, moment: Moment) -> tuple[Hook, ...]:
        """The hooks of a moment."""
        return self.before if moment is Moment.BEFORE else self.after

    @property
    def share(self) -> float:
        """Share of the requests at the recorded step, from 0 to 1."""
        return self.plan.steps[self.step] / 100.0 if self.phase in {Phase.SHIFTING, Phase.PAUSED} else 0.0

    @property
    def last_step(self) -> bool:
        """Whether no further step follows."""
        return self.step == len(self.plan.steps) - 1


def advance(rollout: Rollout, signal: Signal, *, now: int, why: str) -> Rollout:
    """The rollout after the signal; raises `Conflict` for a move that does not exist. The last step is proven, never held."""
    phase = None if signal is Signal.HELD and rollout.last_step else MOVES.get((rollout.phase, signal))
    if phase is None:
        raise Conflict(
            f"Rollout {rollout.id} cannot do that.",
            why=f"It is {rollout.phase}, and from there nothing follows on {signal}.",
            fix="Look at it with lamp rollout show.",
            code="E1510",
        )
    step = rollout.step + 1 if signal is Signal.HELD else rollout.step
    fresh = signal is Signal.HELD or (phase is not rollout.phase and {phase, rollout.phase} != {Phase.SHIFTING, Phase.PAUSED})
    again = signal in {Signal.UNDECIDED, Signal.ASKED}
    return msgspec.structs.replace(
        rollout,
        phase=phase,
        step=step,
        baked=0.0 if fresh else rollout.baked,
        waited=0.0 if fresh or again else rollout.waited,
        moved_at=now,
        stepped_at=now if fresh and phase is Phase.SHIFTING else rollout.stepped_at,
        why=why,
        hold=rollout.hold if phase in HOLDABLE else None,
        revision=rollout.revision + 1,
    )


def looked(rollout: Rollout, outcome: Outcome) -> Rollout:
    """The rollout with the newest outcome of a step in the place of the older one."""
    others = tuple(known for known in rollout.outcomes if known.step != outcome.step)
    return msgspec.structs.replace(rollout, outcomes=(*others, outcome))
