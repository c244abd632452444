"""Receivers that are asked before a version takes traffic and after it has all of it, in bounded time."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from lamplighter.domain.duration import seconds
from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Record, Settings

#: The longest time that one try may take, seconds, and how often it may be repeated.
_LONGEST, _MOST = 600.0, 5
#: Seconds between a try that failed and the next one; the last one again and again.
_WAITS = (1, 2, 5)


class Moment(StrEnum):
    """When a hook is asked."""

    #: Before the version is loaded, so before it takes any traffic.
    BEFORE = "before"
    #: Once it has all traffic and every worker answers by it.
    AFTER = "after"


class OnFailure(StrEnum):
    """What follows when a hook does not say go."""

    #: The version does not begin.
    STOP = "stop"
    #: It begins all the same, and the failure is written down.
    CONTINUE = "continue"
    #: All traffic returns to the version before.
    ROLL_BACK = "roll-back"
    #: The version stays, and the failure is written down.
    NOTE = "note"


#: What may be declared for each moment.
POLICIES = {
    Moment.BEFORE: (OnFailure.STOP, OnFailure.CONTINUE),
    Moment.AFTER: (OnFailure.ROLL_BACK, OnFailure.NOTE),
}
#: What ends a rollout.
DECISIVE = (OnFailure.STOP, OnFailure.ROLL_BACK)


class Hook(Settings, frozen=True):
    """One receiver that is asked."""

    #: Name of a receiver in `webhooks` of the configuration.
    hook: str
    #: What follows if it fails; there is no default, because somebody has to have thought of it.
    on_failure: OnFailure
    #: Longest time until it answers, such as 30s.
    within: str = "30s"
    #: How often it is asked again after a failure.
    retries: int = 0


class Answer(Record, frozen=True):
    """What became of one try."""

    moment: Moment
    #: Place of the hook in its list, from 0, and its name.
    place: int
    hook: str
    #: From 1.
    attempt: int
    #: HTTP status; 0 where no answer came.
    status: int
    seconds: float
    #: Why it failed; empty for go.
    why: str
    #: When the answer was there, microseconds since the epoch, UTC.
    at: int


class Due(NamedTuple):
    """The next try."""

    moment: Moment
    place: int
    hook: Hook
    attempt: int
    #: Not before this moment, microseconds since the epoch, UTC.
    at: int


def check_hooks(moment: Moment, hooks: Sequence[Hook]) -> None:
    """Raise `Invalid` for a time that is not bounded, and for a policy that has no effect at this moment."""
    for hook in hooks:
        lawful = ", ".join(POLICIES[moment])
        if hook.on_failure not in POLICIES[moment]:
            raise _unlawful(f"on_failure of {hook.hook} has no effect there; it is one of {lawful}.")
        if not 0.0 < seconds(hook.within) <= _LONGEST or not 0 <= hook.retries <= _MOST:
            raise _unlawful(f"A try of {hook.hook} takes from 1s to 10m, and is repeated 0 to {_MOST} times.")


def _unlawful(why: str) -> Invalid:
    fix = 'Write { hook = "change-record", within = "30s", retries = 2, on_failure = "stop" }.'
    return Invalid("The hook is not valid.", why=why, fix=fix, code="E1146")


def due(moment: Moment, hooks: Sequence[Hook], answers: Sequence[Answer]) -> Due | None:
    """The next try of this moment; nothing once every hook has said go or has failed for good, or one has ended it all."""
    for place, hook in enumerate(hooks):
        tries = [one for one in answers if (one.moment, one.place) == (moment, place)]
        if any(not one.why for one in tries):
            continue
        if len(tries) <= hook.retries:
            wait = _WAITS[min(len(tries), len(_WAITS)) - 1] if tries else 0
            at = tries[-1].at + wait * 1_000_000 if tries else 0
            return Due(moment, place, hook, len(tries) + 1, at)
        if hook.on_failure in DECISIVE:
            return None
    return None


def failure(moment: Moment, hooks: Sequence[Hook], answers: Sequence[Answer]) -> Answer | None:
    """The last try of the hook that ends the rollout, if one does."""
    for place, hook in enumerate(hooks):
        tries = [one for one in answers if (one.moment, one.place) == (moment, place)]
        if hook.on_failure in DECISIVE and len(tries) > hook.retries and all(one.why for one in tries):
            return tries[-1]
    return None
