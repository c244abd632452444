"""Retirements of models."""

from lamplighter.domain.events.base import Event


class RetirementAnnounced(Event, frozen=True, tag=True):
    """A model is to end, or by another plan than before."""

    retirement: str = ""
    successor: str = ""
    sunset: int = 0
    #: Digest of what people are asked to agree to.
    plan: str = ""
    reason: str = ""


class RetirementTold(Event, frozen=True, tag=True):
    """Somebody whom a retirement concerns is told of it."""

    retirement: str = ""
    person: str = ""
    #: What they are told: `announced`, `soon`, `due`, `cancelled`, `finished` or `revived`.
    about: str = ""
    #: Consumers that they speak for.
    consumers: tuple[str, ...] = ()


class RetirementAnswered(Event, frozen=True, tag=True):
    """Somebody gave their word on the plan."""

    retirement: str = ""
    #: The consumer it speaks for; empty for the business side.
    consumer: str = ""
    person: str = ""
    accepted: bool = False
    plan: str = ""
    reason: str = ""

    @property
    def word(self) -> str:
        """Who said what."""
        return f"{'agrees' if self.accepted else 'refuses'} for {self.consumer or 'the business side'}"


class RetirementFinished(Event, frozen=True, tag=True):
    """The model answers nobody any more, nowhere."""

    retirement: str = ""
    #: Where it was live until then.
    environments: tuple[str, ...] = ()
    successor: str = ""
    reason: str = ""


class RetirementCancelled(Event, frozen=True, tag=True):
    """The model goes on as before."""

    retirement: str = ""
    reason: str = ""


class RetirementRevived(Event, frozen=True, tag=True):
    """A retired model may be deployed again; nothing of it answers yet."""

    retirement: str = ""
    reason: str = ""


RetirementEvent = (
    RetirementAnnounced | RetirementTold | RetirementAnswered | RetirementFinished | RetirementCancelled | RetirementRevived
)
