"""Did the checks of the training data pass?"""

from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings
from lamplighter.gates.base import carried, number


class Gate(Settings, frozen=True):
    """The evidence `data-checks`: every check passed, on at least `least_rows` rows."""

    least_rows: int = 1

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused with the first check that failed."""
        found = dossier.evidence.get("data-checks")
        if found is None:
            return Undecided(why="The data was not checked.", fix="Register the version with lamp deploy, which checks it.")
        rows, failed = number(found.facts, "rows"), found.facts.get("failed")
        if not isinstance(failed, list | tuple):
            return Undecided(why="The evidence does not say which checks failed.", fix="Register the version with lamp deploy.")
        if not rows >= self.least_rows:
            return Undecided(
                why=f"Only {rows:.0f} rows were checked, {self.least_rows} are needed.", fix="Give a larger sample."
            )
        if failed:
            return Refused(why=f"{len(failed)} data checks failed, first {failed[0]}.", fix="Repair the data, train again.")
        source = carried(found, "the training data is the same")
        return Passed(why=f"{number(found.facts, 'checks'):.0f} checks passed on {rows:.0f} rows.{source}")
