"""Was it compared with the live version on the same rows, and did it win?"""

from lamplighter.domain.challenge import Verdict as Outcome
from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings
from lamplighter.gates.base import elsewhere, number


class Gate(Settings, frozen=True):
    """The evidence `challenge`: the challenger won. `needed` says whether there must have been a trial at all."""

    needed: bool = False

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused if it lost; undecided without a trial where one is needed."""
        away = elsewhere(dossier, "it cannot score along here, so no trial can be held")
        if away is not None:
            return away
        found = dossier.evidence.get("challenge")
        if dossier.live is None:
            return Passed(why="Nothing is live there that it could be compared with.")
        if found is None:
            if self.needed:
                fix = f"Let it score along with lamp challenge start {dossier.version.name}."
                return Undecided(why=f"It was never compared with v{dossier.live.number}.", fix=fix)
            return Passed(why="No trial was held, and none is asked for.")
        outcome, facts = found.facts.get("verdict"), found.facts
        seen = f"{facts.get('metric')} differs by {number(facts, 'difference'):+.4f} on {number(facts, 'rows'):.0f} rows"
        if outcome == Outcome.CHALLENGER_WINS:
            return Passed(why=f"It won its trial: {seen}.")
        if outcome == Outcome.CHAMPION_STAYS:
            return Refused(why=f"It lost its trial: {seen}.", fix="Keep the live version, or train again.")
        return Undecided(why=f"Its trial had too little evidence: {seen}.", fix="Let the trial run longer.")
