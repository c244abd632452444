"""Are people of protected groups treated as alike as the project promises, beyond chance?"""

from lamplighter.domain.decision import Inapplicable, Passed, Refused, Undecided, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.fairness import Criterion
from lamplighter.domain.record import Settings
from lamplighter.domain.treatment import KIND, Disparate, Treatment, measured_as, treatment_in

_AGAIN = "Register the version again with lamp deploy, on rows that hold this column."


class Gate(Settings, frozen=True):
    """The evidence `fairness`: every criterion of `[fairness]` in lamp.toml is on its side of the bound.

    With `strict` the whole interval must be there; an interval over the bound is too little evidence.
    """

    #: Whether a project has to declare criteria, or say why no group is concerned.
    needed: bool = True
    strict: bool = False
    #: Rows that the rate of each group needs.
    least_rows: int = 100

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused with the first criterion that is not met, naming groups and figures."""
        plan = dossier.project.fairness
        if not plan.criterion:
            return self._undeclared(plan.none.strip())
        found = treatment_in(dossier.evidence.get(KIND))
        if found is None:
            return Undecided(why="How it treats groups was not measured.", fix=_AGAIN)
        verdicts = [self._one(criterion, found) for criterion in plan.criterion]
        worst: list[Verdict] = [verdict for verdict in verdicts if isinstance(verdict, Refused)]
        worst += [verdict for verdict in verdicts if isinstance(verdict, Undecided)]
        return worst[0] if worst else Passed(why="; ".join(verdict.why for verdict in verdicts))

    def _undeclared(self, none: str) -> Verdict:
        if none:
            return Inapplicable(why=f"No group is concerned, says the project: {none}")
        if not self.needed:
            return Inapplicable(why="lamp.toml declares no protected group.")
        return Refused(
            why="lamp.toml says nothing about protected groups.",
            fix='Declare [[fairness.criterion]], or say why no group is concerned: none = "..." in [fairness].',
        )

    def _one(self, wanted: Criterion, found: Treatment) -> Verdict:
        measured = measured_as(found, wanted)
        if measured is None:
            lacking = next(
                (one.why for one in found.unmeasured if (one.column, one.metric) == (wanted.column, wanted.metric)), ""
            )
            return Undecided(why=f"{wanted} was not measured.{f' {lacking}' if lacking else ''}", fix=_AGAIN)
        if not measured.n >= self.least_rows:
            return Undecided(
                why=f"{wanted}: {measured.n} rows of {measured.smallest} are too few, {self.least_rows} are needed.",
                fix="Bring more rows of this group, or name the groups that are compared.",
            )
        side = 1.0 if wanted.metric.is_ratio else -1.0
        seen = f"{wanted.metric} by {wanted.column} is {measured.value:.3f} ({measured.low:.3f} to {measured.high:.3f})"
        if not side * measured.value >= side * wanted.bound:
            why = f"{seen}, wanted {wanted}. {_told(measured)}"
            return Refused(why=why, fix="Mend the data or the model, or choose another threshold.")
        if self.strict and not min(side * measured.low, side * measured.high) >= side * wanted.bound:
            return Undecided(why=f"{seen}: that may be chance, wanted {wanted}.", fix="Evaluate on more rows.")
        return Passed(why=f"{seen}, wanted {wanted}")


def _told(one: Disparate) -> str:
    """Favourable decisions of each group."""
    parts = (f"{group.name} {group.favoured} of {group.rows}" for group in one.groups if group.rows)
    return f"Favourable decisions: {', '.join(parts)}."
