"""How traffic moves to a new version, and what stops it."""

import math
from enum import StrEnum

from lamplighter.domain.duration import seconds
from lamplighter.domain.errors import Invalid
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


def check_steps(steps: Steps) -> Steps:
    """The steps themselves if they rise to 100; raises `Invalid`."""
    seconds(steps.each)
    seconds(steps.deadline)
    rising = all(a < b for a, b in zip(steps.steps, steps.steps[1:], strict=False))
    if not steps.steps or not rising or steps.steps[0] <= 0 or steps.steps[-1] != 100:
        raise Invalid(
            "The steps of the rollout are not valid.",
            why="Steps are percents that rise and end at 100.",
            fix="Write steps = [10, 50, 100].",
            code="E1112",
        )
    _check_limits(steps)
    return steps


def _check_limits(steps: Steps) -> None:
    """Raise `Invalid` for a limit that no version could break or keep."""
    limits, shift = steps.stop_if, steps.stop_if.score_shift
    compared = [name for name in ("slower", "score_shift") if getattr(limits, name) is not None]
    if compared and len(steps.steps) == 1:
        raise _of_no_effect(compared[0], "both versions are compared while both answer, and the only step is 100.")
    if shift == ScoreShift():
        raise _of_no_effect("score_shift", "neither mean nor distance is given.")
    if limits.slower is not None and limits.slower < 1.0:
        raise _of_no_effect("slower", "a multiple below 1 asks the new version to be faster than the live one.")
    positive = (limits.p95_ms, shift.mean if shift else None, shift.distance if shift else None)
    shares = (limits.errors, shift.distance if shift and shift.distance is not None else 0.0)
    unreached = any(one is not None and not math.isfinite(one) for one in (*positive, limits.slower))
    if unreached or any(one is not None and one <= 0.0 for one in positive) or not all(0.0 <= one <= 1.0 for one in shares):
        raise Invalid(
            "A limit of the rollout is not valid.",
            why="errors and distance are shares from 0 to 1; p95_ms, mean and distance are above 0; none is nan or inf.",
            fix="Correct stop_if.",
            code="E1112",
        )
    if steps.least_requests < 0:
        raise Invalid(
            "The steps of the rollout are not valid.", why="least_requests is below 0.", fix="Write 0 or more.", code="E1112"
        )


def _of_no_effect(name: str, why: str) -> Invalid:
    return Invalid(
        "A limit of the rollout has no effect.", why=f"stop_if.{name}: {why}", fix="Change or remove it.", code="E1112"
    )
