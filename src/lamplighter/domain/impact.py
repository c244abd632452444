"""What one wrong answer means: the answers that give a model its tier."""

from enum import StrEnum

from lamplighter.domain.record import Settings


class Frequency(StrEnum):
    """How often a new version is expected."""

    YEARLY = "yearly"
    QUARTERLY = "quarterly"
    MONTHLY = "monthly"
    WEEKLY = "weekly"
    DAILY = "daily"

    @property
    def often(self) -> bool:
        """Monthly and more often counts as often."""
        return self in {Frequency.MONTHLY, Frequency.WEEKLY, Frequency.DAILY}


class Loss(StrEnum):
    """What one wrong answer costs."""

    NONE = "none"
    SMALL = "small"
    LARGE = "large"


class Impact(Settings, frozen=True):
    """Answers from which the criticality follows."""

    #: Whether customers are served by it.
    customers: bool | None = None
    #: What one wrong answer costs.
    loss: Loss | None = None
    #: Whether a wrong decision can be undone.
    reversible: bool | None = None
    #: Whether decisions are taken without a person.
    automated: bool | None = None
    #: How often a new version is expected.
    updates: Frequency | None = None
    #: The cost in plain words, such as 40 kEUR/hour.
    wrong_answer_costs: str = ""
    #: Who uses it, in plain words.
    users: str = ""
    #: When it is used, such as 24x7.
    hours: str = ""

    def missing(self) -> tuple[str, ...]:
        """Names of the answers that are not given."""
        return tuple(n for n in ("customers", "loss", "reversible", "automated", "updates") if getattr(self, n) is None)
