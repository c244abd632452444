"""What a tier of the rule book takes for look-alikes, and who accepts them."""

from enum import StrEnum

from lamplighter.domain.duration import seconds
from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Settings


class Approver(StrEnum):
    """Who accepts a retrain that looks like the version it replaces."""

    #: Each side that is asked, as for any other version.
    PEOPLE = "people"
    #: The platform; a random part of them is checked by people afterwards.
    PLATFORM = "platform"


class LookAlikeRule(Settings, frozen=True):
    """What a tier takes for alike, and who accepts it."""

    #: By what part of its value a figure may move against the version that is replaced, such as 0.05.
    within: float = 0.05
    #: Who accepts such a retrain; never the platform in a tier that is critical.
    approve: Approver = Approver.PEOPLE
    #: Share of what the platform accepted that is drawn for a spot check by a validator.
    spot_checks: float = 0.1
    #: How long a validator has for a spot check, such as 14d.
    checked_within: str = "14d"


def check_look_alikes(rule: LookAlikeRule, *, critical: bool) -> LookAlikeRule:
    """The rule itself; raises `Invalid` for a bound or a share that is none, and for a critical tier without people."""
    if not 0.0 < rule.within <= 0.5:
        raise Invalid(
            "That is no bound for look-alikes.",
            why="within says by what part of itself a figure may move, and beyond half of it nothing looks alike.",
            fix="Write within = 0.05.",
            code="E1294",
        )
    if not 0.0 < rule.spot_checks <= 1.0:
        raise Invalid(
            "That is no share of spot checks.",
            why="spot_checks is a part of what the platform accepts, and without any nobody would ever see what it let in.",
            fix="Write spot_checks = 0.1.",
            code="E1294",
        )
    seconds(rule.checked_within)
    if critical and rule.approve is Approver.PLATFORM:
        raise Invalid(
            "The platform accepts no version of a critical model.",
            why="Two people do, whatever a version looks like; no rule book changes that.",
            fix='Write approve = "people", or leave it out.',
            code="E1296",
        )
    return rule
