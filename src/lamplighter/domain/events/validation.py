"""Validations: findings, answers to them, and the words of validators."""

from lamplighter.domain.events.base import Event


class ValidationFindingRaised(Event, frozen=True, tag=True):
    """A validator found something of a model."""

    finding: str = ""
    number: int = 0
    version: str = ""
    weight: str = ""
    words: str = ""
    person: str = ""
    owner: str = ""
    due_at: int = 0


class ValidationFindingAnswered(Event, frozen=True, tag=True):
    """The owner of a finding brought evidence that it is mended."""

    finding: str = ""
    number: int = 0
    person: str = ""
    kind: str = ""
    evidence: str = ""
    note: str = ""


class ValidationFindingJudged(Event, frozen=True, tag=True):
    """A validator closed a finding, or gave it back."""

    finding: str = ""
    closed: bool = False
    person: str = ""
    note: str = ""


class ValidationFindingOverdue(Event, frozen=True, tag=True):
    """The owner of a finding is told that it is overdue."""

    finding: str = ""
    person: str = ""


class VersionValidated(Event, frozen=True, tag=True):
    """A validator said that a version was validated."""

    number: int = 0
    version: str = ""
    person: str = ""
    note: str = ""


ValidationEvent = (
    ValidationFindingRaised | ValidationFindingAnswered | ValidationFindingJudged | ValidationFindingOverdue | VersionValidated
)
