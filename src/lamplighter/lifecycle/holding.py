"""What the calendar of the policy and of the project, and waivers that are over, say of rollouts, and writing down that
something holds one or lets it go."""

from collections.abc import Mapping, Sequence
from functools import cache, partial

import msgspec

from lamplighter.domain.emergency import Emergency
from lamplighter.domain.environment import Environment
from lamplighter.domain.events.rollout import RolloutHeld, RolloutReleased
from lamplighter.domain.freeze import Freeze
from lamplighter.domain.hold import Hold, hold_of
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.project import Project
from lamplighter.domain.rollout import HOLDABLE, Phase, Rollout
from lamplighter.domain.switch import Off
from lamplighter.domain.waiver import AtExpiry, Waiver
from lamplighter.lifecycle import judging
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def hold(kit: Kit, project: Project, environment: Environment) -> Hold | None:
    """What holds rollouts of a model there now; the hours of a project only narrow those of the policy."""
    return hold_of(*_rules(kit, project, environment), kit.clock.now())


def _rules(kit: Kit, project: Project, environment: Environment) -> tuple[tuple[Freeze, ...], tuple[tuple[str, ...], ...]]:
    """The freezes and the windows of a model there."""
    rules = judging.rules_of(kit.policy, project, environment)
    own = project.env[environment.name].window if environment.name in project.env else ""
    return rules.freeze, (rules.windows, (own,) if own else ())


class Calendar:
    """What holds some rollouts now: read once for all of them, and worked out once for those under the same rules."""

    def __init__(self, kit: Kit, look: Transaction, rollouts: Sequence[Rollout]) -> None:
        self._kit = kit
        holdable = [one for one in rollouts if one.phase in HOLDABLE]
        self._projects = {one.name: one for one in look.projects.among("model", [one.model for one in holdable])}
        self._environments = {one.name: one for one in look.environments.all()} if holdable else {}
        self._passing = {one.id for one in holdable if _passes(kit, look, one)}
        self._found = cache(partial(hold_of, now=kit.clock.now()))
        self._lapsed = _lapsed(kit, look, holdable)
        routings = look.routings.among("model", [one.model for one in holdable])
        self._off = {(one.model, one.environment): _hold_of_switch(one.off) for one in routings if one.off}

    def hold(self, rollout: Rollout) -> Hold | None:
        """What holds one of them."""
        if rollout.phase not in HOLDABLE:
            return None
        if (rollout.model, rollout.environment) in self._off:
            return self._off[rollout.model, rollout.environment]
        if rollout.id in self._lapsed:
            return self._lapsed[rollout.id]
        if rollout.id in self._passing:
            return None
        return self._found(*_rules(self._kit, self._projects[rollout.model], self._environments[rollout.environment]))


def _lapsed(kit: Kit, look: Transaction, rollouts: Sequence[Rollout]) -> Mapping[str, Hold]:
    """The rollouts that rest on a waiver that is over, where that is to hold them, and what holds each."""
    now = kit.clock.now()
    waivers = [one for one in look.waivers.among("version", [one.version for one in rollouts]) if one.open]
    if all(one.holds(now) for one in waivers):
        return {}
    decisions = {one.digest: one.waivers for one in look.decisions.among("digest", [one.decision for one in rollouts])}
    found = {}
    for rollout in rollouts:
        mine = [one for one in waivers if (one.version, one.environment) == (rollout.version, rollout.environment)]
        again = {(one.gate, one.found) for one in mine if one.holds(now)}
        for one in mine:
            over = one.id in decisions.get(rollout.decision, ()) and (one.gate, one.found) not in again
            if over and AtExpiry.HOLD in one.at_expiry:
                found[rollout.id] = _hold_of_waiver(one)
    return found


def _hold_of_waiver(waiver: Waiver) -> Hold:
    why = f"The waiver of the gate {waiver.gate} is over, on which v{waiver.number} was let in. The gate says: {waiver.found} "
    why += "It goes on once the gate lets it in, or is waived again."
    return Hold(rule=f"waiver {waiver.id}", why=why, until=0, by_calendar=False)


def _hold_of_switch(off: Off) -> Hold:
    """A model that is switched off has nobody on whom a version could be tried; no emergency passes that."""
    why = f"{off.person} switched the model off: {off.reason} It goes on once the model is on."
    return Hold(rule="switch", why=why, until=0, by_calendar=False)


def look(kit: Kit, rollout: Rollout, calendar: Calendar) -> Rollout:
    """The rollout with what holds it now, written down where that has changed."""
    found = calendar.hold(rollout)
    if found == rollout.hold:
        return rollout
    after = msgspec.structs.replace(rollout, hold=found, revision=rollout.revision + 1)
    with kit.store.transaction() as change:
        change.rollouts.replace(after, revision=rollout.revision)
        record(kit, change, after)
    return after


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
