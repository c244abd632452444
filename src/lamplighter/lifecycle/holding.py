"""What the calendar of the policy and of the project says of rollouts, and writing down that it holds one or lets it go."""

import msgspec

from lamplighter.domain.environment import Environment
from lamplighter.domain.events import RolloutHeld, RolloutReleased
from lamplighter.domain.hold import Hold, hold_of
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.project import Project
from lamplighter.domain.rollout import HOLDABLE, Rollout
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
        found = hold(kit, look.project(rollout.model), look.environment(rollout.environment))
    if found == rollout.hold:
        return rollout
    after = msgspec.structs.replace(rollout, hold=found, revision=rollout.revision + 1)
    with kit.store.transaction() as change:
        change.rollouts.replace(after, revision=rollout.revision)
        record(kit, change, after)
    return after


def record(kit: Kit, change: Transaction, rollout: Rollout) -> None:
    """Say in the journal what holds a rollout, or that nothing does any more."""
    place = {"model": rollout.model, "rollout": rollout.id, "environment": rollout.environment, "number": rollout.number}
    held = rollout.hold
    event = RolloutHeld(**place, rule=held.rule, until=held.until, why=held.why) if held else RolloutReleased(**place)  # type: ignore[arg-type]
    kit.record(change, event, PLATFORM)
