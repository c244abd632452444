"""What people outside the building team find of a model, and how it is mended."""

from typing import Protocol

from lamplighter.domain.identity import Permission
from lamplighter.domain.validation import ValidationFinding, ValidationWord, Weight
from lamplighter.sdk.door import door


class Validation(Protocol):
    """What people outside the building team find of a model, and how it is mended."""

    @door("POST", "/versions/{reference}/validation-findings", Permission.APPROVE)
    def raise_finding(self, reference: str, weight: Weight, words: str, owner: str, days: int = 0) -> ValidationFinding:
        """Write down, as a validator, what was found of a version, whose it is to mend and in how many days.

        0 days take the time that the rule book gives for the weight.
        """
        ...

    @door("GET", "/validation-findings", Permission.READ)
    def validation_findings(self, model: str = "", closed: bool = False) -> list[ValidationFinding]:
        """Open findings of validations, those that matter most first; with `closed` the newest 100, open or not."""
        ...

    @door("GET", "/validation-findings/{key}", Permission.READ)
    def validation_finding(self, key: str) -> ValidationFinding:
        """One finding of a validation."""
        ...

    @door("POST", "/validation-findings/{key}/answer", Permission.RESPOND)
    def answer_finding(self, key: str, reference: str, evidence: str, note: str) -> ValidationFinding:
        """Answer a finding, as its owner, with the newest evidence of a kind of a version."""
        ...

    @door("POST", "/validation-findings/{key}/judgement", Permission.APPROVE)
    def judge_finding(self, key: str, closed: bool, note: str) -> ValidationFinding:
        """Close a finding that was answered, as a validator, or give it back to its owner."""
        ...

    @door("POST", "/versions/{reference}/validation", Permission.APPROVE)
    def conclude_validation(self, reference: str, note: str) -> ValidationWord:
        """Say, as a validator, that a version was validated; what is left to mend stands in the findings."""
        ...
