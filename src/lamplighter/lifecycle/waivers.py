"""Waivers: somebody whose role may takes on, for a time, what one gate found; nobody does so for their own version."""

import msgspec

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.decision import Refused, Undecided
from lamplighter.domain.duration import seconds
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Blocked, Conflict, Invalid, NotAllowed
from lamplighter.domain.events.waiver import WaiverEnded, WaiverGiven
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.identity import Actor
from lamplighter.domain.names import unknown
from lamplighter.domain.policy import Tier
from lamplighter.domain.stage import Duty
from lamplighter.domain.version import Version
from lamplighter.domain.waiver import NEVER, Waiver
from lamplighter.lifecycle import judging
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

DAY = 86_400_000_000
#: Characters that are kept of what people write.
_WORDS = 2000


def give(kit: Kit, actor: Actor, version: Version, environment: Environment, gate: str, days: int, reason: str) -> Waiver:
    """Take on what a gate says of a version there, for so many days.

    Raises `NotAllowed` for the author and for a role that may not, `Blocked` for a gate that is never waived or that the
    tier does not let anybody waive, `Conflict` where the gate has nothing to say, and `Invalid` without a reason.
    """
    _check_shut(gate)
    said = _words(reason)
    with kit.store.transaction() as change:
        held = judging.dossier(kit, change, version, environment)
        tier = tier_of(kit.policy, criticality_of(held.project, kit.policy).tier)
        found = _found(kit, held, gate)
        _check_gate(tier, gate)
        _check_giver(actor, version, tier)
        _check_days(tier, days)
        _check_free(held, gate, found)
        now, earlier = kit.clock.now(), change.waivers.all(model=version.model)
        waiver = Waiver(
            id=change.counters.id("W"),
            model=version.model,
            environment=environment.name,
            number=version.number,
            version=version.digest,
            author=version.author,
            gate=gate,
            found=found,
            person=actor.email,
            role=next(role for role in tier.waivers.by if role in actor.person.roles),
            why=said,
            opened_at=now,
            until=now + days * DAY,
            at_expiry=tier.waivers.at_expiry,
            team=held.ownership.of(Duty.VALIDATE).accountable,
            nth=1 + sum(one.gate == gate for one in earlier),
        )
        change.waivers.add(waiver)
        kit.record(change, _given(waiver), actor)
    return waiver


def _found(kit: Kit, held: Dossier, gate: str) -> str:
    """What the gate says that is no pass; raises `NotFound` for a gate that is not asked there, and `Conflict` for a pass."""
    asked = {one.gate: one.verdict for one in judging.said(held, kit.policy)}
    if gate not in asked:
        raise unknown("gate", gate, asked)
    verdict = asked[gate]
    if not isinstance(verdict, Refused | Undecided):
        raise Conflict(
            f"There is nothing to waive at the gate {gate}.",
            why=f"It lets {held.version.name} into {held.environment.name}. {verdict.why}",
            fix="Waive a gate that stands in the way; lamp deploy REF --dry-run names them.",
            code="E1594",
        )
    return verdict.why


def _check_shut(gate: str) -> None:
    if gate in NEVER:
        raise Blocked(
            f"The gate {gate} is never waived.",
            why=f"Of a model of any tier, {NEVER[gate]}.",
            fix="Do what the gate says is missing; no rule book opens it.",
            code="E1420",
        )


def _check_gate(tier: Tier, gate: str) -> None:
    if gate not in tier.waivers.gates:
        open_ones = ", ".join(tier.waivers.gates)
        raise Blocked(
            f"The gate {gate} is not waived for a model of the tier {tier.name}.",
            why=f"The rule book lets people waive {open_ones}."
            if open_ones
            else "The rule book lets nobody waive anything there.",
            fix="Do what the gate says is missing, or change waivers of the tier in the rule book.",
            code="E1420",
        )


def _check_giver(actor: Actor, version: Version, tier: Tier) -> None:
    if actor.email == version.author:
        raise NotAllowed(
            "You cannot waive a gate for your own version.",
            why="Whoever registered a version never takes on what a gate finds of it.",
            fix=f"Ask somebody else with the role {' or '.join(tier.waivers.by)}.",
            code="E1340",
        )
    if not set(tier.waivers.by) & set(actor.person.roles):
        raise NotAllowed(
            f"You cannot waive a gate for a model of the tier {tier.name}.",
            why=f"That takes the role {' or '.join(tier.waivers.by)}.",
            fix=f"Ask somebody with the role {' or '.join(tier.waivers.by)}.",
            code="E1340",
        )


def _check_days(tier: Tier, days: int) -> None:
    most = int(seconds(tier.waivers.longest) // 86_400)
    if not 1 <= days <= most:
        raise Invalid(
            "A waiver does not hold for so long.",
            why=f"For a model of the tier {tier.name} it holds for 1 to {most} days.",
            fix=f"Write --days {most}, or less; it can be given again after that.",
            code="E1271",
        )


def _check_free(held: Dossier, gate: str, found: str) -> None:
    for one in held.waivers:
        if one.gate == gate and one.found == found and one.holds(held.now):
            raise Conflict(
                f"{one.id} waives that already.",
                why=f"{one.person} gave it for the same gate, version and environment.",
                fix=f"Let it run out, or end it first: lamp waiver end {one.id} --reason WHY",
                code="E1595",
            )


def end(kit: Kit, actor: Actor, key: str, reason: str) -> Waiver:
    """End a waiver before its time, as anybody who may give it or as whoever gave it; what is declared for its end happens."""
    said = _words(reason)
    with kit.store.transaction() as change:
        before, now = find(change, key), kit.clock.now()
        tier = tier_of(kit.policy, criticality_of(change.project(before.model), kit.policy).tier)
        if actor.email != before.person and not set(tier.waivers.by) & set(actor.person.roles):
            raise NotAllowed(
                f"You cannot end {key}.",
                why=f"{before.person} gave it, and a role that may give one may end one.",
                fix=f"Ask {before.person}.",
                code="E1340",
            )
        if not before.holds(now):
            raise Conflict(
                f"{key} is over already.",
                why=f"{before.ended_by} ended it." if before.ended_by else "Its time has run out.",
                fix="There is nothing to do.",
                code="E1596",
            )
        changes = {"until": now, "ended_by": actor.email, "end_why": said}
        after = msgspec.structs.replace(before, **changes, revision=before.revision + 1)
        change.waivers.replace(after, revision=before.revision)
        event = WaiverEnded(
            model=after.model,
            waiver=after.id,
            environment=after.environment,
            number=after.number,
            gate=after.gate,
            person=actor.email,
            why=said,
        )
        kit.record(change, event, actor)
    return after


def find(look: Transaction, key: str) -> Waiver:
    """A waiver; raises `NotFound`."""
    found = look.waivers.find(id=key)
    if found is None:
        raise unknown("waiver", key, (one.id for one in look.waivers.all(newest="opened_at", limit=12)))
    return found


def _words(reason: str) -> str:
    if not reason.strip():
        raise Invalid(
            "A waiver takes a reason.",
            why="Whoever meets it later reads why somebody took that on.",
            fix='Write --reason "The sample is small by nature; the desk watches every case by hand."',
            code="E1271",
        )
    return reason.strip()[:_WORDS]


def _given(waiver: Waiver) -> WaiverGiven:
    return WaiverGiven(
        model=waiver.model,
        waiver=waiver.id,
        environment=waiver.environment,
        number=waiver.number,
        version=waiver.version,
        gate=waiver.gate,
        found=waiver.found,
        person=waiver.person,
        role=waiver.role,
        why=waiver.why,
        until=waiver.until,
    )
