"""What `lamp.toml` asks of a model for people of protected groups.

Names and definitions of the measures are those of fairlearn; `predictive_parity` is its between-group comparison of precision.
"""

import math
from enum import StrEnum

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Settings

#: Groups of one column, and criteria of one model, at most.
MOST_GROUPS, MOST = 20, 50


class Disparity(StrEnum):
    """A difference between the largest and the smallest rate of any group, or the ratio of the smallest to the largest."""

    #: Rates of favourable decisions.
    DEMOGRAPHIC_PARITY_DIFFERENCE = "demographic_parity_difference"
    #: Rates of favourable decisions; at least 0.8 by the four-fifths rule of the Uniform Guidelines (29 CFR 1607.4).
    DEMOGRAPHIC_PARITY_RATIO = "demographic_parity_ratio"
    #: Rates of favourable decisions among those who deserve them.
    EQUAL_OPPORTUNITY_DIFFERENCE = "equal_opportunity_difference"
    #: Rates of favourable decisions among those who deserve them.
    EQUAL_OPPORTUNITY_RATIO = "equal_opportunity_ratio"
    #: Rates of favourable decisions among those who deserve them and among the others; the larger difference of the two.
    EQUALIZED_ODDS_DIFFERENCE = "equalized_odds_difference"
    #: Rates of favourable decisions among those who deserve them and among the others; the smaller ratio of the two.
    EQUALIZED_ODDS_RATIO = "equalized_odds_ratio"
    #: Shares of favourable decisions that are deserved.
    PREDICTIVE_PARITY_DIFFERENCE = "predictive_parity_difference"
    #: Shares of favourable decisions that are deserved.
    PREDICTIVE_PARITY_RATIO = "predictive_parity_ratio"

    @property
    def is_ratio(self) -> bool:
        """Whether more is fairer."""
        return self.value.endswith("ratio")


class Criterion(Settings, frozen=True):
    """One measure over the groups of one column, with its bound."""

    #: A column of the evaluation rows; it need not be an input.
    column: str
    metric: Disparity
    #: A ratio has to be at least this, a difference at most.
    bound: float
    #: Values that are compared; every value if none are named.
    groups: tuple[str, ...] = ()
    #: Where groups of a number begin, such as [25, 60] for three groups of ages.
    cuts: tuple[float, ...] = ()

    def __str__(self) -> str:
        return f"{self.metric} {'>=' if self.metric.is_ratio else '<='} {self.bound:g} by {self.column}"


class Fairness(Settings, frozen=True):
    """What is asked of a model for protected groups."""

    #: Why no group of people is concerned; only where no criterion is declared.
    none: str = ""
    #: Class that is good for people; the positive one if left out.
    favourable: str = ""
    criterion: tuple[Criterion, ...] = ()


def check_fairness(plan: Fairness) -> Fairness:
    """The plan itself if it can be measured; raises `Invalid`."""
    if plan.none.strip() and plan.criterion:
        raise _invalid("It says that no group is concerned, and declares criteria.", "Remove none, or every criterion.")
    if len(plan.criterion) > MOST:
        raise _invalid(f"It has {MOST} criteria at most.", "Shorten [[fairness.criterion]].")
    for one in plan.criterion:
        _check(one)
    return plan


def _check(one: Criterion) -> None:
    if not one.column or not math.isfinite(one.bound) or not 0.0 <= one.bound <= 1.0:
        raise _invalid("A criterion names no column, or a bound that is not from 0 to 1.", "Write column and bound = 0.8.")
    if list(one.cuts) != sorted(set(one.cuts)) or not all(map(math.isfinite, one.cuts)) or len(one.cuts) >= MOST_GROUPS:
        raise _invalid("The cuts of a criterion do not rise.", "Write cuts = [25, 60].")
    if len(set(one.groups)) == 1 or len(one.groups) > MOST_GROUPS or (one.groups and one.cuts):
        raise _invalid(
            f"A criterion compares 2 to {MOST_GROUPS} groups, by their values or by cuts.",
            'Write groups = ["f", "m"], or cuts.',
        )


def _invalid(why: str, fix: str) -> Invalid:
    return Invalid("The [fairness] of lamp.toml is not valid.", why=why, fix=fix, code="E1252")
