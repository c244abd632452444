"""Independent validation: what somebody outside the building team found of a model, whose it is to mend, and until when."""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

import msgspec

from lamplighter.domain.duration import seconds
from lamplighter.domain.errors import Invalid
from lamplighter.domain.identity import PERMISSIONS, Permission, Role, Team
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record, Settings
from lamplighter.domain.stage import Stage


class Weight(StrEnum):
    """How much a finding of a validation matters."""

    #: It should be mended some day.
    LOW = "low"
    #: It has to be mended, and the model may answer meanwhile.
    MEDIUM = "medium"
    #: The model should not go on as it is.
    HIGH = "high"


#: Time to answer a finding where the rule book says nothing of it.
_DUE: Mapping[Weight, str] = {Weight.LOW: "180d", Weight.MEDIUM: "60d", Weight.HIGH: "14d"}


class ValidationRule(Settings, frozen=True):
    """Who validates models of a tier, and how long an owner has to answer."""

    #: Roles of validators; whoever builds the model is none, whatever their roles.
    by: tuple[Role, ...] = (Role.RISK,)
    #: Weights that block while they are open, wherever more than the builders rely on the model; the others are told.
    block: tuple[Weight, ...] = (Weight.HIGH,)
    #: Whether a finding of any weight blocks once its owner had to answer.
    overdue: bool = False
    #: Time to answer a finding, by its weight.
    due: Mapping[Weight, str] = msgspec.field(default_factory=lambda: dict(_DUE))


class ValidationFinding(Record, frozen=True):
    """One thing that a validator found of a model. It holds for every later version too, until it is closed."""

    #: Such as `V-3`.
    id: str
    model: str
    #: Number and digest of the version on which it was found.
    number: int
    version: str
    weight: Weight
    words: str
    #: The validator.
    person: str
    #: Who has to mend it.
    owner: str
    #: Microseconds since the epoch, UTC.
    opened_at: int
    due_at: int
    #: What the owner answered: words, and the evidence that shows it, with its kind and the version that it is about.
    answer: str = ""
    evidence: str = ""
    kind: str = ""
    answered_number: int = 0
    answered_at: int = 0
    #: What validators said of answers, oldest first.
    notes: tuple[str, ...] = ()
    #: Whether the owner was told that it is overdue.
    reminded: bool = False
    #: Who closed it and when; empty and 0 until then.
    closed_by: str = ""
    closed_at: int = 0
    #: Grows with every write; a write that saw an older one is refused.
    revision: int = 0

    @property
    def open(self) -> bool:
        """Whether no validator has closed it."""
        return not self.closed_at

    @property
    def answered(self) -> bool:
        """Whether it waits for the word of a validator."""
        return self.open and bool(self.answered_at)

    def overdue(self, now: int) -> bool:
        """Whether its owner had to answer by now, and did not."""
        return self.open and not self.answered_at and self.due_at < now


class ValidationWord(Record, frozen=True):
    """A validator's word that a version was validated; what is left to mend stands in the findings."""

    model: str
    number: int
    #: Digest of the version.
    version: str
    person: str
    note: str
    #: Microseconds since the epoch, UTC.
    at: int


def ranked(findings: Iterable[ValidationFinding]) -> tuple[ValidationFinding, ...]:
    """Those that matter most first, and of these the one that is due first."""
    order = list(Weight)
    return tuple(sorted(findings, key=lambda one: (-order.index(one.weight), one.due_at)))


def check_validation(rule: ValidationRule) -> ValidationRule:
    """The rule itself; raises `Invalid` for a role that gives no word, and for a time that is none."""
    for length in rule.due.values():
        seconds(length)
    silent = next((weight for weight in Weight if weight not in rule.due), None)
    if silent is not None:
        why = f"due says nothing about findings that weigh {silent}."
        raise Invalid("That is no time to answer.", why=why, fix=f'Write {silent} = "60d" in due.', code="E1273")
    idle = next((role for role in rule.by if Permission.APPROVE not in PERMISSIONS[role]), None)
    if idle is not None:
        able = ", ".join(role for role in Role if Permission.APPROVE in PERMISSIONS[role])
        why = f"The role {idle} gives no word on versions."
        raise Invalid("That role cannot validate.", why=why, fix=f"Write by with some of {able}.", code="E1273")
    return rule


def builders(project: Project, authors: Iterable[str], teams: Mapping[str, Team]) -> Collection[str]:
    """Everybody who builds a model: who owns its design and its industrialization, with their teams, and every author."""
    holders = (project.owners.holder(stage) for stage in (Stage.DESIGN, Stage.INDUSTRIALIZATION))
    parties = [party for holder in holders if holder for party in (holder.first, holder.then, holder.deputy) if party]
    members = (email for party in parties for email in (teams[party].members if party in teams else (party,)))
    return {*members, *authors}
