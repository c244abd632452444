"""Does what is served give the answers of the model that was trained?"""

from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings
from lamplighter.gates.base import carried, elsewhere, number


class Gate(Settings, frozen=True):
    """The evidence `parity`: no decision changed and no answer is further off than `tolerance`."""

    tolerance: float = 1e-6
    least_rows: int = 1000

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused with the largest difference."""
        away = elsewhere(dossier, "there is no served form that could be compared with the model")
        if away is not None:
            return away
        found = dossier.evidence.get("parity")
        if found is None:
            return Undecided(
                why="The served form was not compared with the model.", fix="Register the version with lamp deploy."
            )
        rows, difference = number(found.facts, "rows"), number(found.facts, "largest_difference")
        changed = number(found.facts, "changed_decisions")
        if not rows >= self.least_rows:
            return Undecided(
                why=f"Only {rows:.0f} rows were compared, {self.least_rows} are needed.", fix="Give a larger sample."
            )
        if not (0.0 <= difference <= self.tolerance and changed == 0):
            why = f"Answers differ by up to {difference:.3g} and {changed:.0f} decisions changed."
            return Refused(why=why, fix="Serve it with the Python runtime, or report the model.")
        source = carried(found, "the served form is the same")
        return Passed(why=f"Largest difference {difference:.1e} over {rows:.0f} rows.{source}")
