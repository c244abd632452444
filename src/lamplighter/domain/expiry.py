"""How long a version may answer, and what happens once that time and its grace are over.

Law of change: fields may be added with a default.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Record, Settings

#: Microseconds in a day.
DAY = 86_400_000_000
#: How a refusal because of age is recorded.
EXPIRED = "version-expired"


class Action(StrEnum):
    """What serving does with a version whose grace is over."""

    #: Requests are refused until somebody extends or replaces it.
    BLOCK = "block"
    #: The declared outage answer is given in its place.
    FALLBACK = "fallback"
    #: It goes on answering; its owner hears of it until somebody extends or replaces it.
    SERVE = "serve"


#: What callers get once the grace is over, of those that answer no more.
INSTEAD: Mapping[Action, str] = {
    Action.BLOCK: "requests are refused",
    Action.FALLBACK: "the declared outage answer is given",
}


class ExpiryRule(Settings, frozen=True):
    """What a tier says about versions that are older than it allows."""

    #: The owner is told this long before, such as 30d.
    warn: str = "30d"
    #: A version answers for this long after it has expired, such as 14d.
    grace: str = "14d"
    then: Action = Action.SERVE


class ExpiryPlan(Settings, frozen=True):
    """What a project says about the age of its versions; it may only be stricter than the tier."""

    #: Day on which every version expires that its tier would let live longer, such as 2027-01-31; UTC.
    on: str = ""
    #: `block` or `fallback`; the tier's own action where nothing is said.
    then: Action | None = None

    @property
    def at(self) -> int | None:
        """The beginning of that day, microseconds since the epoch; raises `ValueError` for what is no day."""
        if not self.on:
            return None
        day = date.fromisoformat(self.on)
        return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000


class Expiry(Record, frozen=True):
    """The end of a version's time, as serving is told of it."""

    #: When the version expires, microseconds since the epoch, UTC.
    at: int
    #: When its grace is over.
    ends_at: int
    action: Action

    def over(self, now: int) -> bool:
        """Whether the version may not answer any more."""
        return self.action is not Action.SERVE and now >= self.ends_at


class Age(StrEnum):
    """Where a version stands in its time."""

    #: It has time left.
    FRESH = "fresh"
    #: It expires soon.
    WARNED = "warned"
    #: It has expired and still answers, for so long as its grace lasts or for as long as it is asked.
    GRACE = "grace"
    #: Its grace is over, and what was declared is done.
    EXPIRED = "expired"


def expiry_of(days: int, grace: float, action: Action, plan: ExpiryPlan, *, live_since: int, extended_to: int) -> Expiry:
    """When a version that is live since then expires: after so many days, or earlier if the project says so, and in no case
    before the day to which its owner has extended it. `grace` is in seconds."""
    at = live_since + days * DAY
    if plan.at is not None:
        at = min(at, plan.at)
    at = max(at, extended_to)
    return Expiry(at=at, ends_at=at + int(grace * 1_000_000), action=plan.then or action)


def age_of(expiry: Expiry, warn: float, now: int) -> Age:
    """Where the version stands now; `warn` is in seconds."""
    if expiry.over(now):
        return Age.EXPIRED
    if now > expiry.at:
        return Age.GRACE
    return Age.WARNED if now >= expiry.at - int(warn * 1_000_000) else Age.FRESH


def check_expiry(plan: ExpiryPlan) -> ExpiryPlan:
    """The plan itself if its day is one and it asks for no less than the tier; raises `Invalid`."""
    if plan.then is Action.SERVE:
        raise Invalid(
            "A project cannot let its versions live for ever.",
            why="What happens to an expired version is the policy's matter; a project may only be stricter.",
            fix='Write then = "block" or then = "fallback", or leave it out.',
            code="E1122",
        )
    try:
        _ = plan.at
    except ValueError:
        raise Invalid(
            "That is not a day.", why="A day is a year, a month and a day.", fix='Write on = "2027-01-31".', code="E1123"
        ) from None
    return plan
