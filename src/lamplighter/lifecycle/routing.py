"""From what should be live to what is: the route of an environment is made from the store and applied by its target.

Applying is idempotent and always uses the newest state, so it may be repeated after a crash, at any time, by anybody.
"""

import time
from collections.abc import Iterable

from lamplighter.domain.environment import Environment
from lamplighter.domain.identity import Permission, Purpose
from lamplighter.domain.job import HOLDER
from lamplighter.domain.observation import Observation
from lamplighter.domain.outage import DRILL
from lamplighter.domain.route import Credential, Credentials, Route
from lamplighter.domain.routing import Routing
from lamplighter.lifecycle import declared, retirement
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: Seconds that whoever looks waits for a change to end. A start that waits for what is left of the group before takes longer.
_CHANGING = 1.0
#: Seconds that a route waits for bytes which are not known to be on the disk.
_BRINGING = 0.5


def change_routing(change: Transaction, before: Routing, after: Routing) -> None:
    """Keep the next desired state and give the environment a new revision; raises `Conflict` if somebody was faster.

    What runs elsewhere is in no route, so the environment has nothing to learn of it.
    """
    change.routings.save(before, after)
    if not after.elsewhere:
        change.counters.next(_revision(after.environment))


def renew(change: Transaction, model: str) -> list[str]:
    """Give every environment in which a model is live a new revision, because its project says something else about
    answering; their names, to be applied afterwards."""
    names = [routing.environment for routing in change.routings.all(model=model) if routing.route()]
    renew_places(change, names)
    return names


def renew_places(change: Transaction, names: Iterable[str]) -> None:
    """Give environments a new revision, to be applied afterwards."""
    for name in names:
        change.counters.next(_revision(name))


def revision(look: Transaction, environment: str) -> int:
    """The revision by which everything in an environment should answer."""
    return look.counters.value(_revision(environment))


def _revision(environment: str) -> str:
    return f"route {environment}"


def apply(kit: Kit, name: str) -> int:
    """Make the environment answer by the newest route, starting its process group if needed; gives the revision told."""
    with kit.routes[name]:
        with kit.store.reading() as look:
            environment = look.environment(name)
            told = revision(look, name)
            routings = look.routings.all(environment=name)
            credentials = _credentials(kit, look, name)
            made = [declared.model_route(kit, look, environment, routing) for routing in routings]
            gone = retirement.gone_in(look, name)
        models = tuple(route for route in made if route is not None)
        named = {served.digest for route in models for served in route.versions()}
        # Nothing is named anew whose bytes are not here: only a disk that was lost or is new can lack them.
        kit.bringing.awaited[name] = kit.bringing.lacking(named, _BRINGING)
        target = kit.target(environment)
        target.route(environment, Route(environment=name, revision=told, models=models, gone=gone), credentials)
        if models or gone:
            target.apply(environment)
        return told


def apply_everywhere(kit: Kit) -> None:
    """Tell every environment who may call it, after somebody gained or lost a token."""
    for name in environments(kit):
        apply(kit, name)


def environments(kit: Kit) -> list[str]:
    """The name of every environment."""
    with kit.store.reading() as look:
        return [environment.name for environment in look.environments.all()]


def _credentials(kit: Kit, look: Transaction, environment: str) -> Credentials:
    people, now = look.people.by_email(), kit.clock.now()
    callers = [c for c in look.credentials.all(purpose=Purpose.TOKEN) if c.valid(now) and c.email in people]
    tokens = tuple(
        Credential(token_digest=c.digest, holder=c.email, expires_at=c.expires_at)
        for c in callers
        if people[c.email].may(Permission.PREDICT)
    )
    return Credentials(tokens=tokens + _applications(look, environment, now) + _drills(look, now))


def _applications(look: Transaction, environment: str, now: int) -> tuple[Credential, ...]:
    """Tokens of applications and of runs of jobs for this environment, each for the models it names."""
    open_ones = {account.name for account in look.consumers.all() if account.active}
    return tuple(
        Credential(token_digest=c.digest, holder=c.email, models=c.models, expires_at=c.expires_at)
        for c in look.credentials.all(purpose=Purpose.PREDICT)
        if c.environment == environment and (c.email in open_ones or c.email.startswith(HOLDER)) and c.valid(now)
    )


def _drills(look: Transaction, now: int) -> tuple[Credential, ...]:
    """Tokens of drills that are under way, each for one model."""
    return tuple(
        Credential(token_digest=c.digest, holder=f"{DRILL}{c.email}", models=(c.label,), expires_at=c.expires_at, drills=True)
        for c in look.credentials.all(purpose=Purpose.DRILL)
        if c.valid(now)
    )


def observe(kit: Kit, name: str) -> Observation:
    """What the environment says of itself, between two changes where these do not take long: a group that is being started anew
    is not one that died."""
    changing = kit.routes[name]
    is_free = changing.acquire(timeout=_CHANGING)
    try:
        with kit.store.reading() as look:
            environment = look.environment(name)
        return kit.target(environment).observe(environment)
    finally:
        if is_free:
            changing.release()


def is_changing(kit: Kit, name: str) -> bool:
    """Whether an environment is being started or given another route."""
    return kit.routes[name].locked()


def has_arrived(kit: Kit, name: str) -> bool:
    """Whether bytes that the route of an environment names have come since it was written."""
    awaited = kit.bringing.awaited.get(name, [])
    return kit.bringing.lacking(awaited) != awaited


def wanted_revision(kit: Kit, name: str) -> int:
    """The newest revision of an environment's route."""
    with kit.store.reading() as look:
        return look.counters.value(_revision(name))


def settled(observation: Observation, revision: int) -> bool:
    """Whether every worker answers by this route or a newer one."""
    return observation.alive and observation.revision >= revision


def serves_nothing(kit: Kit, name: str) -> bool:
    """Whether no model is to answer in the environment and no caller to be told of one that has gone, so that it needs no
    processes and has nothing to learn."""
    with kit.store.reading() as look:
        is_asked = any(routing.route() for routing in look.routings.all(environment=name))
        return not is_asked and not retirement.gone_in(look, name)


def wait_settled(kit: Kit, name: str, revision: int, seconds: float) -> bool:
    """Wait until every worker answers by a route; whether it came to that in time."""
    with kit.store.reading() as look:
        environment: Environment = look.environment(name)
    deadline = kit.clock.elapsed() + seconds
    while kit.clock.elapsed() < deadline:
        if settled(kit.target(environment).observe(environment), revision):
            return True
        time.sleep(0.01)
    return False
