"""Shadowing: a version scores along, and how it compares with the live one is counted by serving and kept as evidence."""

import msgspec

from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict
from lamplighter.domain.events.routing import ShadowSet
from lamplighter.domain.events.version import EvidenceAdded
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.identity import Actor
from lamplighter.domain.names import unknown
from lamplighter.domain.paired import KIND, ShadowRun, run_of
from lamplighter.domain.route import Served
from lamplighter.domain.routing import Routing, shadowed
from lamplighter.lifecycle import elsewhere, retirement, routing
from lamplighter.lifecycle.kit import Kit


def shadow(kit: Kit, actor: Actor, model: str, environment: Environment, number: int) -> Routing:
    """Let a version score along without answering; 0 ends it.

    Raises `Conflict` where nothing is live, for the version that answers, and for a model that runs elsewhere.
    """
    _bring(kit, model, number)
    with kit.store.transaction() as change:
        elsewhere.check_served(change, model)
        if number:
            retirement.check_goes_on(change, model)
        before = change.routings.of(model, environment.name)
        version = change.versions.find(model=model, number=number)
        if number and version is None:
            raise unknown("version", f"{model}@{number}", (found.name for found in change.versions.all(model=model)))
        _check_live(before, number)
        after = shadowed(before, Served(number=version.number, digest=version.digest) if version else None, kit.clock.now())
        routing.change_routing(change, before, after)
        kit.record(change, ShadowSet(model=model, environment=environment.name, number=number), actor)
    routing.apply(kit, environment.name)
    return after


def _bring(kit: Kit, model: str, number: int) -> None:
    """Have the bytes here before the route names them; raises `Unavailable` where the store is away."""
    with kit.store.reading() as look:
        version = look.versions.find(model=model, number=number)
    if version is not None and version.elsewhere is None:
        kit.bringing.bring(version.digest)


def _check_live(before: Routing, number: int) -> None:
    if before.champion is None:
        raise Conflict(
            f"Nothing of {before.model} is live in {before.environment}.",
            why="A version can only score along with one that answers.",
            fix="Deploy a version there first.",
            code="E1514",
        )
    if before.champion.number == number:
        raise Conflict(
            f"{before.model}@{number} cannot score along with itself.",
            why=f"It is the version that answers in {before.environment}.",
            fix="Choose another version.",
            code="E1515",
        )


def run(kit: Kit, model: str, environment: Environment) -> ShadowRun:
    """The comparison since the shadow began to score along, with the version that is live now.

    Raises `Conflict` where nothing scores along.
    """
    with kit.store.reading() as look:
        look.project(model)
        routed = look.routings.of(model, environment.name)
    if routed.shadow is None or routed.champion is None:
        raise Conflict(
            f"Nothing of {model} scores along in {environment.name}.",
            why="There is no shadow to compare.",
            fix=f"Let a version score along: lamp shadow {model}@8 --env {environment.name}",
            code="E1518",
        )
    return _seen(kit, environment, routed) or ShadowRun(
        model=model,
        environment=environment.name,
        number=routed.shadow.number,
        against=routed.champion.number,
        against_version=routed.champion.digest,
        since=routed.shadow_since,
    )


def _seen(kit: Kit, environment: Environment, routed: Routing) -> ShadowRun | None:
    assert routed.shadow is not None
    assert routed.champion is not None
    for pair in kit.target(environment).observe(environment).pairs:
        same = (pair.model, pair.run, pair.digest) == (routed.model, routed.shadow_since, routed.shadow.digest)
        if same and pair.against_digest == routed.champion.digest:
            return run_of(environment.name, pair)
    return None


def write_down(kit: Kit, actor: Actor, model: str, environment: Environment) -> ShadowRun:
    """Keep the comparison as it is now as evidence of the shadow; raises `Conflict` where nothing scores along."""
    found = run(kit, model, environment)
    with kit.store.transaction() as change:
        shadow = change.versions.find(model=model, number=found.number)
        assert shadow is not None
        facts = msgspec.to_builtins(found)
        evidence = Evidence(version=shadow.digest, kind=KIND, facts=facts, author=actor.email, at=kit.clock.now())
        change.evidence.put(evidence)
        event = EvidenceAdded(model=model, version=shadow.digest, kind=evidence.kind, digest=evidence.digest)
        kit.record(change, event, actor)
    return found
