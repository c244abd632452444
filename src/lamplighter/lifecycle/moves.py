"""The next step of a rollout, written down with the traffic it asks for before anything of it is applied."""

from collections.abc import Iterator

from lamplighter.domain.events.rollout import RolloutMoved
from lamplighter.domain.events.routing import RolledBack, RoutingEvent, WentLive, Withdrawn
from lamplighter.domain.identity import Actor
from lamplighter.domain.outcome import Outcome
from lamplighter.domain.rollout import Phase, Rollout, Signal, advance, looked
from lamplighter.domain.route import Served
from lamplighter.domain.routing import Routing, declared_live, emptied, promoted, with_challenger, withdrawn
from lamplighter.lifecycle import routing
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def move(
    kit: Kit,
    change: Transaction,
    rollout: Rollout,
    signal: Signal,
    actor: Actor,
    why: str,
    outcome: Outcome | None = None,
) -> Rollout:
    """Record the next step of a rollout and the traffic it asks for; with `outcome` the numbers that it rests on."""
    after = advance(looked(rollout, outcome) if outcome else rollout, signal, now=kit.clock.now(), why=why)
    change.rollouts.replace(after, revision=rollout.revision)
    kit.record(change, moved_event(after, outcome), actor)
    before = change.routings.of(rollout.model, rollout.environment)
    desired = _desired(before, after, kit.clock.now())
    if desired != before:
        routing.change_routing(change, before, desired)
    for event in _of_traffic(rollout, after, before, desired.champion, signal):
        kit.record(change, event, actor)
    return after


def moved_event(rollout: Rollout, outcome: Outcome | None = None) -> RolloutMoved:
    """What the journal says of a rollout's step."""
    return RolloutMoved(
        model=rollout.model,
        rollout=rollout.id,
        environment=rollout.environment,
        number=rollout.number,
        phase=rollout.phase,
        share=rollout.share,
        why=rollout.why,
        outcome=outcome,
    )


def _of_traffic(
    rollout: Rollout, after: Rollout, before: Routing, now_live: Served | None, signal: Signal
) -> Iterator[RoutingEvent]:
    """What the journal says of the traffic after a step."""
    if after.phase is Phase.COMPLETING:
        yield _went_live(after)
    if after.phase is Phase.WITHDRAWING:
        yield Withdrawn(
            model=after.model,
            environment=after.environment,
            number=after.number,
            rollout=after.id,
            why=f"{signal}: {after.why}",
        )
        if rollout.phase is Phase.CONFIRMING and now_live not in (None, before.champion):
            yield rolled_back(before, now_live, after.why)


def _went_live(rollout: Rollout) -> WentLive:
    return WentLive(
        model=rollout.model,
        environment=rollout.environment,
        number=rollout.number,
        version=rollout.version,
        previous=rollout.previous,
        decision=rollout.decision,
        rollout=rollout.id,
    )


def rolled_back(before: Routing, served: Served, why: str) -> RolledBack:
    """What the journal says when a version has all traffic again."""
    return RolledBack(
        model=before.model,
        environment=before.environment,
        number=served.number,
        version=served.digest,
        previous=before.champion.number if before.champion else 0,
        why=why,
    )


def _desired(before: Routing, rollout: Rollout, now: int) -> Routing:
    served = Served(number=rollout.number, digest=rollout.version)
    match rollout.phase:
        case Phase.STARTING | Phase.SHIFTING:
            return _on_trial(before, served, rollout.share, now)
        case Phase.COMPLETING if before.champion != served:
            return declared_live(before, served, now) if rollout.elsewhere else promoted(before, served, now)
        case Phase.WITHDRAWING if before.champion == served:
            return promoted(before, before.previous, now) if rollout.previous and before.previous else emptied(before)
        case Phase.WITHDRAWING:
            return withdrawn(before)
        case _:
            return before


def _on_trial(before: Routing, served: Served, share: float, now: int) -> Routing:
    if before.champion in (None, served):
        return before if before.champion else promoted(before, served, now)
    if before.challenger == served and before.share == share:
        return before
    return with_challenger(before, served, share)
