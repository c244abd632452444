"""How traffic moves to a new version, and what stops it."""

from enum import StrEnum

from lamplighter.domain.record import Settings


class Undecided(StrEnum):
    """What follows when a step has too little evidence at its deadline."""

    #: All traffic returns to the version before.
    ROLL_BACK = "roll-back"
    #: The share stays and the step waits for evidence, for another deadline.
    HOLD = "hold"
    #: The rollout is paused, and the holder of the duty is asked whether it goes on.
    ASK = "ask"


class ScoreShift(Settings, frozen=True):
    """How far the scores of the new version may differ from those of the live one on the same traffic."""

    #: Largest difference of the mean scores, in units of the score; left out, means are not compared.
    mean: float | None = None
    #: Largest difference of the two distribution functions, from 0 to 1 (Kolmogorov and Smirnov); left out, not compared.
    distance: float | None = None


class Limits(Settings, frozen=True):
    """When a rollout stops by itself."""

    #: Share of requests that the new version may fail, such as 0.01.
    errors: float = 0.01
    #: Slowest 95th percentile, milliseconds.
    p95_ms: float | None = None
    #: Largest 95th percentile as a multiple of that of the live version, such as 1.5.
    slower: float | None = None
    #: How far its scores may differ from those of the live version.
    score_shift: ScoreShift | None = None


class Steps(Settings, frozen=True):
    """How traffic moves to a new version."""

    #: Percent of the requests at each step; the last is 100.
    steps: tuple[float, ...]
    #: Time at each step, such as 45m.
    each: str = "45m"
    stop_if: Limits = Limits()
    #: Requests that the new version must have answered at each step; with 0 time alone brings it on.
    least_requests: int = 50
    #: A step that stays undecided for this long comes to what `undecided` says.
    deadline: str = "1d"
    #: What follows then.
    undecided: Undecided = Undecided.ROLL_BACK
