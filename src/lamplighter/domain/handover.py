"""The handover of a model: somebody gives its technical duties to somebody who has shown that they can do them. Moves are a
table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.record import Record
from lamplighter.domain.routing import Routing
from lamplighter.domain.stage import Stage

#: The stages that can be handed over.
STAGES = (Stage.DEPLOYMENT, Stage.MONITORING, Stage.MANAGEMENT)
#: Characters that are kept of what people write.
_WORDS = 2000


class State(StrEnum):
    """Where a handover stands."""

    #: The receiver looks at it.
    OPEN = "open"
    #: The receiver has the duties.
    ACCEPTED = "accepted"
    #: The receiver did not take them.
    REFUSED = "refused"
    #: The giver thought better of it.
    WITHDRAWN = "withdrawn"
    #: The receiver gave them back within the co-own window.
    HANDED_BACK = "handed-back"
    #: The receiver gave them to somebody else, in a later handover.
    PASSED_ON = "passed-on"


class Step(StrEnum):
    """What people do with a handover."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    HAND_BACK = "hand-back"
    #: A later handover of the same model is accepted.
    PASS_ON = "pass-on"  # noqa: S105  a word, not a secret
    #: That later one is handed back.
    RESUME = "resume"


#: The whole machine. A pair that is not here is a move that does not exist.
MOVES: Mapping[tuple[State, Step], State] = {
    (State.OPEN, Step.ACCEPT): State.ACCEPTED,
    (State.OPEN, Step.REFUSE): State.REFUSED,
    (State.OPEN, Step.WITHDRAW): State.WITHDRAWN,
    (State.ACCEPTED, Step.HAND_BACK): State.HANDED_BACK,
    (State.ACCEPTED, Step.PASS_ON): State.PASSED_ON,
    (State.PASSED_ON, Step.RESUME): State.ACCEPTED,
}


class Drill(StrEnum):
    """What the receiver shows, each by one of its own people."""

    #: They are here, and may deploy, roll back and answer incidents.
    ACCESS = "access"
    #: They return to the version before, in an environment that no customer calls.
    ROLLBACK = "rollback"
    #: A page reaches them, and they answer it in time.
    PAGE = "page"


class Fact(Record, frozen=True):
    """One line of evidence."""

    name: str
    value: str


class Proof(Record, frozen=True):
    """What one person of the receiver has shown."""

    drill: Drill
    #: E-mail address of the person.
    person: str
    #: Microseconds since the epoch, UTC.
    at: int
    #: How long it took.
    seconds: float
    passed: bool
    facts: tuple[Fact, ...]
    #: What was wrong; empty if it passed.
    why: str = ""


class TestPage(Record, frozen=True):
    """A page of no meaning that is under way to the receiver."""

    #: SHA-256 of the word that stands in it and nowhere else.
    digest: str
    #: Who sent it, and to whom.
    person: str
    to: str
    channels: tuple[str, ...]
    #: Microseconds since the epoch, UTC.
    at: int
    #: The word itself, for the page on which whoever is on call finds it where the inbox is a channel; else empty.
    word: str = ""


class Word(Record, frozen=True):
    """What one person says in the discussion."""

    person: str
    text: str
    at: int


class Check(Record, frozen=True):
    """One of the things that have to hold, with the evidence for it."""

    #: Such as `runbook`.
    name: str
    #: What it asks, a few words.
    asks: str
    passed: bool
    facts: tuple[Fact, ...]
    #: What is missing, and the way forward; empty if it passed.
    why: str = ""
    fix: str = ""


class Handover(Record, frozen=True):
    """One handover, from its start on."""

    #: Such as `H-12`.
    id: str
    model: str
    #: Person or team that is accountable until it is accepted, and the one that is asked.
    giver: str
    receiver: str
    #: Who knows the model: the duties that take that stay theirs.
    knows: str
    #: What is handed over.
    stages: tuple[Stage, ...]
    started_by: str
    #: Microseconds since the epoch, UTC.
    opened_at: int
    moved_at: int
    state: State = State.OPEN
    #: What the giver said where nothing could be derived, by question.
    answers: Mapping[str, str] = {}
    #: When the receiver may hand it back.
    conditions: tuple[str, ...] = ()
    #: What the receiver has shown; the newest of each drill counts.
    proofs: tuple[Proof, ...] = ()
    #: The test page that nobody has answered yet.
    page: TestPage | None = None
    #: What was live where a rollback is practised just now; it is put back.
    aside: Routing | None = None
    words: tuple[Word, ...] = ()
    #: The checks as they were when it was accepted.
    checks: tuple[Check, ...] = ()
    accepted_by: str = ""
    #: Until then the giver stands in and the receiver may hand it back, microseconds since the epoch, UTC.
    co_own_until: int = 0
    #: Why it was refused, withdrawn or handed back.
    reason: str = ""
    #: The accepted handover that it takes the place of; empty for none.
    follows: str = ""
    #: Grows with every write; a write that saw an older one is refused.
    revision: int = 0

    def proof(self, drill: Drill) -> Proof | None:
        """The newest proof of a drill."""
        return next((one for one in reversed(self.proofs) if one.drill is drill), None)


class Handed(Record, frozen=True):
    """An accepted handover, as far as it says whose duty something is."""

    id: str
    stages: tuple[Stage, ...]
    giver: str
    receiver: str
    knows: str
    #: Whether the giver still stands in.
    co_owned: bool


def handed(handover: Handover, now: int) -> Handed:
    """What an accepted handover says of duties as of now."""
    return Handed(
        id=handover.id,
        stages=handover.stages,
        giver=handover.giver,
        receiver=handover.receiver,
        knows=handover.knows,
        co_owned=now < handover.co_own_until,
    )


def advance(handover: Handover, step: Step, *, now: int, **changes: Any) -> Handover:
    """The handover after the step, with other fields as given; raises `Conflict` for a move that does not exist."""
    state = MOVES.get((handover.state, step))
    if state is None:
        raise Conflict(
            f"{handover.id} cannot do that.",
            why=f"It is {handover.state}, and from there nothing follows on {step}.",
            fix=f"Look at it with lamp handover show {handover.id}.",
            code="E1524",
        )
    return msgspec.structs.replace(handover, **{"state": state, "moved_at": now, **changes}, revision=handover.revision + 1)


def seen_by(handover: Handover, person: str) -> Handover:
    """The handover as somebody may see it: the word of a test page is for whoever it went to."""
    page = handover.page
    if page is None or page.to == person:
        return handover
    return msgspec.structs.replace(handover, page=msgspec.structs.replace(page, word=""))


def words(text: str, fix: str) -> str:
    """What somebody writes, cut to its most; raises `Invalid` for nothing."""
    if not text.strip():
        raise Invalid("That takes words.", why="The other side reads them.", fix=fix, code="E1177")
    return text.strip()[:_WORDS]
