"""What the calendar of the policy and of the project says of rollouts, and writing down that it holds one or lets it go."""

import msgspec

from lamplighter.domain.emergency import Emergency
from lamplighter.domain.environment import Environment
from lamplighter.domain.events import RolloutHeld, RolloutReleased
from lamplighter.domain.hold import Hold, hold_of
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.project import Project
from lamplighter.domain.rollout import HOLDABLE, Phase, Rollout
from lamplighter.lifecycle import judging
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def hold(kit: Kit, project: Project, environment: Environment) -> Hold | None:
    """What holds rollouts of a model there now; the hours of a project only narrow those of the policy."""
    rules = judging.rules_of(kit.policy, project, environment)
    own = project.env[environment.name].window if environment.name in project.env else ""
    return hold_of(rules.freeze, (rules.windows, (own,) if own else ()), kit.clock.now())


def look(kit: Kit, rollout: Rollout) -> Rollout:
    """The rollout with what holds it now, written down where that has changed."""
    if rollout.phase not in HOLDABLE:
        return rollout
    with kit.store.reading() as look:
        found = None if _passes(kit, look, rollout) else hold(kit, *_place(look, rollout))
    if found == rollout.hold:
        return rollout
    after = msgspec.structs.replace(rollout, hold=found, revision=rollout.revision + 1)
    with kit.store.transaction() as change:
        change.rollouts.replace(after, revision=rollout.revision)
        record(kit, change, after)
    return after


def _place(look: Transaction, rollout: Rollout) -> tuple[Project, Environment]:
    return look.project(rollout.model), look.environment(rollout.environment)


def _passes(kit: Kit, look: Transaction, rollout: Rollout) -> bool:
    """Whether an emergency brings it past the calendar: it has begun, or still may begin."""
    if not rollout.emergency:
        return False
    return rollout.phase is not Phase.PENDING or in_force(kit, look, rollout) is not None


def in_force(kit: Kit, look: Transaction, rollout: Rollout) -> Emergency | None:
    """The emergency of a rollout while it opens the way."""
    found = look.emergencies.find(id=rollout.emergency) if rollout.emergency else None
    return found if found is not None and kit.clock.now() < found.until else None


def record(kit: Kit, change: Transaction, rollout: Rollout) -> None:
    """Say in the journal what holds a rollout, or that nothing does any more."""
    place = {"model": rollout.model, "rollout": rollout.id, "environment": rollout.environment, "number": rollout.number}
    held = rollout.hold
    event = RolloutHeld(**place, rule=held.rule, until=held.until, why=held.why) if held else RolloutReleased(**place)  # type: ignore[arg-type]
    kit.record(change, event, PLATFORM)
