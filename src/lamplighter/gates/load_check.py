"""Does the version load, score its sample and stay within size and time?"""

from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings
from lamplighter.gates.base import carried, elsewhere, number


class Gate(Settings, frozen=True):
    """The evidence `load-check`: it loaded, one row takes at most `most_ms`, all files at most `most_mb`."""

    most_ms: float = 50.0
    most_mb: float = 500.0

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused with what was measured."""
        away = elsewhere(dossier, "nothing of it is loaded here")
        if away is not None:
            return away
        found = dossier.evidence.get("load-check")
        if found is None:
            return Undecided(why="Nobody has seen it load.", fix="Register the version with lamp deploy.")
        milliseconds, megabytes = number(found.facts, "latency_ms"), number(found.facts, "size_mb")
        if found.facts.get("passed") is not True:
            return Refused(why="It does not load.", fix="Run lamp check to see why.")
        if not 0.0 <= milliseconds <= self.most_ms:
            return Refused(
                why=f"One row takes {milliseconds:.1f} ms, allowed are {self.most_ms:g}.", fix="Make the model smaller."
            )
        if not 0.0 <= megabytes <= self.most_mb:
            return Refused(why=f"It has {megabytes:.0f} MB, allowed are {self.most_mb:g}.", fix="Make the model smaller.")
        source = carried(found, "the files are the same")
        return Passed(why=f"Loads; one row takes {milliseconds:.2f} ms, {megabytes:.1f} MB.{source}")
