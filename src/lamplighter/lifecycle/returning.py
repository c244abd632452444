"""Returning: all traffic back to a version that was live before."""

from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, TimedOut
from lamplighter.domain.identity import Actor
from lamplighter.domain.names import unknown
from lamplighter.domain.record import Record
from lamplighter.domain.rollout import ON_TRIAL, Phase, Signal
from lamplighter.domain.route import Served
from lamplighter.domain.routing import Routing, promoted
from lamplighter.domain.stage import Duty
from lamplighter.lifecycle import declared, elsewhere, moves, retirement, rights, routing
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.collection import stale
from lamplighter.store.transaction import Transaction

#: How long a rollback is watched until every worker answers by the new route, seconds.
_PATIENCE = 10.0


class Returned(Record, frozen=True):
    """A rollback that has happened."""

    model: str
    environment: str
    before: int
    now: int
    seconds: float


def roll_back(kit: Kit, actor: Actor, model: str, environment: Environment, to: int, reason: str, leaving: int = 0) -> Returned:
    """Give all traffic to the version before, or to `to`, which must have been live there before. Gates are not asked.

    A rollout that is open there is stopped by it. Raises `NotAllowed` in production for whoever gave the duty away, `NotFound`,
    `Conflict` where there is no way back, where the live version is not `leaving` or runs elsewhere, and `TimedOut` if the
    change is recorded but not every worker answers by it yet.
    """
    begun = kit.clock.elapsed()
    if to:
        _bring(kit, model, environment, to)
    with kit.store.transaction() as change:
        change.project(model)
        rights.check_handed(kit, change, actor, model, environment, Duty.ROLL_BACK)
        retirement.check_stands(change, model)
        before = change.routings.of(model, environment.name)
        if leaving and (before.champion is None or before.champion.number != leaving):
            raise stale(f"What is live of {model} in {environment.name}")
        if before.elsewhere:
            raise elsewhere.no_way_back(change, before, to)
        was_live, now_live = _go_back(kit, change, before, to, actor, reason or "rolled back by hand")
    _wait_settled(kit, model, environment)
    return Returned(
        model=model,
        environment=environment.name,
        before=was_live.number if was_live else 0,
        now=now_live.number if now_live else 0,
        seconds=kit.clock.elapsed() - begun,
    )


def _go_back(
    kit: Kit, change: Transaction, before: Routing, to: int, actor: Actor, why: str
) -> tuple[Served | None, Served | None]:
    """Stop what is on trial and return; gives what answered and what answers now."""
    open_one = change.rollouts.find(model=before.model, environment=before.environment, open=True)
    if open_one is not None and open_one.phase in ON_TRIAL:
        moves.move(kit, change, open_one, Signal.STOPPED, actor, why)
        if not to:
            return before.challenger or before.champion, before.champion
    served = _way_back(change, before, to)
    _return(kit, change, change.routings.of(before.model, before.environment), served, actor, why)
    if open_one is not None and open_one.phase is Phase.CONFIRMING:
        moves.move(kit, change, open_one, Signal.STOPPED, actor, why)
    return before.champion, served


def _bring(kit: Kit, model: str, environment: Environment, to: int) -> None:
    """Have the bytes of an earlier version here before the route names them. Those of the version before always are."""
    with kit.store.reading() as look:
        digest = declared.lived(look, model, environment.name).get(to)
    if digest:
        kit.bringing.bring(digest)


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


def _return(kit: Kit, change: Transaction, before: Routing, served: Served, actor: Actor, why: str) -> None:
    routing.change_routing(change, before, promoted(before, served, kit.clock.now()))
    kit.record(change, moves.rolled_back(before, served, why), actor)


def _wait_settled(kit: Kit, model: str, environment: Environment) -> None:
    """Apply the new route; raises `TimedOut` if not every worker answers by it soon."""
    revision = routing.apply(kit, environment.name)
    if not routing.wait_settled(kit, environment.name, revision, _PATIENCE):
        raise TimedOut(
            "The rollback is recorded, but not every worker answers by it yet.",
            why=f"After {_PATIENCE:g} s a worker still had the old route.",
            fix=f"Look with lamp status {model}; the platform goes on trying by itself.",
            code="E1610",
        )
