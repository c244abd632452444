"""A rollback that is practised where no customer calls: the live version and the one before it stand in for an hour of need.

What is live there meanwhile is put back afterwards; whoever practises sees the real command do its real work.
"""

import httpx2
import msgspec

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Blocked, Unavailable
from lamplighter.domain.handover import State
from lamplighter.domain.identity import Actor
from lamplighter.domain.record import Record
from lamplighter.domain.routing import Routing
from lamplighter.domain.version import Version
from lamplighter.lifecycle import authentication, drills, handover_checks, returning, routing, tokens
from lamplighter.lifecycle.handover_checks import Place
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: How long the processes there may take until they answer by the live version, seconds.
_PATIENCE = 20.0
#: Microseconds after which a rehearsal whose versions are still live is over: all that it waits for takes half of it.
_LONGEST = 300 * 1_000_000
#: Requests that are asked afterwards, each on a connection of its own.
_REQUESTS = 10


class Rehearsed(Record, frozen=True):
    """A rollback that was practised."""

    environment: str
    before: int
    now: int
    #: From the word of the person until every process answered by the earlier version.
    seconds: float
    #: Requests that were sent afterwards, and those that the earlier version answered.
    asked: int
    answered: int


def stage(look: Transaction, model: str) -> Routing:
    """What is live where a rollback can be practised: the most protected environment that is not production and in which
    nothing of the model is under way. Raises `Blocked` if there is none."""
    order = list(Level)
    places = [place for place in look.environments.all() if place.level is not Level.PRODUCTION]
    busy = {rollout.environment for rollout in look.rollouts.all(model=model, open=True)}
    free = [place for place in places if place.name not in busy]
    if not free:
        raise Blocked(
            "There is nowhere to practise a rollback.",
            why="A rollout is under way in each environment." if places else "There is no environment but production.",
            fix="Wait for it." if places else "Add one with lamp env add.",
            code="E1418",
        )
    return look.routings.of(model, max(free, key=lambda place: order.index(place.level)).name)


def rehearse(kit: Kit, actor: Actor, key: str, aside: Routing) -> Rehearsed:
    """Practise a rollback of the live version, as the actor, for the handover `key`; `aside` is put back afterwards.

    Raises `Blocked` where there is no version to return to, and `Unavailable` where nothing answers.
    """
    model = aside.model
    with kit.store.reading() as look:
        live = handover_checks.place_of(look, model)
        environment = look.environment(aside.environment)
    leaving, earlier = _pair(kit, live)
    begin = Routing(
        model=model,
        environment=environment.name,
        champion=live.routing.champion,
        previous=live.routing.previous,
        live_since=kit.clock.now(),
    )
    try:
        _put(kit, begin)
        _wait(kit, environment)
        done = returning.roll_back(kit, actor, model, environment, 0, f"practised for {key}", leaving.number)
        answered = _answered(kit, actor, environment, earlier)
    finally:
        _put(kit, aside)
    return Rehearsed(
        environment=environment.name,
        before=done.before,
        now=done.now,
        seconds=done.seconds,
        asked=_REQUESTS,
        answered=answered,
    )


def put_right(kit: Kit) -> None:
    """Put back what was live where a rehearsal was cut off, such as by the end of the control plane."""
    before = kit.clock.now() - _LONGEST
    with kit.store.reading() as look:
        cut_off = [
            (one, one.aside, look.routings.of(one.model, one.aside.environment))
            for one in look.handovers.all(state=State.OPEN)
            if one.aside is not None
        ]
    for one, aside, now in cut_off:
        if now.live_since > before:
            continue
        if msgspec.structs.replace(aside, revision=now.revision) != now:
            _put(kit, aside)
        with kit.store.transaction() as change:
            after = msgspec.structs.replace(one, aside=None, revision=one.revision + 1)
            change.handovers.replace(after, revision=one.revision)


def _pair(kit: Kit, live: Place) -> tuple[Version, Version]:
    """The live version and the one before it."""
    champion, previous = live.routing.champion, live.routing.previous
    if champion is None or previous is None:
        raise Blocked(
            f"{live.routing.model} has no version to return to.",
            why=f"Only one was ever live in {live.environment.name}.",
            fix="Deploy another one first.",
            code="E1418",
        )
    with kit.store.reading() as look:
        found = [look.versions.find(model=live.routing.model, number=one.number) for one in (champion, previous)]
    leaving, earlier = found
    assert leaving is not None
    assert earlier is not None
    return leaving, earlier


def _put(kit: Kit, wanted: Routing) -> None:
    with kit.store.transaction() as change:
        before = change.routings.of(wanted.model, wanted.environment)
        routing.change_routing(change, before, msgspec.structs.replace(wanted, revision=before.revision + 1))
    routing.apply(kit, wanted.environment)


def _wait(kit: Kit, environment: Environment) -> None:
    revision = routing.apply(kit, environment.name)
    if not routing.wait_settled(kit, environment.name, revision, _PATIENCE):
        raise _silent(environment, f"After {_PATIENCE:g} s it did not answer by the live version.")


def _answered(kit: Kit, actor: Actor, environment: Environment, earlier: Version) -> int:
    """How many requests the earlier version answers."""
    secret = tokens.issue_drill(kit, actor.email, earlier.model).secret
    try:
        routing.apply(kit, environment.name)
        with httpx2.Client(base_url=environment.address, timeout=10.0, trust_env=False) as client:
            asked = drills.Asking(client, earlier, secret)
            asked.admitted()
            return sum(asked.is_own(asked.ordinary(Connection="close")) for _ in range(_REQUESTS))
    except httpx2.HTTPError as error:
        raise _silent(environment, f"{type(error).__name__} at {environment.address}.") from None
    finally:
        authentication.end_session(kit, secret)


def _silent(environment: Environment, why: str) -> Unavailable:
    return Unavailable(
        f"{environment.name} does not answer, so that nothing can be practised there.",
        why=why,
        fix="Look with lamp doctor, then practise again.",
        code="E1762",
    )
