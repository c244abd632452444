"""What a tier of the rule book takes for look-alikes."""

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Settings


class LookAlikeRule(Settings, frozen=True):
    """What a tier takes for alike."""

    #: By what part of its value a figure may move against the version that is replaced, such as 0.05.
    within: float = 0.05


def check_look_alikes(rule: LookAlikeRule) -> LookAlikeRule:
    """The rule itself; raises `Invalid` for a bound that is none."""
    if not 0.0 < rule.within <= 0.5:
        raise Invalid(
            "That is no bound for look-alikes.",
            why="within says by what part of itself a figure may move, and beyond half of it nothing looks alike.",
            fix="Write within = 0.05.",
            code="E1294",
        )
    return rule
