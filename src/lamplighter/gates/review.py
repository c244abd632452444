"""Has somebody looked at the last emergency? Asked of every version, whatever the policy says of it."""

from lamplighter.domain.decision import Passed, Undecided, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.record import Settings


class Gate(Settings, frozen=True):
    """Every emergency of the model in this environment is reviewed, or this is one."""

    def judge(self, dossier: Dossier) -> Verdict:
        """Undecided and waiting while a review is open."""
        if not dossier.unreviewed:
            return Passed(why="Every emergency is reviewed.")
        first = dossier.unreviewed[0]
        if dossier.emergency:
            return Passed(why=f"{first.id} is not reviewed yet; this is an emergency too.")
        return Undecided(
            why=f"The review of {first.id}, which {first.person} declared, is open; it is due {rfc3339(first.due_at)}.",
            fix=f"Ask {first.owner or 'somebody who may accept versions'}: lamp approvals review {first.id} --note WHAT",
            waiting=True,
        )
