"""Would a caller of the live version be broken?"""

from lamplighter.domain.contract import differences
from lamplighter.domain.decision import Passed, Refused, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings


class Gate(Settings, frozen=True):
    """No breaking difference between the contract of the live version and the new one."""

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused naming the input, what changed and who calls."""
        if dossier.live is None:
            return Passed(why="Nothing is live there, so nobody can be broken.")
        found = differences(dossier.live.manifest.contract, dossier.version.manifest.contract)
        breaking = [difference for difference in found if difference.breaking]
        if not breaking:
            return Passed(why=f"Callers of v{dossier.live.number} notice nothing.")
        callers = ", ".join(consumer.name for consumer in dossier.project.consumer) or "whoever calls it"
        first = breaking[0]
        return Refused(
            why=f"The input {first.name} {first.what}; that breaks {callers}."
            if first.name != "output"
            else f"The output {first.what}; that breaks {callers}.",
            fix="Keep the contract of the live version, or give the model another name.",
        )
