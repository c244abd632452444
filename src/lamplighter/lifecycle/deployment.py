"""Deployment: ask for a version to go live, steer it, and return to the version before."""

from lamplighter.domain.decision import Decision
from lamplighter.domain.emergency import Emergency
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Conflict, NotAllowed, TimedOut
from lamplighter.domain.events.rollout import RolloutMoved
from lamplighter.domain.events.routing import RolledBack, ShadowSet, WentLive, Withdrawn
from lamplighter.domain.identity import Actor
from lamplighter.domain.names import unknown
from lamplighter.domain.outcome import Outcome
from lamplighter.domain.ownership import acts_for, ownership_of
from lamplighter.domain.project import EnvironmentPlan
from lamplighter.domain.record import Record
from lamplighter.domain.rollout import Phase, Rollout, Signal, advance, looked
from lamplighter.domain.route import Served
from lamplighter.domain.routing import Routing, declared_live, emptied, promoted, shadowed, with_challenger, withdrawn
from lamplighter.domain.stage import Duty
from lamplighter.domain.version import Version
from lamplighter.lifecycle import declared, elsewhere, holding, judging, replays, routing
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.collection import stale
from lamplighter.store.transaction import Transaction

#: Phases of a rollout that a rollback stops: its version may get, or has, a share of the traffic.
_ON_TRIAL = (Phase.PENDING, Phase.STARTING, Phase.SHIFTING, Phase.PAUSED)
#: How long a rollback is watched until every worker answers by the new route, seconds.
_PATIENCE = 10.0


class Returned(Record, frozen=True):
    """A rollback that has happened."""

    model: str
    environment: str
    before: int
    now: int
    seconds: float


def deploy(kit: Kit, actor: Actor, version: Version, environment: Environment) -> tuple[Decision, Rollout | None]:
    """Judge a version for an environment; where no gate refuses it is on its way, or waits for people.

    Raises `NotAllowed` in production for whoever does not hold the duty, and `Conflict` while another rollout is open.
    """
    with kit.store.transaction() as change:
        check(kit, change, actor, version, environment)
        check_free(change, version, environment)
        return ask(kit, change, actor, version, environment)


def check(kit: Kit, change: Transaction, actor: Actor, version: Version, environment: Environment) -> None:
    """Raise what `deploy` raises, but for an open rollout; nothing is judged yet."""
    if environment.level is Level.PRODUCTION:
        check_duty(change, actor, version)
    declared.check(change, version, environment)
    project = change.project(version.model)
    declared.check_durability(kit.policy, project, environment)
    plan = project.env.get(environment.name, EnvironmentPlan())
    declared.check_hooks(kit.settings, plan)
    elsewhere.check_hooks(version, plan)
    judging.check_plan(kit.policy, project, environment)


def ask(
    kit: Kit,
    change: Transaction,
    actor: Actor,
    version: Version,
    environment: Environment,
    emergency: Emergency | None = None,
) -> tuple[Decision, Rollout | None]:
    """Judge a version and, where no gate refuses it, put it on its way; in an emergency past what that passes."""
    replays.ask(kit, change, actor, version, environment)
    decision = judging.judge(kit, change, version, environment, actor, emergency)
    judging.write_down(kit, change, decision, actor)
    if not (decision.passed or decision.waiting):
        return decision, None
    champion = change.routings.of(version.model, environment.name).champion
    project = change.project(version.model)
    own = project.env.get(environment.name, EnvironmentPlan())
    rollout = Rollout(
        id=change.counters.id("R"),
        model=version.model,
        environment=environment.name,
        number=version.number,
        version=version.digest,
        previous=champion.number if champion else 0,
        decision=decision.digest,
        asked_by=actor.email,
        plan=judging.plan_of(kit.policy, project, environment),
        phase=Phase.PENDING if decision.passed else Phase.WAITING,
        opened_at=kit.clock.now(),
        moved_at=kit.clock.now(),
        why="Every gate passed." if decision.passed else "It waits for people.",
        elsewhere=version.elsewhere is not None,
        hold=holding.hold(kit, project, environment) if decision.passed and not emergency else None,
        emergency=emergency.id if emergency else "",
        before=own.before,
        after=own.after,
    )
    change.rollouts.add(rollout)
    kit.record(change, moved_event(rollout), actor)
    if rollout.hold:
        holding.record(kit, change, rollout)
    return decision, rollout


def check_duty(change: Transaction, actor: Actor, version: Version) -> None:
    """Raise `NotAllowed` for everybody but those who may do the duty to deploy, where somebody holds it."""
    teams = change.teams.by_name()
    duties = ownership_of(change.project(version.model), change.people.by_email(), teams)
    if duties.of(Duty.DEPLOY).holder and not acts_for(duties.of(Duty.DEPLOY), actor.person, teams):
        raise NotAllowed(
            f"You do not deploy {version.model}.",
            why=f"The duty is {duties.of(Duty.DEPLOY).accountable}'s.",
            fix=f"Ask {duties.of(Duty.DEPLOY).holder}, or change owners.deployment in lamp.toml.",
            code="E1330",
        )


def check_free(change: Transaction, version: Version, environment: Environment) -> None:
    """Raise `Conflict` while a rollout of the model is open there, and where the version is live already."""
    open_one = change.rollouts.find(model=version.model, environment=environment.name, open=True)
    if open_one is not None:
        raise Conflict(
            f"Another rollout of {version.model} is open in {environment.name}.",
            why=f"{open_one.id} brings v{open_one.number} and is {open_one.phase}.",
            fix=f"Wait for it, or stop it: lamp rollout stop {open_one.id}",
            code="E1511",
        )
    if change.routings.of(version.model, environment.name).champion == Served(number=version.number, digest=version.digest):
        raise Conflict(
            f"{version.name} is live in {environment.name} already.",
            why="It has all the traffic there.",
            fix="There is nothing to do.",
            code="E1512",
        )


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


def move(
    kit: Kit,
    change: Transaction,
    rollout: Rollout,
    signal: Signal,
    actor: Actor,
    why: str,
    outcome: Outcome | None = None,
) -> Rollout:
    """Record the next step of a rollout and the traffic it asks for, before anything of it is applied; with `outcome` the
    numbers that it rests on."""
    after = advance(looked(rollout, outcome) if outcome else rollout, signal, now=kit.clock.now(), why=why)
    change.rollouts.replace(after, revision=rollout.revision)
    kit.record(change, moved_event(after, outcome), actor)
    before = change.routings.of(rollout.model, rollout.environment)
    desired = _desired(before, after, kit.clock.now())
    if desired != before:
        routing.change_routing(change, before, desired)
    if after.phase is Phase.COMPLETING:
        kit.record(change, _went_live(after), actor)
    if after.phase is Phase.WITHDRAWING:
        event = Withdrawn(
            model=after.model, environment=after.environment, number=after.number, rollout=after.id, why=f"{signal}: {why}"
        )
        kit.record(change, event, actor)
        if rollout.phase is Phase.CONFIRMING and desired.champion not in (None, before.champion):
            kit.record(change, _rolled_back(before, desired.champion, why), actor)
    return after


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


def steer(kit: Kit, actor: Actor, key: str, signal: Signal, why: str) -> Rollout:
    """Pause, resume or stop a rollout; raises `NotFound`, or `Conflict` for a move that does not exist."""
    with kit.store.transaction() as change:
        rollout = change.rollouts.find(id=key)
        if rollout is None:
            raise unknown("rollout", key, (found.id for found in change.rollouts.all(open=True)))
        live = change.routings.of(rollout.model, rollout.environment)
        if rollout.phase is Phase.CONFIRMING and live.elsewhere:
            raise elsewhere.no_way_back(change, live, 0)
        after = move(kit, change, rollout, signal, actor, why)
    routing.apply(kit, after.environment)
    return after


def roll_back(kit: Kit, actor: Actor, model: str, environment: Environment, to: int, reason: str, leaving: int = 0) -> Returned:
    """Give all traffic to the version before, or to `to`, which must have been live there before. Gates are not asked.

    A rollout that is open there is stopped by it. Raises `NotFound`, `Conflict` where there is no way back, where the live
    version is not `leaving` or runs elsewhere, and `TimedOut` if the change is recorded but not every worker answers by it yet.
    """
    begun = kit.clock.elapsed()
    with kit.store.transaction() as change:
        change.project(model)
        before = change.routings.of(model, environment.name)
        if leaving and (before.champion is None or before.champion.number != leaving):
            raise stale(f"What is live of {model} in {environment.name}")
        if before.elsewhere:
            raise elsewhere.no_way_back(change, before, to)
        open_one = change.rollouts.find(model=model, environment=environment.name, open=True)
        stopped = open_one is not None and open_one.phase in _ON_TRIAL
        if open_one is not None and stopped:
            move(kit, change, open_one, Signal.STOPPED, actor, reason or "rolled back by hand")
        if stopped and not to:
            now_live, was_live = before.champion, before.challenger or before.champion
        else:
            now_live, was_live = _way_back(change, before, to), before.champion
            _return(kit, change, change.routings.of(model, environment.name), now_live, actor, reason)
        if open_one is not None and open_one.phase is Phase.CONFIRMING:
            move(kit, change, open_one, Signal.STOPPED, actor, reason or "rolled back by hand")
    revision = routing.apply(kit, environment.name)
    if not routing.wait_settled(kit, environment.name, revision, _PATIENCE):
        raise TimedOut(
            "The rollback is recorded, but not every worker answers by it yet.",
            why=f"After {_PATIENCE:g} s a worker still had the old route.",
            fix=f"Look with lamp status {model}; the platform goes on trying by itself.",
            code="E1610",
        )
    return Returned(
        model=model,
        environment=environment.name,
        before=was_live.number if was_live else 0,
        now=now_live.number if now_live else 0,
        seconds=kit.clock.elapsed() - begun,
    )


def _way_back(change: Transaction, before: Routing, to: int) -> Served:
    if not to:
        if before.previous is None:
            raise Conflict(
                f"There is no way back for {before.model} in {before.environment}.",
                why="No other version was live there before.",
                fix="Deploy another version.",
                code="E1513",
            )
        return before.previous
    lived = declared.lived(change, before.model, before.environment)
    if to not in lived:
        raise unknown("earlier live version", f"{before.model}@{to}", (f"{before.model}@{number}" for number in lived))
    return Served(number=to, digest=lived[to])


def _return(kit: Kit, change: Transaction, before: Routing, served: Served, actor: Actor, reason: str) -> None:
    after = promoted(before, served, kit.clock.now())
    routing.change_routing(change, before, after)
    kit.record(change, _rolled_back(before, served, reason or "rolled back by hand"), actor)


def _rolled_back(before: Routing, served: Served, why: str) -> RolledBack:
    return RolledBack(
        model=before.model,
        environment=before.environment,
        number=served.number,
        version=served.digest,
        previous=before.champion.number if before.champion else 0,
        why=why,
    )


def shadow(kit: Kit, actor: Actor, model: str, environment: Environment, number: int) -> Routing:
    """Let a version score along without answering; 0 ends it.

    Raises `Conflict` where nothing is live, for the version that answers, and for a model that runs elsewhere.
    """
    with kit.store.transaction() as change:
        elsewhere.check_served(change, model)
        before = change.routings.of(model, environment.name)
        version = change.versions.find(model=model, number=number)
        if number and version is None:
            raise unknown("version", f"{model}@{number}", (found.name for found in change.versions.all(model=model)))
        if before.champion is None:
            raise Conflict(
                f"Nothing of {model} is live in {environment.name}.",
                why="A version can only score along with one that answers.",
                fix="Deploy a version there first.",
                code="E1514",
            )
        if before.champion.number == number:
            raise Conflict(
                f"{model}@{number} cannot score along with itself.",
                why=f"It is the version that answers in {environment.name}.",
                fix="Choose another version.",
                code="E1515",
            )
        after = shadowed(before, Served(number=version.number, digest=version.digest) if version else None, kit.clock.now())
        routing.change_routing(change, before, after)
        kit.record(change, ShadowSet(model=model, environment=environment.name, number=number), actor)
    routing.apply(kit, environment.name)
    return after
