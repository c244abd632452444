"""Replays are asked for where the rule book has the gate `consumers` and something is live; once for each pair of versions."""

from collections.abc import Collection

from lamplighter.domain.environment import Environment
from lamplighter.domain.events.consumer import ReplayMoved
from lamplighter.domain.events.version import VersionRegistered
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.journal import Entry
from lamplighter.domain.replay import KIND, Replay, State, Step, advance, replayed
from lamplighter.domain.version import Version
from lamplighter.lifecycle import judging
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: The gate that wants a replay.
GATE = "consumers"


def ask(
    kit: Kit,
    change: Transaction,
    actor: Actor,
    version: Version,
    environment: Environment,
    repeat: Collection[State] = (State.DONE, State.FAILED),
) -> None:
    """Ask for the replay of a version against the live one, unless it is under way or its figures are the newest evidence.

    One that has ended in a state of `repeat` is made again. Nothing is asked of a version that runs elsewhere.
    """
    if version.elsewhere:
        return
    champion = change.routings.of(version.model, environment.name).champion
    wanted = judging.rules_of(kit.policy, change.project(version.model), environment).gates
    if champion is None or champion.digest == version.digest or not any(use["use"] == GATE for use in wanted):
        return
    known = change.replays.find(version=version.digest, live=champion.digest, environment=environment.name)
    if known is not None:
        if known.state in repeat and not _is_evidence(change, known):
            move(kit, change, actor, known, Step.REPEAT)
        return
    asked = Replay(
        id=change.counters.id("P"),
        model=version.model,
        environment=environment.name,
        number=version.number,
        version=version.digest,
        live_number=champion.number,
        live=champion.digest,
        asked_at=kit.clock.now(),
        moved_at=kit.clock.now(),
    )
    change.replays.add(asked)
    kit.record(change, moved_event(asked), actor)


def _is_evidence(look: Transaction, replay: Replay) -> bool:
    """Whether the newest figures of the version are those of this replay: a later one against another version covers them."""
    evidence = look.evidence.newest(replay.version).get(KIND)
    return replayed(evidence.facts if evidence else None, replay.environment, replay.live) is not None


def ask_everywhere(kit: Kit, entry: Entry) -> None:
    """A version that has just come in is replayed at once, so that its figures are there before anybody is asked to sign."""
    event = entry.event
    assert isinstance(event, VersionRegistered)
    with kit.store.transaction() as change:
        version = change.versions.find(model=event.model, number=event.number)
        for environment in change.environments.all() if version is not None else []:
            assert version is not None
            ask(kit, change, PLATFORM, version, environment)


def move(kit: Kit, change: Transaction, actor: Actor, replay: Replay, step: Step, why: str = "") -> Replay:
    """Record the next state of a replay."""
    after = advance(replay, step, now=kit.clock.now(), why=why)
    change.replays.replace(after, revision=replay.revision)
    kit.record(change, moved_event(after), actor)
    return after


def moved_event(replay: Replay) -> ReplayMoved:
    """What the journal says of a replay."""
    return ReplayMoved(
        model=replay.model,
        replay=replay.id,
        environment=replay.environment,
        number=replay.number,
        live=replay.live_number,
        state=replay.state,
        why=replay.why,
    )
