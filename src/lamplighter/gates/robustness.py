"""Does it go on answering where inputs are missing, beyond what was seen or in other company, and follow them as expected?"""

import math
from collections.abc import Iterator

from lamplighter.domain.contract import Meaning
from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.expectation import Expectation
from lamplighter.domain.record import Settings
from lamplighter.domain.robustness import KIND, Check, Followed, Measured, Robustness, Stressed, checks_of, robustness_in
from lamplighter.gates.base import carried, elsewhere

_AGAIN = "Register the version again with lamp deploy, which tries it."
#: What evidence of another version has in common with this one.
_SAME = "the files are the same, and its decisions were counted at the threshold of this one"
_CALIBRATED = "the model is the same, and with the calibration of this one no more than this turns or moves"
_MEND = "Train with such rows, put an imputer in front of the model, or let its contract refuse them."


class Gate(Settings, frozen=True):
    """The evidence `robustness`: every input was tried, every row has a score, and no bound is crossed.

    With `strict` the whole interval must be within the bounds; an interval over a bound is too little evidence.
    """

    #: Share of rows whose decision may turn when one input is missing or new.
    most_flips: float = 0.25
    #: Mean absolute change of a probability then.
    most_shift: float = 0.25
    #: The same for a model of numbers, in standard deviations of its answers.
    most_deviations: float = 1.0
    #: How far a score may move with the order of rows and the batch that they are in, in the same units.
    most_spread: float = 1e-6
    strict: bool = False
    #: Rows that each check needs.
    least_rows: int = 200

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused with the first bound that is crossed, naming the input and the figure."""
        away = elsewhere(dossier, "it was not asked about rows that are missing something or new")
        if away is not None:
            return away
        evidence = dossier.evidence.get(KIND)
        found = robustness_in(evidence)
        if evidence is None or found is None:
            return Undecided(why="It was not tried on inputs that are missing or new.", fix=_AGAIN)
        if not found.rows >= self.least_rows:
            return Undecided(
                why=f"It was tried on {found.rows} rows, {self.least_rows} are needed.", fix="Give a larger sample."
            )
        verdicts = list(self._each(dossier, found))
        worst: list[Verdict] = [one for one in verdicts if isinstance(one, Refused)]
        worst += [one for one in verdicts if isinstance(one, Undecided)]
        source = carried(evidence, _CALIBRATED if dossier.version.manifest.calibrates else _SAME)
        return worst[0] if worst else Passed(why=f"{_told(found)}{source}")

    def _each(self, dossier: Dossier, found: Robustness) -> Iterator[Verdict]:
        contract = dossier.version.manifest.contract
        decides = contract.output.meaning is Meaning.PROBABILITY
        known = {(one.check, one.input): one for one in found.stressed}
        for check, name in checks_of(contract):
            wanted = Stressed(check=check, input=name)
            yield self._stressed(known[check, name], decides) if (check, name) in known else _untried(wanted.name)
        followed = {(one.input, one.expect): one for one in found.expectations}
        for expected in dossier.project.expectation:
            one = followed.get((expected.input, expected.expect.value))
            yield self._followed(expected, one) if one else _untried(f"that {expected}")

    def _stressed(self, one: Stressed, decides: bool) -> Verdict:
        if one.refused:
            return Passed(why=f"{one.name}: refused")
        if one.failed:
            return Refused(why=f"{one.name}: no score. {one.failed}", fix=_MEND)
        if one.check is Check.ORDER:
            return self._ordered(one)
        bound = self.most_shift if decides else self.most_deviations
        unit = "" if decides else " standard deviations"
        shift = self._within(f"{one.name}: the score moves by {{:.3f}}{unit} on average", one.shift, bound, _MEND)
        if not decides or not isinstance(shift, Passed):
            return shift
        return self._within(f"{one.name}: {{:.1%}} of decisions turn", one.flips, self.most_flips, _MEND)

    def _ordered(self, one: Stressed) -> Verdict:
        if 0.0 <= one.largest <= self.most_spread and (one.flips is None or one.flips.value == 0.0):
            return Passed(why="row order does not matter")
        return Refused(
            why=f"A score moves by up to {one.largest:.3g} with the order of rows and the batch that they are in.",
            fix="Let the model answer each row by itself.",
        )

    def _followed(self, expected: Expectation, one: Followed) -> Verdict:
        if one.failed:
            return Refused(why=f"Expected is that {expected}, and there is no score. {one.failed}", fix=_MEND)
        told = f"Expected is that {expected}: {{:.1%}} of rows break it"
        return self._within(told, one.broken, expected.most, "Train with a constraint, or agree on another expectation.")

    def _within(self, told: str, figure: Measured | None, bound: float, fix: str) -> Verdict:
        if figure is None or math.isnan(figure.value) or not figure.n >= self.least_rows:
            return Undecided(why=f"{told.partition(':')[0]}: too few rows were asked.", fix=_AGAIN)
        seen = f"{told.format(figure.value)}, allowed is {bound:g}"
        if not 0.0 <= figure.value <= bound:
            return Refused(why=f"{seen}.", fix=fix)
        # An expectation that no row may break is held by every row that was asked, or not: more is not known of it.
        if self.strict and bound and not figure.high <= bound:
            return Undecided(why=f"{seen}: the interval ends at {figure.high:.3f}.", fix="Give a larger sample.")
        return Passed(why=seen)


def _untried(what: str) -> Undecided:
    return Undecided(why=f"It was not tried: {what}.", fix=_AGAIN)


def _told(found: Robustness) -> str:
    """The worst of it, in a sentence."""
    flips = [(one.flips.value, one.name) for one in found.stressed if one.flips is not None]
    shifts = [(one.shift.value, one.name) for one in found.stressed if one.shift is not None]
    turned = f"at most {max(flips)[0]:.1%} of decisions turn ({max(flips)[1]}), " if flips else ""
    moved = f"the score moves by at most {max(shifts)[0]:.3f} ({max(shifts)[1]})" if shifts else "every row was refused"
    held = f"; expectations that hold: {len(found.expectations)}" if found.expectations else ""
    return f"Tried in {len(found.stressed)} ways on {found.rows} rows: {turned}{moved}{held}."
