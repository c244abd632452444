"""What the rule book asks of handovers.

Law of change: fields may be added with a default.
"""

from lamplighter.domain.duration import seconds, some_seconds
from lamplighter.domain.errors import Invalid
from lamplighter.domain.field import check_field
from lamplighter.domain.record import Settings


class HandoverRule(Settings, frozen=True):
    """How long both sides answer, how well a drill has to go, and how much one person can carry."""

    #: How long the giver stands in after acceptance, and the receiver may hand it back.
    co_own: str = "14d"
    #: When the receiver may hand it back; the giver may add to it.
    hand_back: tuple[str, ...] = (
        "Something is wrong that the runbook does not cover.",
        "A page needs knowledge of the model.",
    )
    #: How long a rollback may take in the drill, and how long a test page may wait for an answer.
    rollback_within: str = "30s"
    answer_within: str = "15m"
    #: Models, pages a week and overdue matters that one person can carry; a team carries as much as its people together.
    models: int = 25
    pages_per_week: float = 5.0
    overdue: int = 3


def check_handover(rule: HandoverRule) -> None:
    """Raise `Invalid` for a rule that nobody could keep."""
    check_field("handover.co_own", seconds, rule.co_own)
    check_field("handover.rollback_within", some_seconds, rule.rollback_within)
    check_field("handover.answer_within", some_seconds, rule.answer_within)
    for name in ("models", "pages_per_week", "overdue"):
        check_field(f"handover.{name}", _check_limit, getattr(rule, name))


def _check_limit(number: float) -> float:
    if not 0 <= number < float("inf"):
        raise Invalid(
            "That is no limit.",
            why="It is how much one person can carry: 0 or more.",
            fix="Write models = 25, pages_per_week = 5.0 and overdue = 3.",
            code="E1179",
        )
    return number
