"""Has this very version been live one level below?"""

from lamplighter.domain.decision import Passed, Refused, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings


class Gate(Settings, frozen=True):
    """The same digest was live at the level before this one."""

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused naming the level that was left out."""
        before = dossier.environment.level.before
        if before is None or before in dossier.levels:
            return Passed(why="It took the levels in order.")
        return Refused(
            why=f"{dossier.version.name} was never live at the level {before}.",
            fix=f"Deploy {dossier.version.name} to an environment of the level {before} first.",
        )
