"""Everything that waits for people's word: each kind with its lines, which of it is yours, and the command that comes next."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lamplighter.cli.instants import local, short
from lamplighter.cli.pages import look_alikes
from lamplighter.cli.pages.emergency import told
from lamplighter.cli.pages.spot_check import asked
from lamplighter.cli.pages.validation import state
from lamplighter.domain.claimant import Claim, Retiring
from lamplighter.domain.emergency import Emergency
from lamplighter.domain.identity import Permission, Person, Role
from lamplighter.domain.look_alike import LookAlikes
from lamplighter.domain.lowering import Lowering
from lamplighter.domain.policy import Policy
from lamplighter.domain.spot_check import SpotCheck
from lamplighter.domain.validation import ValidationFinding
from lamplighter.views.waiting import Waiting, may_sign


class Waits(NamedTuple):
    """One thing that waits."""

    #: Key, version, environment, since when, what is missing.
    row: tuple[str, str, str, str, str]
    #: Whether it waits for who asks.
    is_mine: bool
    #: What to type next.
    command: str


def following(kinds: Iterable[Sequence[Waits]]) -> list[str]:
    """One command of each kind: for the first of yours, or else for the first."""
    return [next((one for one in kind if one.is_mine), kind[0]).command for kind in kinds if kind]


def grouped(groups: Sequence[LookAlikes]) -> list[Waits]:
    """Look-alikes, as one line each."""
    return [
        Waits(
            (group.key, f"{len(group.members)} look-alikes", group.environment, "-", look_alikes.summary(group)),
            is_mine=False,
            command=f"lamp approvals show --group {group.key}",
        )
        for group in groups
    ]


def versions(me: Person, found: Sequence[Waiting], groups: Sequence[LookAlikes]) -> list[Waits]:
    """Versions, those that stand apart from look-alikes first; members of a group are counted there, and have no line."""
    members = {one.rollout for group in groups for one in group.members}
    apart = {one.rollout: f"stands apart from {group.key}: {one.apart} " for group in groups for one in group.apart}
    singles = sorted((one for one in found if one.rollout not in members), key=lambda one: one.rollout not in apart)
    return [
        Waits(
            (
                one.rollout,
                f"{one.model}@{one.number}",
                one.environment,
                short(one.since),
                apart.get(one.rollout, "") + "; ".join(one.missing),
            ),
            is_mine=may_sign(me, one),
            command=f"lamp approvals show {one.model}@{one.number}",
        )
        for one in singles
    ]


def emergencies(me: Person, found: Sequence[Emergency]) -> Iterator[Waits]:
    """Reviews of emergencies."""
    for one in found:
        due = f"the review of {one.owner or 'somebody'} until {local(one.due_at)}; {told(one)}"
        row = one.id, f"{one.model}@{one.number}", one.environment, short(one.opened_at), due
        yield Waits(row, one.owner == me.email, f"lamp approvals review {one.id} --note WHAT")


def spot_checks(me: Person, found: Sequence[SpotCheck]) -> Iterator[Waits]:
    """Versions that the platform accepted and that were drawn to be looked at."""
    for one in found:
        row = one.id, f"{one.model}@{one.number}", one.environment, short(one.opened_at), asked(one)
        yield Waits(row, one.waits and one.person == me.email, f"lamp spot-check show {one.id}")


def lowerings(me: Person, found: Sequence[Lowering]) -> Iterator[Waits]:
    """Tiers that would fall."""
    for one in found:
        row = one.id, one.model, "-", short(one.opened_at), f"{one.told} {one.person} asked."
        is_mine = one.person != me.email and me.may(Permission.APPROVE)
        yield Waits(row, is_mine, f"lamp approvals tier {one.id} --agree")


def retirements(me: Person, found: Sequence[Retiring]) -> Iterator[Waits]:
    """Models that are to end, while somebody's word is missing."""
    for seen in found:
        one = seen.retirement
        if not seen.missing:
            continue
        asked = [caller.name for caller in seen.claimants if caller.claim is Claim.WAITING and caller.owner == me.email]
        signs = seen.business and one.word() is None and Role.BUSINESS in me.roles and me.email != one.person
        row = one.id, one.model, "-", short(one.opened_at), " ".join(seen.missing)
        yield Waits(row, bool(asked) or signs, f"lamp retire show {one.model}")


def findings(me: Person, found: Sequence[ValidationFinding], policy: Policy) -> Iterator[Waits]:
    """Findings of validators that are answered or overdue: the first wait for a validator, the others for their owner."""
    validates = any(set(tier.validation.by) & set(me.roles) for tier in policy.tier)
    for one in found:
        row = one.id, f"{one.model}@{one.number}", "-", short(one.opened_at), f"{state(one)}; {one.owner}: {one.words}"
        is_owner = one.owner == me.email
        yield Waits(row, validates and not is_owner if one.answered else is_owner, f"lamp validate show {one.id}")
