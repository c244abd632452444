"""Steps of a rollout, and what holds it."""

from lamplighter.domain.events.base import Event
from lamplighter.domain.outcome import Outcome


class RolloutMoved(Event, frozen=True, tag=True):
    """A rollout took a step."""

    rollout: str = ""
    environment: str = ""
    number: int = 0
    phase: str = ""
    share: float = 0.0
    why: str = ""
    #: What the guards said; nothing where the step does not rest on them.
    outcome: Outcome | None = None


class RolloutHeld(Event, frozen=True, tag=True):
    """The calendar holds a rollout: what it has it keeps, and it goes on by itself."""

    rollout: str = ""
    environment: str = ""
    number: int = 0
    #: Which rule, such as `freeze year-end`.
    rule: str = ""
    #: When it may go on, microseconds since the epoch, UTC; 0 where no end is in sight.
    until: int = 0
    why: str = ""


class RolloutReleased(Event, frozen=True, tag=True):
    """The calendar no longer holds a rollout."""

    rollout: str = ""
    environment: str = ""
    number: int = 0


class HookAnswered(Event, frozen=True, tag=True):
    """A hook of a rollout was asked once."""

    rollout: str = ""
    environment: str = ""
    number: int = 0
    hook: str = ""
    #: `before` or `after`.
    moment: str = ""
    attempt: int = 0
    #: HTTP status; 0 where no answer came.
    status: int = 0
    seconds: float = 0.0
    #: Why it failed; empty for go.
    why: str = ""
    #: What follows, as it is declared, where it failed for good.
    follows: str = ""


RolloutEvent = RolloutMoved | RolloutHeld | RolloutReleased | HookAnswered
