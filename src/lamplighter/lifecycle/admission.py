"""What has to hold before a version may be judged for an environment."""

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Conflict
from lamplighter.domain.identity import Actor
from lamplighter.domain.project import EnvironmentPlan
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.route import Served
from lamplighter.domain.version import Version
from lamplighter.lifecycle import declared, elsewhere, judging, retirement, rights, switched
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def check(kit: Kit, change: Transaction, actor: Actor, version: Version, environment: Environment) -> None:
    """Raise what keeps a version from being judged, but for an open rollout; `NotAllowed` for who does not hold the duty."""
    if environment.level is Level.PRODUCTION:
        rights.check_deployer(kit, change, actor, version.model)
    retirement.check_goes_on(change, version.model)
    switched.check_on(change, version.model, environment)
    declared.check(change, version, environment)
    project = change.project(version.model)
    declared.check_durability(kit.policy, project, environment)
    plan = project.env.get(environment.name, EnvironmentPlan())
    declared.check_hooks(kit.settings, plan)
    elsewhere.check_hooks(version, plan)
    judging.check_plan(kit.policy, project, environment)


def begun(look: Transaction, version: Version, environment: Environment) -> Rollout | None:
    """The rollout that brings this very version there, or that made it live; nothing if it has to be asked for."""
    chosen = {"model": version.model, "environment": environment.name}
    open_one = look.rollouts.find(**chosen, open=True)
    if open_one is not None:
        return open_one if open_one.version == version.digest else None
    if not _is_live(look, version, environment):
        return None
    past = look.rollouts.all(newest="opened_at", limit=100, equals=chosen)
    return next((one for one in past if one.version == version.digest and one.phase is Phase.COMPLETED), None)


def _is_live(look: Transaction, version: Version, environment: Environment) -> bool:
    live = look.routings.of(version.model, environment.name).champion
    return live == Served(number=version.number, digest=version.digest)


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
    if _is_live(change, version, environment):
        raise Conflict(
            f"{version.name} is live in {environment.name} already.",
            why="It has all the traffic there.",
            fix="There is nothing to do.",
            code="E1512",
        )
