"""What a challenger must show before it may take the champion's place: the margin of the figure that decides, and guardrails.

The rule book says it for each tier, `lamp.toml` for one model; of the two the stricter holds.
"""

import math
from typing import ClassVar

import msgspec

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Settings


class SelectionRule(Settings, frozen=True):
    """What is asked of every selection in a tier."""

    #: Probability, at most, with which a challenger that is no better by the margin is ever selected in place of one champion.
    alpha: float = 0.05
    #: What it has to be better by, in the unit of the figure that decides.
    margin: float = 0.0
    #: Labelled rows that both have scored, for auc of each class, without which nothing is decided.
    least_rows: int = 100
    #: Share of the decisions of each consumer that may turn.
    flips: float = 0.1
    #: How many times the champion's 95th percentile of the latency its own may be.
    slower: float = 2.0
    #: A 95th percentile up to this many milliseconds is quick enough, whatever the champion's.
    quick_ms: float = 5.0
    #: Share by which decisions may cost more than the champion's, by the costs that `lamp.toml` declares.
    costlier: float = 0.05


class Costs(Settings, frozen=True):
    """What a decision costs by what came true, in any one unit (Elkan, IJCAI 2001)."""

    false_positive: float
    false_negative: float
    true_positive: float = 0.0
    true_negative: float = 0.0


class SelectionPlan(Settings, frozen=True):
    """What one model asks of its selections; what it leaves out is as the rule book says."""

    margin: float | None = None
    least_rows: int | None = None
    flips: float | None = None
    slower: float | None = None
    quick_ms: float | None = None
    costlier: float | None = None
    #: Without them nobody knows what a decision costs, and none is held against another.
    costs: Costs | None = None

    #: Fields of which more is stricter; of all others less is.
    RISING: ClassVar[frozenset[str]] = frozenset({"margin", "least_rows"})


def stricter(rule: SelectionRule, plan: SelectionPlan) -> SelectionRule:
    """The rule of the tier, narrowed by what the model asks for itself."""
    own = {name: getattr(plan, name) for name in plan.__struct_fields__ if name != "costs"}
    held = {
        name: (max if name in SelectionPlan.RISING else min)(value, getattr(rule, name))
        for name, value in own.items()
        if value is not None
    }
    return msgspec.structs.replace(rule, **held)


def check_rule(rule: SelectionRule) -> SelectionRule:
    """The rule itself if its figures can be; raises `Invalid`."""
    if not 0.0 < rule.alpha <= 0.5:
        raise _invalid("alpha is a probability above 0 and at most 0.5.", "Write alpha = 0.05.")
    check_plan(SelectionPlan(**{name: getattr(rule, name) for name in rule.__struct_fields__ if name != "alpha"}))
    return rule


def check_plan(plan: SelectionPlan) -> SelectionPlan:
    """The plan itself if its figures can be; raises `Invalid` naming the one that cannot."""
    ranges = {"margin": (0.0, math.inf), "least_rows": (1, math.inf), "flips": (0.001, 1.0), "slower": (1.0, math.inf),
              "quick_ms": (0.0, math.inf), "costlier": (0.0, math.inf)}  # fmt: skip
    for name, (low, high) in ranges.items():
        value = getattr(plan, name)
        if value is not None and not (math.isfinite(value) and low <= value <= high):
            most = f" to {high:g}" if high < math.inf else " on"
            raise _invalid(f"{name} is a number from {low:g}{most}.", f"Correct {name}, or leave it out.")
    amounts = msgspec.structs.astuple(plan.costs) if plan.costs else (1.0,)
    if not all(math.isfinite(amount) and amount >= 0.0 for amount in amounts) or not any(amounts):
        raise _invalid(
            "A cost is negative or no finite number, or every one is 0.",
            "Write costs = { false_positive = 1.0, false_negative = 5.0 }.",
        )
    return plan


def _invalid(why: str, fix: str) -> Invalid:
    return Invalid("What is asked of a selection is not valid.", why=why, fix=fix, code="E1563")
