"""Are the requirements of the project met, word for word, beyond chance?"""

import math
from collections.abc import Mapping
from typing import Any

from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings
from lamplighter.domain.requirement import Operator, Requirement
from lamplighter.gates.base import carried, number

#: What evidence of another version has in common with this one.
_SAME = "figures that look at scores are the same, those that look at decisions were found anew"
_CALIBRATED = "figures that look at the order of scores are the same, all others were found anew"


class Gate(Settings, frozen=True):
    """The evidence `performance`: each requirement's figure is on its side of the bound.

    With `strict` the whole interval must be there; an interval over the bound is too little evidence.
    """

    strict: bool = False
    least_rows: int = 500

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused with the first requirement that is not met."""
        wanted = _wanted(dossier)
        if not wanted:
            return Refused(why="The project has no requirement.", fix="Add [[requirement]] to lamp.toml.")
        found = dossier.evidence.get("performance")
        if found is None:
            return Undecided(why="The version was not evaluated.", fix="Give labels with the sample, or an evaluation set.")
        verdicts = [self._one(requirement, found.facts) for requirement in wanted]
        worst: list[Verdict] = [verdict for verdict in verdicts if isinstance(verdict, Refused)]
        worst += [verdict for verdict in verdicts if isinstance(verdict, Undecided)]
        source = carried(found, _CALIBRATED if dossier.version.manifest.calibrates else _SAME)
        return worst[0] if worst else Passed(why="; ".join(verdict.why for verdict in verdicts) + (source and f".{source}"))

    def _one(self, requirement: Requirement, facts: Mapping[str, Any]) -> Verdict:
        figure = _inside(_inside(_inside(facts, "figures"), requirement.slice), requirement.metric)
        value, low, high, rows = (number(figure, name) for name in ("value", "low", "high", "n"))
        if math.isnan(value) or math.isnan(low) or math.isnan(high):
            return Undecided(why=f"{requirement} was not measured.", fix="Evaluate the version on rows that hold this slice.")
        if not rows >= self.least_rows:
            return Undecided(
                why=f"{requirement}: {rows:.0f} rows are too few, {self.least_rows} are needed.", fix="Bring more rows."
            )
        seen = f"{requirement.metric} is {value:.4f} ({low:.4f} to {high:.4f}) on {rows:.0f} rows"
        side = 1.0 if requirement.operator is Operator.AT_LEAST else -1.0
        if not side * value >= side * requirement.bound:
            return Refused(why=f"{seen}, wanted {requirement}.", fix="Improve the model, or agree on another bound.")
        if self.strict and not min(side * low, side * high) >= side * requirement.bound:
            return Undecided(why=f"{seen}: that may be chance, wanted {requirement}.", fix="Evaluate on more rows.")
        return Passed(why=f"{seen}, wanted {requirement}")


def _inside(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = facts.get(name)
    return found if isinstance(found, Mapping) else {}


def _wanted(dossier: Dossier) -> tuple[Requirement, ...]:
    success = dossier.project.problem.success
    own = (Requirement(metric=success.metric, operator=success.operator, bound=success.bound),) if success else ()
    return (*own, *dossier.project.requirement)
