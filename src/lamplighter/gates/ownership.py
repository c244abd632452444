"""Does somebody who is here hold every duty?"""

from lamplighter.domain.decision import Passed, Refused, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings
from lamplighter.domain.stage import STAGE_OF


class Gate(Settings, frozen=True):
    """One accountable holder for each duty, and a deputy where `deputies` says so."""

    deputies: bool = True

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused naming the first stage that nobody holds."""
        for assignment in dossier.ownership.assignments:
            stage = STAGE_OF[assignment.duty]
            if not assignment.holder:
                who = f"{assignment.accountable} is not here" if assignment.accountable else "nobody is named"
                return Refused(
                    why=f"Nobody holds the duty {assignment.duty} of the stage {stage}: {who}.",
                    fix=f"Name an active person or team as owners.{stage} in lamp.toml.",
                )
            if self.deputies and not assignment.deputy:
                return Refused(
                    why=f"The duty {assignment.duty} has no deputy, so it would be orphaned if {assignment.holder} is away.",
                    fix="Name owners.deputy in lamp.toml, or a team with two members.",
                )
        return Passed(why="Every duty has a holder.")
