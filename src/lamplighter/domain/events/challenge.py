"""Trials of champion and challenger."""

from lamplighter.domain.events.base import Event


class ChallengeOpened(Event, frozen=True, tag=True):
    """A trial of two versions on the same rows began."""

    challenge: str = ""
    environment: str = ""
    champion: int = 0
    challenger: int = 0


class ChallengeDecided(Event, frozen=True, tag=True):
    """A trial of two versions was decided."""

    challenge: str = ""
    environment: str = ""
    champion: int = 0
    challenger: int = 0
    verdict: str = ""
    metric: str = ""
    difference: float = 0.0
    low: float = 0.0
    high: float = 0.0
    #: What was selected, and the digest of the evidence that holds the signed selection.
    choice: str = ""
    selection: str = ""

    @property
    def end(self) -> str:
        """How it ended, for people."""
        return f"{self.verdict}, selected: {self.choice}" if self.choice else self.verdict


ChallengeEvent = ChallengeOpened | ChallengeDecided
