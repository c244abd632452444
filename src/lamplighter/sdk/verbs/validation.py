"""What people outside the building team find of a model, and how it is mended."""

from typing import Protocol

from lamplighter.domain.identity import Permission
from lamplighter.domain.spot_check import Recount, SpotCheck
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

    @door("GET", "/spot-checks", Permission.READ)
    def spot_checks(self, model: str = "", closed: bool = False) -> list[SpotCheck]:
        """Spot checks about which somebody has to do something, oldest first; with `closed` the newest 100, open or not."""
        ...

    @door("GET", "/spot-checks/{key}", Permission.READ)
    def spot_check(self, key: str) -> SpotCheck:
        """One spot check of a version that the platform accepted by itself."""
        ...

    @door("POST", "/spot-checks/{key}/judgement", Permission.APPROVE)
    def judge_spot_check(self, key: str, bad: bool, note: str) -> SpotCheck:
        """Say, as a validator, whether a version should have been let in; a bad one halts what the platform accepts."""
        ...

    @door("POST", "/spot-checks/{key}/lift", Permission.APPROVE)
    def lift_suspension(self, key: str, reason: str) -> SpotCheck:
        """Let the platform accept versions of the model again, as a validator, after a spot check that found a bad one."""
        ...

    @door("GET", "/spot-check-draws", Permission.READ)
    def recount_spot_checks(self) -> Recount:
        """Draw again everything that was ever drawn for a spot check, and say what does not agree."""
        ...
