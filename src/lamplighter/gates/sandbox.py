"""Is a model that has a process of its own shut in there as well as asked?"""

from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings
from lamplighter.domain.sandbox import Level, weaker
from lamplighter.domain.version import COMPILED
from lamplighter.gates.base import elsewhere


class Gate(Settings, frozen=True):
    """The machine of the environment has found its sandbox at least as closed as `least`."""

    least: Level = Level.FULL

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused naming what is open; undecided while nothing is tested."""
        away = elsewhere(dossier, "no process of it is started here")
        if away is not None:
            return away
        if dossier.version.manifest.runtime == COMPILED:
            return Passed(why="It is compiled and has no process of its own.")
        found, name = dossier.sandbox, dossier.environment.name
        if found is None:
            return Undecided(
                why=f"How closed the sandbox of {name} is has not been tested.",
                fix=f"Serving tests it when it starts: bring any version to {name} or to an environment before it.",
            )
        if weaker(found.level, self.least) is not self.least:
            return Refused(
                why=f"The sandbox of {name} is {found.told.rstrip('.')}; wanted is {self.least}.",
                fix="Run lamp doctor on its machine, or build the model so that it can be compiled.",
            )
        return Passed(why=f"The sandbox of {name} is {found.level}.")
