"""Versions grow old: their owner is told in time, and may let them answer for longer."""

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Conflict, Invalid, NotAllowed
from lamplighter.domain.events.incident import FindingMade
from lamplighter.domain.events.version import VersionExtended
from lamplighter.domain.expiry import DAY, INSTEAD, Action, Age, Expiry
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.instant import minute
from lamplighter.domain.lifetime import Lifetime, lifetime_of
from lamplighter.domain.monitor import Finding, Kind
from lamplighter.domain.ownership import acts_for
from lamplighter.domain.route import Served
from lamplighter.domain.routing import Routing, extended
from lamplighter.domain.stage import Duty
from lamplighter.domain.version import Version
from lamplighter.lifecycle import routing
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: An extension is for this many days at most; whoever needs more says so again.
MOST_DAYS = 365
#: What the incidents of a version's age are measured by, by its age.
MEASURES = {Age.WARNED: "expiry", Age.GRACE: "expired", Age.EXPIRED: "grace-over"}


def extend(kit: Kit, actor: Actor, version: Version, environment: Environment, days: int, reason: str) -> Expiry:
    """Let a live version answer for so many days more, counted from its expiry or from now if that is past.

    Raises `NotAllowed` for everybody but the owner of management, `Invalid` without a reason, and `Conflict` for a version
    that is not live in production.
    """
    if not 1 <= days <= MOST_DAYS or not reason.strip():
        raise Invalid(
            "That is not an extension.",
            why=f"It takes 1 to {MOST_DAYS} days and a reason that people can read later.",
            fix=f'Write lamp extend {version.name} --days 30 --reason "its successor is in acceptance".',
            code="E1127",
        )
    with kit.store.transaction() as change:
        _check_owner(kit, change, actor, version)
        before = change.routings.of(version.model, environment.name)
        now = kit.clock.now()
        lifetime = lifetime_of(kit.policy, change.project(version.model), environment, before, now)
        if lifetime is None or before.champion != Served(number=version.number, digest=version.digest):
            raise Conflict(
                f"{version.name} has no time to extend in {environment.name}.",
                why="Only the version that answers in a production environment expires.",
                fix=f"Look with lamp status {version.model}.",
                code="E1516",
            )
        after = extended(before, max(lifetime.expiry.at, now) + days * DAY)
        routing.change_routing(change, before, after)
        event = VersionExtended(
            model=version.model,
            environment=environment.name,
            number=version.number,
            version=version.digest,
            until=after.extended_to,
            why=reason.strip(),
        )
        kit.record(change, event, actor)
        new = lifetime_of(kit.policy, change.project(version.model), environment, after, now)
    routing.apply(kit, environment.name)
    assert new is not None
    return new.expiry


def _check_owner(kit: Kit, look: Transaction, actor: Actor, version: Version) -> None:
    owner = look.duties(look.project(version.model), kit.clock.now()).of(Duty.RETIRE)
    if owner.holder and not acts_for(owner, actor.person, look.teams.by_name()):
        raise NotAllowed(
            f"You do not extend {version.name}.",
            why=f"How long it answers is the matter of {owner.accountable}, who owns its management.",
            fix=f"Ask {owner.holder}, or change owners.management in lamp.toml.",
            code="E1331",
        )


def watch(kit: Kit) -> None:
    """Tell the owner of every version that expires soon, and again once it has."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        places = {place.name: place for place in look.environments.all() if place.level is Level.PRODUCTION}
        routings = [routing for routing in look.routings.all() if routing.champion and routing.environment in places]
        projects = {project.name: project for project in look.projects.all()} if routings else {}
    for one in routings:
        lifetime = lifetime_of(kit.policy, projects[one.model], places[one.environment], one, now)
        if lifetime is not None and lifetime.age is not Age.FRESH:
            with kit.store.transaction() as change:
                _tell(kit, change, one, lifetime)


def _tell(kit: Kit, change: Transaction, live: Routing, lifetime: Lifetime) -> None:
    """Once for each version, end and age, whatever became of the incident."""
    finding = _finding(kit, live, lifetime)
    for entry in change.journal.of(live.model):
        told = entry.event.finding if isinstance(entry.event, FindingMade) else None
        if told is not None and (told.measure, told.environment, told.number, told.end) == (
            finding.measure,
            finding.environment,
            finding.number,
            finding.end,
        ):
            return
    kit.record(change, FindingMade(model=live.model, finding=finding), PLATFORM)


def _finding(kit: Kit, live: Routing, lifetime: Lifetime) -> Finding:
    assert live.champion is not None
    return Finding(
        model=live.model,
        environment=live.environment,
        number=live.champion.number,
        kind=Kind.LIFETIME,
        measure=MEASURES[lifetime.age],
        value=float(lifetime.days_left),
        limit=0.0,
        sentence=_sentence(live.champion.number, lifetime.expiry, lifetime.age),
        start=kit.clock.now(),
        end=lifetime.expiry.at,
        after_rows=0,
    )


def _sentence(number: int, expiry: Expiry, age: Age) -> str:
    expires = f"v{number} {'expires' if age is Age.WARNED else 'expired'} on {minute(expiry.at)}"
    if expiry.action is Action.SERVE:
        return f"{expires}. It goes on answering, and this stays open until it is extended or replaced."
    then, end = INSTEAD[expiry.action], minute(expiry.ends_at)
    if age is Age.EXPIRED:
        return f"{expires} and its grace is over: since {end} {then}."
    return f"{expires} and answers until {end}; then {then}."
