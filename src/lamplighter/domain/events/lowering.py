"""Changes of projects that would lower a tier."""

from lamplighter.domain.events.base import Event


class LoweringAsked(Event, frozen=True, tag=True):
    """A project would lower the tier of its model, and waits for a second person."""

    lowering: str = ""
    before: str = ""
    after: str = ""
    digest: str = ""
    #: Who is asked; empty if nobody is here who may.
    person: str = ""


class LoweringDecided(Event, frozen=True, tag=True):
    """A second person has said what becomes of it, or something newer took its place."""

    lowering: str = ""
    agreed: bool = False
    person: str = ""
    reason: str = ""

    @property
    def word(self) -> str:
        """What was said."""
        return "agreed to" if self.agreed else "refused"


LoweringEvent = LoweringAsked | LoweringDecided
