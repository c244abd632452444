"""What the rule book asks for before a model may be taken out of use."""

from lamplighter.domain.duration import seconds
from lamplighter.domain.record import Settings


class RetirementRule(Settings, frozen=True):
    """What a tier asks for before a model may end."""

    #: Whoever has sent no request for this long is gone, such as 30d.
    gone_after: str = "30d"
    #: Whom it concerns is told again this long before the day.
    remind: str = "14d"
    #: Whether the business side has to agree, by another person than who asks; unsaid, it has to where robustness goes before
    #: speed.
    business: bool | None = None

    def asks_business(self, *, critical: bool) -> bool:
        """Whether the business side has to agree."""
        return critical if self.business is None else self.business


def check_retirement(rule: RetirementRule) -> RetirementRule:
    """The rule itself if it can be kept; raises `Invalid`."""
    seconds(rule.gone_after)
    seconds(rule.remind)
    return rule
