"""How a shadow compares with the live version, as serving has counted it, and the same as evidence."""

import msgspec

from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict
from lamplighter.domain.events.version import EvidenceAdded
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.identity import Actor
from lamplighter.domain.paired import ShadowRun, run_of
from lamplighter.domain.routing import Routing
from lamplighter.lifecycle.kit import Kit


def run(kit: Kit, model: str, environment: Environment) -> ShadowRun:
    """The comparison since the shadow began to score along, with the version that is live now.

    Raises `Conflict` where nothing scores along.
    """
    with kit.store.reading() as look:
        look.project(model)
        routing = look.routings.of(model, environment.name)
    if routing.shadow is None or routing.champion is None:
        raise Conflict(
            f"Nothing of {model} scores along in {environment.name}.",
            why="There is no shadow to compare.",
            fix=f"Let a version score along: lamp shadow {model}@8 --env {environment.name}",
            code="E1518",
        )
    return _seen(kit, environment, routing) or ShadowRun(
        model=model,
        environment=environment.name,
        number=routing.shadow.number,
        against=routing.champion.number,
        against_version=routing.champion.digest,
        since=routing.shadow_since,
    )


def _seen(kit: Kit, environment: Environment, routing: Routing) -> ShadowRun | None:
    assert routing.shadow is not None
    assert routing.champion is not None
    for pair in kit.target(environment).observe(environment).pairs:
        same = (pair.model, pair.run, pair.digest) == (routing.model, routing.shadow_since, routing.shadow.digest)
        if same and pair.against_digest == routing.champion.digest:
            return run_of(environment.name, pair)
    return None


def write_down(kit: Kit, actor: Actor, model: str, environment: Environment) -> ShadowRun:
    """Keep the comparison as it is now as evidence of the shadow; raises `Conflict` where nothing scores along."""
    found = run(kit, model, environment)
    with kit.store.transaction() as change:
        shadow = change.versions.find(model=model, number=found.number)
        assert shadow is not None
        facts = msgspec.to_builtins(found)
        evidence = Evidence(version=shadow.digest, kind="shadow", facts=facts, author=actor.email, at=kit.clock.now())
        change.evidence.put(evidence)
        event = EvidenceAdded(model=model, version=shadow.digest, kind=evidence.kind, digest=evidence.digest)
        kit.record(change, event, actor)
    return found
