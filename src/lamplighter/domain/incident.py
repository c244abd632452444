"""Something is wrong and somebody has it. Moves are a table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from lamplighter.domain.cause import Cause
from lamplighter.domain.errors import Conflict
from lamplighter.domain.monitor import Finding, Kind, Rule, Severity, is_of_run
from lamplighter.domain.record import Record
from lamplighter.domain.stage import Duty
from lamplighter.domain.trouble import is_shared, same_trouble, trouble_of


class State(StrEnum):
    """Where an incident stands."""

    #: Nobody has said that they have it.
    OPEN = "open"
    #: Somebody asked to be told again later.
    SNOOZED = "snoozed"
    #: Somebody has it.
    ACKNOWLEDGED = "acknowledged"
    #: Users no longer feel it; the cause may still be there.
    MITIGATED = "mitigated"
    #: Over.
    RESOLVED = "resolved"


class Step(StrEnum):
    """What people or the platform do with an incident."""

    ACKNOWLEDGE = "acknowledge"
    #: Be told again later.
    SNOOZE = "snooze"
    #: The time of the snooze is over and it is still wrong.
    WAKE = "wake"
    #: Another person or team has it.
    ASSIGN = "assign"
    #: Nobody acknowledged in time; the next in line is told.
    ESCALATE = "escalate"
    #: Another model has the same trouble of the same cause.
    JOIN = "join"
    #: Somebody writes down what they saw or did.
    NOTE = "note"
    MITIGATE = "mitigate"
    RESOLVE = "resolve"


#: The whole machine. A pair that is not here is a move that does not exist.
MOVES: Mapping[tuple[State, Step], State] = {
    (State.OPEN, Step.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.OPEN, Step.SNOOZE): State.SNOOZED,
    (State.OPEN, Step.ASSIGN): State.OPEN,
    (State.OPEN, Step.ESCALATE): State.OPEN,
    (State.OPEN, Step.JOIN): State.OPEN,
    (State.OPEN, Step.NOTE): State.OPEN,
    (State.OPEN, Step.MITIGATE): State.MITIGATED,
    (State.OPEN, Step.RESOLVE): State.RESOLVED,
    (State.SNOOZED, Step.WAKE): State.OPEN,
    (State.SNOOZED, Step.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.SNOOZED, Step.SNOOZE): State.SNOOZED,
    (State.SNOOZED, Step.ASSIGN): State.OPEN,
    (State.SNOOZED, Step.JOIN): State.SNOOZED,
    (State.SNOOZED, Step.NOTE): State.SNOOZED,
    (State.SNOOZED, Step.MITIGATE): State.MITIGATED,
    (State.SNOOZED, Step.RESOLVE): State.RESOLVED,
    (State.ACKNOWLEDGED, Step.SNOOZE): State.SNOOZED,
    (State.ACKNOWLEDGED, Step.ASSIGN): State.OPEN,
    (State.ACKNOWLEDGED, Step.JOIN): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Step.NOTE): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Step.MITIGATE): State.MITIGATED,
    (State.ACKNOWLEDGED, Step.RESOLVE): State.RESOLVED,
    (State.MITIGATED, Step.NOTE): State.MITIGATED,
    (State.MITIGATED, Step.RESOLVE): State.RESOLVED,
}

#: States in which users may still feel it.
FELT = (State.OPEN, State.SNOOZED, State.ACKNOWLEDGED)


class Linked(Record, frozen=True):
    """Another model with trouble of the same cause."""

    model: str
    environment: str
    finding: Finding
    #: When it joined, microseconds since the epoch, UTC.
    at: int


class Weighed(Record, frozen=True):
    """Whether the platform went back by itself, and why."""

    rolls_back: bool
    #: One sentence.
    why: str


class Incident(Record, frozen=True):
    """One thing that is wrong, with the models that have it; where they are many, the first one found stands for them."""

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
    #: Whether somebody else was told because nobody acknowledged in time.
    escalated: bool = False
    #: What was done, newest last.
    notes: tuple[str, ...] = ()
    revision: int = 0
    #: The source at fault; empty where none is known.
    source: str = ""
    #: Tier of the most critical model that has it; its clock counts.
    tier: str = ""
    #: Other models with the same trouble, in the order in which they were found.
    linked: tuple[Linked, ...] = ()
    #: Person or team that it was given to; empty if nobody gave it away.
    assignee: str = ""
    #: Who has it now, where that is not the holder: whoever acknowledged it, got it, or was told last.
    who: str = ""
    #: Until when it is quiet, microseconds since the epoch, UTC; 0 if it is not.
    snoozed_until: int = 0
    #: How far it was passed on: 0 holder, 1 deputy, 2 business owner or administrator.
    level: int = 0
    #: When the clock of this level began, microseconds since the epoch, UTC; 0 means when it opened.
    clock_at: int = 0
    #: When the same was found last, microseconds since the epoch, UTC; 0 if only once.
    found_at: int = 0
    #: What may be the cause, likeliest first.
    causes: tuple[Cause, ...] = ()
    #: What to do, as the project says: an address, a path or words. Empty if it says nothing.
    runbook: str = ""
    #: Callers of the last hour when it opened.
    affected: tuple[str, ...] = ()
    #: Of what was found, that which nobody feels any more while others still do; see `trouble_of`.
    calm: tuple[str, ...] = ()
    #: Number of the version a rollback returned to when it opened; 0 for none.
    way_back: int = 0
    #: What else was found of the version while it was felt, of which nobody is told apart; see `is_beside`.
    beside: tuple[Finding, ...] = ()
    #: What the platform made of it, where the policy lets it go back by itself.
    weighed: Weighed | None = None

    @property
    def has_it(self) -> str:
        """The person who has it now; empty for nobody."""
        return self.who or (self.deputy if self.escalated else self.holder)

    @property
    def models(self) -> tuple[str, ...]:
        """Every model that has the trouble, each once."""
        return tuple(dict.fromkeys((self.model, *(linked.model for linked in self.linked))))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found of each of them."""
        return (self.finding, *(linked.finding for linked in self.linked))

    @property
    def felt(self) -> tuple[Finding, ...]:
        """What users may still feel of it."""
        if self.state not in FELT:
            return ()
        return tuple(one for one in self.findings if trouble_of(one) not in self.calm) if self.calm else self.findings

    def of(self, model: str) -> Finding:
        """What was found of one of its models."""
        return next((one for one in self.findings if one.model == model), self.finding)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of other monitoring systems that speak of it, each once."""
        return tuple(dict.fromkeys(finding.rule for finding in self.findings if finding.rule is not None))

    @property
    def suspects(self) -> tuple[Cause, ...]:
        """The causes that tell something: not what was found itself, and none as good as impossible."""
        return tuple(one for one in self.causes if one.likelihood >= 0.01 and one.sentence != self.finding.sentence)

    @property
    def safe_action(self) -> str:
        """The exact command that takes the harm away; empty where there is none."""
        if is_of_run(self.finding.measure):
            return self.finding.fix
        if self.finding.kind is Kind.LIFETIME:
            version = f"{self.model}@{self.finding.number}"
            return f'lamp extend {version} --env {self.environment} --days 60 --reason "..."'
        if not self.way_back or is_shared(self.finding):
            return ""
        return f"lamp rollback {self.model} --env {self.environment} --to {self.way_back}"


def has_told(incident: Incident, finding: Finding) -> bool:
    """Whether an incident that is over told of the same version, as loudly at least."""
    same = incident.finding.number == finding.number and same_trouble(incident.finding, finding)
    return same and incident.state not in FELT and not is_outgrown(incident, finding)


def is_outgrown(incident: Incident, finding: Finding) -> bool:
    """Whether a finding of the same cause is too loud for an incident that woke nobody."""
    return incident.finding.severity is Severity.NOTICE and finding.severity is Severity.PAGE


def advance(incident: Incident, step: Step, *, now: int, note: str, **changes: Any) -> Incident:
    """The incident after the step, with other fields as given; raises `Conflict` for a move that does not exist."""
    state = MOVES.get((incident.state, step))
    if state is None:
        raise Conflict(
            f"Incident {incident.id} cannot do that.",
            why=f"It is {incident.state}, and from there nothing follows on {step}.",
            fix="Look at it with lamp incident show.",
            code="E1520",
        )
    notes = (*incident.notes, note) if note else incident.notes
    quiet = {} if state is State.SNOOZED else {"snoozed_until": 0}
    return msgspec.structs.replace(
        incident, **{"state": state, "moved_at": now, "notes": notes, "revision": incident.revision + 1, **quiet, **changes}
    )
