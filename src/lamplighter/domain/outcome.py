"""What canary analysis says of one step of a rollout: every guard that was asked, with its numbers.

Law of change: kept in rollouts and in the journal; fields may be added with a default.
"""

from enum import StrEnum

from lamplighter.domain.record import Record


class Judgement(StrEnum):
    """What a guard says."""

    #: Enough was seen, and it is good.
    PASSED = "pass"
    #: It is worse than allowed, beyond chance.
    FAILED = "fail"
    #: Too little was seen, or it is too near to the limit.
    UNDECIDED = "undecided"


class Guard(StrEnum):
    """What a guard looks at."""

    #: The share of failed requests.
    ERRORS = "errors"
    #: The 95th percentile of the latency, seconds.
    LATENCY = "latency"
    #: The scores: their means or, where only the distance is limited, how far they lie apart.
    SCORES = "scores"


class Judged(Record, frozen=True):
    """A judgement and what it rests on."""

    judgement: Judgement
    why: str
    #: What was seen of the challenger and of the champion, such as shares of failed requests or seconds; nothing where nobody
    #: knows.
    challenger: float | None
    champion: float | None
    #: What the challenger is held against; nothing as long as it is not known.
    limit: float | None
    #: Requests or rows of the challenger.
    n: int


class Check(Record, frozen=True):
    """One guard and what it says."""

    guard: Guard
    judged: Judged


class Outcome(Record, frozen=True):
    """All guards of a step together: one failure fails it, and only if every guard passes does it pass."""

    judgement: Judgement
    why: str
    #: The guards that were asked, in the order of their judging.
    checks: tuple[Check, ...]
    #: Index of the step.
    step: int = 0
