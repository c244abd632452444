"""Spot checks: a random part of what the platform accepted without anybody's word is looked at by a validator afterwards.

What is drawn follows from a keyed hash of the version, so nobody can choose it: authors do not know the key, and an audit that
does can draw again and finds the same.
"""

import hashlib
import hmac
from collections.abc import Iterable

from lamplighter.domain.instant import minute
from lamplighter.domain.record import Record

_BITS = 64


class SpotCheck(Record, frozen=True):
    """One version that was accepted by the platform and drawn, and what a validator found."""

    #: Such as `S-3`.
    id: str
    model: str
    environment: str
    #: Number and digest of the version.
    number: int
    version: str
    #: The validator who is asked.
    person: str
    #: Microseconds since the epoch, UTC.
    opened_at: int
    due_at: int
    #: Who judged it, when, and what they say; empty and 0 until then.
    judged_by: str = ""
    judged_at: int = 0
    note: str = ""
    #: Whether the version should not have been let in.
    bad: bool = False
    #: The finding that a bad one opened, such as `V-3`.
    finding: str = ""
    #: Who lets the platform accept versions of the model again, when and why; empty and 0 until then.
    lifted_by: str = ""
    lifted_at: int = 0
    lift_why: str = ""
    #: Whether the validator was told that it is overdue.
    reminded: bool = False
    #: Grows with every write; a write that saw an older one is refused.
    revision: int = 0

    @property
    def waits(self) -> bool:
        """Whether nobody has judged it."""
        return not self.judged_at

    @property
    def suspends(self) -> bool:
        """Whether it was found bad, and nobody has lifted what follows."""
        return self.bad and not self.lifted_at

    @property
    def open(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.waits or self.suspends

    def overdue(self, now: int) -> bool:
        """Whether somebody had to judge it by now."""
        return self.waits and self.due_at < now


class Recount(Record, frozen=True):
    """Every draw of the past, drawn again."""

    #: Digest of the key, as the journal has it from before the first draw.
    key: str
    #: Versions that the platform accepted, those of them that were drawn, and how many one expects.
    accepted: int
    drawn: int
    expected: float
    #: What does not agree, a sentence each.
    differing: tuple[str, ...]


def drawn(key: bytes, version: str, environment: str, rate: float) -> bool:
    """Whether a version is drawn there: HMAC-SHA-256 of its digest and the environment, as a number from 0 to 1, is below the
    rate. Over many versions that is as good as a coin that falls so with this chance (the HMAC is a pseudo-random function)."""
    mark = hmac.new(key, f"{version} {environment}".encode(), hashlib.sha256).digest()
    return bool(int.from_bytes(mark[: _BITS // 8]) < rate * 2.0**_BITS)


def unseen(bad: float, rate: float, recognised: float = 1.0) -> float:
    """How many of so many bad versions go unseen, in the middle: bad x (1 - rate x recognised).

    Each is drawn by itself with the chance `rate`, and a validator recognises a drawn one with the chance `recognised`, so that
    the number seen is binomial (bad, rate x recognised).
    """
    return bad * (1.0 - rate * recognised)


def none_seen(bad: int, rate: float, recognised: float = 1.0) -> float:
    """The chance that not one of so many bad versions is seen: (1 - rate x recognised) ^ bad."""
    return (1.0 - rate * recognised) ** bad


def until_seen(rate: float, recognised: float = 1.0) -> float:
    """How many bad versions of a model go live until the first is seen, that one with it, in the mean: 1 / (rate x recognised),
    of the geometric distribution. What is seen suspends the rule, so no more of that model follow."""
    return 1.0 / (rate * recognised)


def suspended(checks: Iterable[SpotCheck], now: int) -> str:
    """Why the platform accepts nothing of the model they are of, as a sentence; empty if it does."""
    for one in checks:
        if one.suspends:
            return f"{one.id} found v{one.number} bad, and nobody has lifted that yet."
        if one.overdue(now):
            return f"{one.id} of v{one.number} is overdue: {one.person} had to check it until {minute(one.due_at)}."
    return ""
