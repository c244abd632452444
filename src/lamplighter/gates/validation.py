"""Did somebody outside the building team look at the model, and is what they found mended? Asked wherever a finding is open."""

from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.instant import minute
from lamplighter.domain.record import Settings
from lamplighter.domain.validation import ValidationFinding, Weight


class Gate(Settings, frozen=True):
    """Findings of validators: some weights block while they are open, the others are told and hold nothing up.

    With `overdue` a finding of any weight blocks once its owner had to answer. With `needed` a validator has to have said that
    this very version was validated.
    """

    block: tuple[Weight, ...] = (Weight.HIGH,)
    overdue: bool = False
    needed: bool = False

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused with the first finding that blocks; undecided and waiting where a validator's word is needed and missing."""
        found = dossier.validation_findings
        shut = [one for one in found if one.weight in self.block or (self.overdue and one.overdue(dossier.now))]
        if shut:
            first = shut[0]
            more = f" {len(shut)} findings block." if len(shut) > 1 else ""
            return Refused(why=f"{_told(first)}{more}", fix=_fix(first))
        if self.needed and not dossier.validation_words:
            return Undecided(
                why=f"No validator has said that {dossier.version.name} was validated.",
                fix=f"Ask a validator: lamp validate conclude {dossier.version.name} --note WHAT",
                waiting=True,
            )
        if found:
            return Passed(why=f"{len(found)} open, none of them blocks. {_told(found[0])}")
        told = [f"{word.person} validated it." for word in dossier.validation_words[-1:]]
        return Passed(why=" ".join([*told, "No finding of a validation is open."]))


def _told(one: ValidationFinding) -> str:
    state = "answered and not closed" if one.answered else f"due {minute(one.due_at)}"
    return f"{one.id} ({one.weight}, {one.owner}, {state}): {one.words.rstrip('.')}."


def _fix(one: ValidationFinding) -> str:
    if one.answered:
        return f"Ask {one.person} or another validator: lamp validate close {one.id} --note WHAT"
    return f"Ask {one.owner}: lamp validate answer {one.id} --by REF --evidence KIND --note WHAT"
