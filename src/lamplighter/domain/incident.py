"""Something is wrong and somebody has it. Moves are a table."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from lamplighter.domain.errors import Conflict
from lamplighter.domain.monitor import Finding
from lamplighter.domain.record import Record
from lamplighter.domain.stage import Duty


class State(StrEnum):
    """Where an incident stands."""

    #: Nobody has said that they have it.
    OPEN = "open"
    #: Somebody has it.
    ACKNOWLEDGED = "acknowledged"
    #: Users no longer feel it; the cause may still be there.
    MITIGATED = "mitigated"
    #: Over.
    RESOLVED = "resolved"


class Step(StrEnum):
    """What people or the platform do with an incident."""

    ACKNOWLEDGE = "acknowledge"
    MITIGATE = "mitigate"
    RESOLVE = "resolve"


#: The whole machine. A pair that is not here is a move that does not exist.
MOVES: Mapping[tuple[State, Step], State] = {
    (State.OPEN, Step.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.OPEN, Step.MITIGATE): State.MITIGATED,
    (State.OPEN, Step.RESOLVE): State.RESOLVED,
    (State.ACKNOWLEDGED, Step.MITIGATE): State.MITIGATED,
    (State.ACKNOWLEDGED, Step.RESOLVE): State.RESOLVED,
    (State.MITIGATED, Step.RESOLVE): State.RESOLVED,
}


class Incident(Record, frozen=True):
    """One thing that is wrong with one model in one environment."""

    #: Such as `I-31`.
    id: str
    model: str
    environment: str
    finding: Finding
    duty: Duty
    #: Who was told first.
    holder: str
    deputy: str
    state: State = State.OPEN
    #: Microseconds since the epoch, UTC.
    opened_at: int = 0
    moved_at: int = 0
    #: Whether the deputy was told because nobody acknowledged in time.
    escalated: bool = False
    #: What was done, newest last.
    notes: tuple[str, ...] = ()
    revision: int = 0


def advance(incident: Incident, step: Step, *, now: int, note: str) -> Incident:
    """The incident after the step; raises `Conflict` for a move that does not exist."""
    state = MOVES.get((incident.state, step))
    if state is None:
        raise Conflict(
            f"Incident {incident.id} cannot do that.",
            why=f"It is {incident.state}, and from there nothing follows on {step}.",
            fix="Look at it with lamp incident show.",
            code="E1520",
        )
    notes = (*incident.notes, note) if note else incident.notes
    return msgspec.structs.replace(incident, state=state, moved_at=now, notes=notes, revision=incident.revision + 1)
