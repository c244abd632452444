"""Did it score along with the live version, and does it decide like it, within what was agreed?"""

import math
from collections.abc import Mapping
from typing import Any

from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings
from lamplighter.gates.base import elsewhere, number
from lamplighter.monitoring.intervals import wilson
from lamplighter.monitoring.probability import normal_quantile

_FIX = "Let it score along for longer: lamp shadow REF, then lamp shadow REF --evidence."


class Gate(Settings, frozen=True):
    """The evidence `shadow`: on the requests of the live version it flipped few decisions and shifted few scores.

    A bound is passed or refused where the 95 % interval lies on one side of it; across it there is too little evidence.
    Rows of one request are taken as independent.
    """

    #: Rows that both versions scored.
    least_rows: int = 1000
    #: Share of rows whose decision may be another one.
    flips: float = 0.02
    #: Mean size of the difference between two scores; nothing is asked where it is left out.
    difference: float | None = None
    #: Share of requests that it may have failed.
    failures: float = 0.01

    def judge(self, dossier: Dossier) -> Verdict:
        """Undecided without a run beside the version that is live now."""
        away = elsewhere(dossier, "it cannot score along here")
        if away is not None:
            return away
        if dossier.live is None:
            return Passed(why="Nothing is live there that it could be compared with.")
        found = dossier.evidence.get("shadow")
        if found is None:
            return Undecided(why=f"It never scored along with v{dossier.live.number}.", fix=_FIX)
        facts = found.facts
        if facts.get("against_version") != dossier.live.digest:
            return Undecided(why=f"It scored along with another version than v{dossier.live.number}, which is live.", fix=_FIX)
        rows = number(facts, "rows")
        if not rows >= max(1, self.least_rows):
            return Undecided(why=f"{rows:.0f} rows were compared, {self.least_rows} are needed.", fix=_FIX)
        return _worst(
            [
                _share("failed requests", _count(facts, "failures"), _asked(facts), self.failures),
                _share("flipped decisions", _count(facts, "up") + _count(facts, "down"), rows, self.flips),
                self._shift(facts, rows),
            ]
        )

    def _shift(self, facts: Mapping[str, Any], rows: float) -> Verdict:
        mean, square = number(facts, "mean_size"), number(facts, "mean_square")
        if not (mean >= 0 and square >= 0):
            return Undecided(why="The differences between the scores were not measured.", fix=_FIX)
        seen = f"scores differ by {mean:.4f} on average"
        if self.difference is None:
            return Passed(why=seen)
        half = normal_quantile(0.975) * math.sqrt(max(0.0, square - mean * mean) / rows)
        return _held(seen, mean - half, mean + half, self.difference)


def _asked(facts: Mapping[str, Any]) -> float:
    return _count(facts, "requests") + _count(facts, "failures")


def _count(facts: Mapping[str, Any], name: str) -> float:
    found = number(facts, name)
    return found if found >= 0 else math.nan


def _share(what: str, count: float, of: float, bound: float) -> Verdict:
    if not 0 <= count <= of:
        return Undecided(why=f"The share of {what} was not measured.", fix=_FIX)
    low, high = wilson(int(count), int(of))
    return _held(f"{what}: {count:.0f} of {of:.0f} ({low:.2%} to {high:.2%})", low, high, bound)


def _held(seen: str, low: float, high: float, bound: float) -> Verdict:
    if low > bound:
        return Refused(why=f"{seen}, at most {bound:g} is allowed.", fix="Find out who is affected, or agree on another bound.")
    if not high <= bound:
        return Undecided(why=f"{seen}: that may be chance, at most {bound:g} is allowed.", fix=_FIX)
    return Passed(why=seen)


def _worst(verdicts: list[Verdict]) -> Verdict:
    open_ones = [verdict for verdict in verdicts if not verdict]
    refused = [verdict for verdict in open_ones if isinstance(verdict, Refused)]
    return (refused or open_ones or [Passed(why="; ".join(verdict.why for verdict in verdicts) + ".")])[0]
