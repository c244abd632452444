"""Look-alikes among what waits for people, and one act that gives somebody's word on each of them."""

from collections.abc import Iterable, Mapping, Sequence

from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.decision import Decision
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import LampError
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.identity import Actor
from lamplighter.domain.look_alike import Asked, LeftOut, LookAlikes, Shown, Together, definition, groups, in_the_way
from lamplighter.domain.names import unknown
from lamplighter.domain.project import Project
from lamplighter.domain.retrained import KIND, retrained
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.version import Version
from lamplighter.lifecycle import acceptance, judging
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def waiting(kit: Kit, look: Transaction) -> tuple[LookAlikes, ...]:
    """Every group of look-alikes that waits, by the decisions on record."""
    return groups(_asked(kit, look), {tier.name: tier.look_alikes for tier in kit.policy.tier})


def find(kit: Kit, look: Transaction, key: str) -> LookAlikes:
    """One group; raises `NotFound`."""
    found = {one.key: one for one in waiting(kit, look)}
    if key not in found:
        raise unknown("group of look-alikes", key, found)
    return found[key]


def sign(kit: Kit, actor: Actor, key: str, side: Side, members: Sequence[Shown], reason: str) -> Together:
    """Accept members of a group for one side, as they were shown; raises `NotFound` for a group that waits no more.

    Each gets a word of its own, or is left out by name: what changed since, what stands apart, what this person may not sign.
    """
    with kit.store.reading() as look:
        group = find(kit, look, key)
        asked = {one.rollout: one for one in (*group.members, *group.apart)}
        versions = {
            (one.model, one.number): one for one in look.versions.numbered([(a.model, a.number) for a in asked.values()])
        }
        place = look.environment(group.environment)
        others = {one.id: f"{one.model}@{one.number}" for one in look.rollouts.among("id", (one.rollout for one in members))}
    signed, left = [], []
    for shown in members:
        one = asked.get(shown.rollout)
        if one is None:
            name = others.get(shown.rollout, "")
            left.append(LeftOut(rollout=shown.rollout, name=name, why="It does not wait in this group any more."))
            continue
        outcome = _word(kit, actor, one, shown, versions[one.model, one.number], place, side, reason)
        if isinstance(outcome, LeftOut):
            left.append(outcome)
        else:
            signed.append(outcome)
    return Together(key=key, side=side, signed=tuple(signed), left_out=tuple(left))


def _word(
    kit: Kit, actor: Actor, one: Asked, shown: Shown, version: Version, place: Environment, side: Side, reason: str
) -> Signature | LeftOut:
    if one.apart:
        return LeftOut(rollout=one.rollout, name=one.name, why=f"It stands apart: {one.apart}")
    try:
        return acceptance.sign(kit, actor, version, place, side, accepted=True, reason=reason, binding=shown.binding)
    except LampError as refusal:
        return LeftOut(rollout=one.rollout, name=one.name, why=f"{refusal.what} {refusal.why}")


def _asked(kit: Kit, look: Transaction) -> Iterable[Asked]:
    """Everything that waits, with what lies between it and the version that it would replace; a few questions for all of it."""
    open_ones = [one for one in look.rollouts.all(open=True) if one.phase is Phase.WAITING]
    if len(open_ones) < 2:
        return
    decisions = {one.digest: one for one in look.decisions.among("digest", (one.decision for one in open_ones))}
    names = list(dict.fromkeys(one.model for one in open_ones))
    live = {(one.model, one.environment): one.champion.number for one in look.routings.among("model", names) if one.champion}
    wanted = [(one.model, one.number) for one in open_ones] + [(model, number) for (model, _), number in live.items()]
    versions = {(one.model, one.number): one for one in look.versions.numbered(list(dict.fromkeys(wanted)))}
    facts = _newest(look, versions.values())
    projects = {one.name: one for one in look.projects.among("model", names)}
    places = {one.name: one for one in look.environments.all()}
    words = look.signatures.among("version", (one.version for one in open_ones))
    for rollout in open_ones:
        decision = decisions.get(rollout.decision)
        if decision is None or rollout.emergency:
            continue
        before = versions.get((rollout.model, live.get((rollout.model, rollout.environment), 0)))
        version, project = versions[rollout.model, rollout.number], projects[rollout.model]
        yield _one(kit, rollout, decision, (before, version), project, places[rollout.environment], facts, words)


def _newest(look: Transaction, versions: Iterable[Version]) -> Mapping[str, Evidence]:
    """The newest figures of quality, by the digest of the version."""
    found = look.evidence.among("version", (one.digest for one in versions))
    return {one.version: one for one in sorted(found, key=lambda one: one.at) if one.kind == KIND}


def _one(
    kit: Kit,
    rollout: Rollout,
    decision: Decision,
    pair: tuple[Version | None, Version],
    project: Project,
    place: Environment,
    facts: Mapping[str, Evidence],
    words: Sequence[Signature],
) -> Asked:
    live, version = pair
    tier = tier_of(kit.policy, criticality_of(project, kit.policy).tier)
    found = retrained(live, version, facts.get(live.digest) if live else None, facts.get(version.digest))
    given = {
        one.side.value
        for one in words
        if (one.version, one.environment, one.binding, one.accepted) == (version.digest, place.name, decision.binding, True)
    }
    return Asked(
        rollout=rollout.id,
        model=version.model,
        number=version.number,
        version=version.digest,
        environment=place.name,
        replaces=live.number if live else 0,
        tier=tier.name,
        binding=decision.binding,
        judged_at=decision.at,
        sides=tuple(side for side in judging.sides_of(kit.policy, project, place) if side not in given),
        definition=definition(project, version.manifest),
        figures=found.figures,
        differs=(*found.differs, *in_the_way(decision.judgements)),
    )
