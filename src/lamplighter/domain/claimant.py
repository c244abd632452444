"""Consumers of a model that is to end: who has agreed to the plan, who is gone, and what is still in the way."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from lamplighter.domain.consumer import Caller, Standing
from lamplighter.domain.duration import seconds
from lamplighter.domain.instant import minute
from lamplighter.domain.job import HOLDER
from lamplighter.domain.record import Record
from lamplighter.domain.retirement import Retirement, Word
from lamplighter.domain.retirement_rule import RetirementRule


class Claim(StrEnum):
    """How a consumer stands to a retirement."""

    #: Its owner has said nothing to this plan.
    WAITING = "waiting"
    #: Its owner refused this plan.
    REFUSED = "refused"
    #: Its owner agreed to this plan.
    AGREED = "agreed"
    #: It has sent nothing for so long that nobody is left to agree.
    GONE = "gone"


class Claimant(Record, frozen=True):
    """A consumer of a model that is to end."""

    name: str
    #: Person or team that speaks for it; empty if nobody does.
    owner: str
    standing: Standing
    claim: Claim
    #: Requests in all environments, and the time of the last one; 0 for none.
    requests: int = 0
    last_at: int = 0
    word: Word | None = None


class Retiring(Record, frozen=True):
    """A retirement and everybody it concerns, as of now."""

    retirement: Retirement
    claimants: tuple[Claimant, ...]
    #: What is in the way of its end, a sentence each; nothing once it may be finished.
    missing: tuple[str, ...]
    #: Whether the business side has to agree.
    business: bool
    #: Who may finish it or take it back; empty if nobody holds the duty.
    holder: str


def claimants(
    retirement: Retirement, callers: Sequence[Caller], since: int, now: int, rule: RetirementRule
) -> tuple[Claimant, ...]:
    """How every consumer stands. `since` is when the model began to answer, 0 if it never did: before that much time has
    passed, silence proves nothing. Runs of the model's own jobs are no consumers."""
    length = int(seconds(rule.gone_after) * 1_000_000)
    return tuple(_claimant(retirement, caller, since, now - length) for caller in callers if not caller.name.startswith(HOLDER))


def _claimant(retirement: Retirement, caller: Caller, since: int, limit: int) -> Claimant:
    last = max((calls.last_at for calls in caller.calls), default=0)
    word = retirement.word(caller.name)
    claim = Claim.WAITING
    if word is not None:
        claim = Claim.AGREED if word.accepted else Claim.REFUSED
    if (since == 0 and not last) or max(last, since) < limit:
        claim = Claim.GONE
    return Claimant(
        name=caller.name,
        owner=_speaker(caller),
        standing=caller.standing,
        claim=claim,
        requests=sum(calls.requests for calls in caller.calls),
        last_at=last,
        word=word,
    )


def _speaker(caller: Caller) -> str:
    """Who may agree for it: a person who tries a model out speaks for what they do."""
    return caller.owner or (caller.name if caller.standing is Standing.PERSON else "")


def missing(retirement: Retirement, found: Sequence[Claimant], now: int, *, business: bool) -> tuple[str, ...]:
    """What is in the way of the end, a sentence each; nothing for what may be finished."""
    return tuple(_missing(retirement, found, now, business=business)) if retirement.open else ()


def _missing(retirement: Retirement, found: Sequence[Claimant], now: int, *, business: bool) -> Iterator[str]:
    present = [one for one in found if one.claim is not Claim.GONE]
    if present and now < retirement.sunset:
        yield f"What was agreed holds until {minute(retirement.sunset)}."
    for one in present:
        if one.claim is not Claim.AGREED:
            said = "has refused it" if one.claim is Claim.REFUSED else "has not agreed"
            yield f"{one.name} calls it, and {one.owner or 'nobody is declared as its owner, who'} {said}."
    word = retirement.word()
    if business and (word is None or not word.accepted):
        yield "The business side has refused it." if word else "The business side has not agreed."
