"""A retirement: a model is announced to end, everybody who calls it agrees or leaves, and it ends. A table of moves.

Law of change: a retirement is kept, so fields may be added with a default.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from lamplighter.domain.errors import Conflict
from lamplighter.domain.farewell import Farewell, Gone
from lamplighter.domain.instant import minute
from lamplighter.domain.record import Record, canonical, digest_of

#: Characters of the reason that callers read in place of an answer.
_SAID = 300


class State(StrEnum):
    """Where a retirement stands."""

    #: The model answers, and every answer says that this ends.
    ANNOUNCED = "announced"
    #: It was taken back before its end; the model goes on.
    CANCELLED = "cancelled"
    #: Nobody is answered any more.
    FINISHED = "finished"
    #: It was taken back after its end; the model may be deployed again.
    REVIVED = "revived"


class Step(StrEnum):
    """What happens to a retirement."""

    #: Another plan takes the place of the one announced; whoever agreed to that one is asked again.
    CHANGE = "change"
    #: Somebody gave their word on the plan.
    SAY = "say"
    #: Whom it concerns was told that its day is near.
    REMIND = "remind"
    CANCEL = "cancel"
    FINISH = "finish"
    REVIVE = "revive"


#: The whole machine. A pair that is not here is a move that does not exist.
MOVES: Mapping[tuple[State, Step], State] = {
    (State.ANNOUNCED, Step.CHANGE): State.ANNOUNCED,
    (State.ANNOUNCED, Step.SAY): State.ANNOUNCED,
    (State.ANNOUNCED, Step.REMIND): State.ANNOUNCED,
    (State.ANNOUNCED, Step.CANCEL): State.CANCELLED,
    (State.ANNOUNCED, Step.FINISH): State.FINISHED,
    (State.FINISHED, Step.REVIVE): State.REVIVED,
}


class Word(Record, frozen=True):
    """What somebody said to one plan."""

    #: Name of the consumer it speaks for; empty for the business side.
    consumer: str
    person: str
    accepted: bool
    reason: str
    #: `Retirement.plan` at the time; to another plan nothing was said.
    plan: str
    #: Microseconds since the epoch, UTC.
    at: int


class Retirement(Record, frozen=True):
    """One model on its way out of use."""

    #: Such as `X-3`.
    id: str
    model: str
    #: Who asked for it, and why.
    person: str
    reason: str
    #: Microseconds since the epoch, UTC.
    opened_at: int
    moved_at: int
    state: State = State.ANNOUNCED
    #: The model that takes its place; empty for none.
    successor: str = ""
    #: The day from which on nobody may rely on it, microseconds since the epoch; 0 if none is set.
    sunset: int = 0
    words: tuple[Word, ...] = ()
    #: Where it answered until it was finished, and where callers are told so.
    environments: tuple[str, ...] = ()
    #: When whom it concerns was told again, and when its holder was told that the day has come; 0 before.
    reminded_at: int = 0
    due_told_at: int = 0
    #: Who finished, cancelled or revived it last, and with which words.
    moved_by: str = ""
    note: str = ""
    #: Grows with every write; a write that saw an older one is refused.
    revision: int = 0

    @property
    def open(self) -> bool:
        """Whether it is announced and has not come to its end."""
        return self.state is State.ANNOUNCED

    @property
    def holds(self) -> bool:
        """Whether the model may not be deployed because of it."""
        return self.state in (State.ANNOUNCED, State.FINISHED)

    @property
    def plan(self) -> str:
        """Digest of what people agree to: which model ends, when, and what takes its place."""
        return digest_of(canonical([self.model, self.sunset, self.successor]))

    @property
    def told(self) -> str:
        """The plan in a sentence."""
        verb = "ended" if self.state is State.FINISHED else "ends"
        when = f" on {minute(self.sunset)}" if self.sunset and self.open else ""
        then = f"{self.successor} takes its place" if self.successor else "nothing follows it"
        return f"{self.model} {verb}{when}; {then}."

    @property
    def farewell(self) -> Farewell:
        """What callers are told with every answer."""
        return Farewell(since=self.opened_at, sunset=self.sunset, successor=self.successor)

    @property
    def gone(self) -> Gone:
        """What callers are answered once it is finished."""
        said = " ".join(self.reason.split())[:_SAID]
        return Gone(model=self.model, since=self.moved_at, why=f"Reason: {said.rstrip('.')}.", successor=self.successor)

    def word(self, consumer: str = "") -> Word | None:
        """The newest word on the plan as it is, for a consumer or for the business side."""
        said = (one for one in reversed(self.words) if one.consumer == consumer and one.plan == self.plan)
        return next(said, None)


def advance(retirement: Retirement, step: Step, *, now: int, **changes: object) -> Retirement:
    """The retirement after a step; raises `Conflict` for a move that does not exist."""
    state = MOVES.get((retirement.state, step))
    if state is None:
        raise Conflict(
            f"{retirement.id} cannot do that.",
            why=f"It is {retirement.state}, and from there nothing follows on {step}.",
            fix=f"Look at it with lamp retire show {retirement.model}.",
            code="E1552",
        )
    moved = {"state": state, "moved_at": now, "revision": retirement.revision + 1}
    return msgspec.structs.replace(retirement, **{**moved, **changes})
