"""Is it written down why the model exists, who asked for it and how the business judges it?"""

from lamplighter.domain.decision import Passed, Refused, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings


class Gate(Settings, frozen=True):
    """Business problem, requester, figure of success, and the answers that give the criticality."""

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused with the name of each field that is missing."""
        problem = dossier.project.problem
        fields = {
            "problem.statement": problem.statement,
            "problem.requester": problem.requester,
            "problem.success": problem.success,
        }
        missing = [name for name, value in fields.items() if not value]
        missing += [f"impact.{name}" for name in dossier.project.impact.missing()]
        if missing:
            return Refused(why=f"lamp.toml says nothing about {', '.join(missing)}.", fix=f"Write {missing[0]} in lamp.toml.")
        return Passed(why=f"Asked for by {problem.requester}.")
