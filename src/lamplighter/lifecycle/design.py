"""Design: what a model is for, and the environments it may go to."""

from collections.abc import Sequence
from typing import NamedTuple

from lamplighter import presets
from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.duration import seconds
from lamplighter.domain.environment import Environment, clash_of, fault_of
from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.events.design import EnvironmentSaved, ProjectSaved
from lamplighter.domain.identity import Actor
from lamplighter.domain.log import LogPlan
from lamplighter.domain.lowering import Lowering
from lamplighter.domain.names import model_name
from lamplighter.domain.policy import Tier
from lamplighter.domain.project import Project
from lamplighter.domain.project_file import check_project
from lamplighter.domain.slices import check_slices
from lamplighter.lifecycle import declared, lowering, measurable, named, retirement, routing
from lamplighter.lifecycle.kit import Kit
from lamplighter.measures import drift_measure, quality_measure
from lamplighter.store.transaction import Transaction


class Taken(NamedTuple):
    """What came of a project."""

    #: Where its model answers by something new.
    places: list[str]
    #: What a second person has to agree to first; nothing where the project holds.
    waits: Lowering | None


def save_project(kit: Kit, actor: Actor, model: str, project: Project) -> Project:
    """Keep what a project says, and let every environment in which the model is live answer by it; raises what `check` raises,
    and `Blocked`, and keeps it for a second person, where the tier of the model would fall.

    The same again changes nothing.
    """
    if project.name != model:
        raise Invalid("Two names for one model.", why="The path and the project differ.", fix="Use one name.", code="E1113")
    with kit.store.transaction() as change:
        check(kit, change, project)
        taken = take(kit, change, actor, project)
    if taken.waits is not None:
        raise lowering.blocked(taken.waits)
    for place in taken.places:
        routing.apply(kit, place)
    return project


def check(kit: Kit, look: Transaction, project: Project) -> None:
    """Raise `Invalid`, and `NotFound` for a tier, measure, channel, environment, table, training or receiver that is not
    there."""
    check_project(project)
    tier = tier_of(kit.policy, criticality_of(project, kit.policy).tier)
    check_measures(project)
    _check_log(tier, project.log)
    check_slices(project.monitor.slices, tier.log.redact)
    named.check(kit, look, project)
    newest = look.versions.newest(project.name)
    if newest is not None:
        measurable.check(project, newest.manifest.contract.output.meaning)


def take(kit: Kit, change: Transaction, actor: Actor, project: Project) -> Taken:
    """Let a project that was checked hold, or wait for a second person."""
    retirement.check_stands(change, project.name)
    before = change.projects.find(model=project.name)
    waits = lowering.asked(kit, change, actor, before, project) if before is not None else None
    return Taken([] if waits is not None else keep(kit, change, actor, project), waits)


def keep(kit: Kit, change: Transaction, actor: Actor, project: Project) -> list[str]:
    """Let a project hold from now on; gives where its model is live, each place with a new revision."""
    before = change.projects.find(model=project.name)
    if before is not None and before.digest == project.digest:
        return []
    found = criticality_of(project, kit.policy)
    change.projects.put(project)
    event = ProjectSaved(model=project.name, digest=project.digest, tier=found.tier, rule=found.rule)
    kit.record(change, event, actor)
    return _renewed(kit, change, project)


def _renewed(kit: Kit, change: Transaction, project: Project) -> list[str]:
    """Where the model is live, each place with a new revision; refused for what the live version cannot keep."""
    for live in change.routings.all(model=project.name):
        version = change.versions.find(model=project.name, number=live.champion.number) if live.champion else None
        if version is not None:
            environment = change.environment(live.environment)
            declared.check(change, version, environment)
            declared.check_durability(kit.policy, project, environment)
    return routing.renew(change, project.name)


def check_measures(project: Project) -> None:
    """Raise `NotFound` for a measure or preset that is not there: the gates could never measure it, and the loop that watches
    every model would meet it long after whoever wrote it has gone."""
    drift_measure(project.monitor.measure)
    if project.monitor.preset != presets.OWN:
        presets.preset(project.monitor.preset, project.monitor.measure)
    success = (project.problem.success,) if project.problem.success else ()
    for asked in (project.monitor.quality, *success, *project.requirement):
        quality_measure(asked.metric)


def _check_log(tier: Tier, plan: LogPlan) -> None:
    """Less than the tier asks for would have no effect, and whoever wrote it expects one."""
    if plan.sample is not None and plan.sample < tier.log.least_sample:
        raise _unkept(f"{tier.name} keeps the inputs of a share of {tier.log.least_sample:g} at least", "sample")
    if plan.keep and tier.log.least_keep and seconds(plan.keep) < seconds(tier.log.least_keep):
        raise _unkept(f"{tier.name} keeps what was recorded for {tier.log.least_keep} at least", "keep")


def _unkept(why: str, field: str) -> Invalid:
    return Invalid(
        "The [log] keeps less than the policy asks for.",
        why=f"{why}.",
        fix=f"Raise {field} in [log], or leave it out.",
        code="E1129",
    )


def save_environment(kit: Kit, actor: Actor, name: str, environment: Environment) -> Environment:
    """Keep an environment; raises `Invalid`, `Conflict` for a port that is taken, `NotFound` for a target that is not there."""
    model_name(name)
    kit.target(environment)
    fault = "its name differs from the path" if environment.name != name else fault_of(environment)
    if fault:
        raise Invalid(
            "That is not an environment.",
            why=f"In short: {fault}.",
            fix="Give it the same name, a port from 1 to 65535, another for gRPC or 0, and at least one worker.",
            code="E1114",
        )
    with kit.store.transaction() as change:
        _check_ports(kit, environment, change.environments.all())
        _check_target(change, environment)
        change.environments.put(environment)
        kit.record(change, EnvironmentSaved(environment=name, level=environment.level), actor)
    return environment


def _check_target(change: Transaction, environment: Environment) -> None:
    """Raise `Conflict` where something else would run what is answered with: callers would find nobody until that is up."""
    before = change.environments.find(name=environment.name)
    if before is None or before.target == environment.target:
        return
    if any(routing.route() for routing in change.routings.all(environment=environment.name)):
        raise Conflict(
            f"{environment.name} answers, and cannot be given to another target.",
            why="Its callers would find nobody until the other one is up.",
            fix="Add an environment with that target, bring the versions there, and tell the callers its address.",
            code="E1504",
        )


def _check_ports(kit: Kit, environment: Environment, known: Sequence[Environment]) -> None:
    """Raise `Conflict` where the environment would listen where something else does: its group would never start. What two
    others share is not its matter."""
    others = [other.name for other in known if other.name != environment.name and clash_of((environment, other))]
    settings = kit.settings
    if environment.host == settings.host and settings.port in (environment.port, environment.grpc_port):
        others.append("the control plane")
    if others:
        raise Conflict(
            "That port is taken.",
            why=f"{others[0]} listens there already.",
            fix="Choose a port that none of lamp env list has, or change the other environment first.",
            code="E1202",
        )
