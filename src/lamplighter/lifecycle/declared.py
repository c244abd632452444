"""What a project declares about answering, brought into the route of one environment."""

import msgspec

from lamplighter import plugins
from lamplighter.domain.contract import Kind, Meaning
from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.decoding import from_plain
from lamplighter.domain.durability import Durability
from lamplighter.domain.duration import seconds
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Invalid
from lamplighter.domain.events.routing import WentLive
from lamplighter.domain.expiry import Action, Expiry
from lamplighter.domain.lifetime import lifetime_of
from lamplighter.domain.log import log_of
from lamplighter.domain.names import unknown
from lamplighter.domain.outage import Fallback, Outage
from lamplighter.domain.policy import Policy, Tier
from lamplighter.domain.project import EnvironmentPlan, Project
from lamplighter.domain.route import ModelRoute, Served
from lamplighter.domain.routing import Routing
from lamplighter.domain.switch import STAND_INS, Off
from lamplighter.domain.version import Badge, Version
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.retirement import announced
from lamplighter.settings import Settings
from lamplighter.store.transaction import Transaction

#: The gate that says which formats may be opened.
_FORMATS = "formats"


def model_route(kit: Kit, look: Transaction, environment: Environment, routing: Routing) -> ModelRoute | None:
    """The part of a model in the route file, once there is a champion."""
    route = routing.route()
    if route is None:
        return None
    project = look.project(routing.model)
    plan = project.env.get(environment.name)
    lifetime = lifetime_of(kit.policy, project, environment, routing, kit.clock.now())
    ending = announced(look, routing.model)
    if routing.off:
        # What is on trial is off with all else.
        route = msgspec.structs.replace(route, challenger=None, share=0.0, shadow=None)
    return msgspec.structs.replace(
        route,
        durability=plan.durability if plan else Durability.DURABLE,
        sticky=plan.sticky if plan else "",
        expiry=_stopped(project, routing.off) if routing.off else lifetime.expiry if lifetime else None,
        outage=_outage(project),
        fallback=stand_in(look, project, routing),
        log=log_of(_tier(kit, project).log, project.log),
        formats=_formats(_tier(kit, project), environment),
        farewell=ending.farewell if ending else None,
    )


def _stopped(project: Project, off: Off) -> Expiry:
    """An end that has come, for machines of an earlier release: they know no switch, and obey this."""
    action = Action.FALLBACK if project.outage.answer in STAND_INS else Action.BLOCK
    return Expiry(at=off.at, ends_at=off.at, action=action)


def _tier(kit: Kit, project: Project) -> Tier:
    return tier_of(kit.policy, criticality_of(project, kit.policy).tier)


def _formats(tier: Tier, environment: Environment) -> tuple[Badge, ...]:
    """What every gate on formats lets into the environment; everything where the rule book has no such gate."""
    kind = plugins.plugin("gates", _FORMATS).Gate
    uses = [use for use in tier.levels[environment.level].gates if use["use"] == _FORMATS]
    gates = [from_plain({name: value for name, value in use.items() if name != "use"}, kind) for use in uses]
    return tuple(badge for badge in Badge if all(badge in gate.allowed for gate in gates))


def _outage(project: Project) -> Outage | None:
    plan = project.outage
    if plan.answer is Fallback.FAIL:
        return None
    age = int(seconds(plan.max_age) * 1_000_000) if plan.max_age else 0
    return Outage(answer=plan.answer, value=plan.value or 0.0, max_age=age)


def stand_in(look: Transaction, project: Project, routing: Routing) -> Served | None:
    """The version that answers in an outage: one that was let into this environment, or none."""
    if project.outage.answer is not Fallback.VERSION:
        return None
    if not project.outage.version:
        return routing.previous
    digest = lived(look, routing.model, routing.environment).get(project.outage.version)
    return Served(number=project.outage.version, digest=digest) if digest else None


def check_durability(policy: Policy, project: Project, environment: Environment) -> None:
    """Raise `Invalid` where a critical model would answer before its predictions are on the disk."""
    plan = project.env.get(environment.name)
    tier = tier_of(policy, criticality_of(project, policy).tier)
    if plan and plan.durability is not Durability.DURABLE and tier.critical:
        raise Invalid(
            f"Predictions of {project.name} may not be buffered.",
            why=f"The model is {tier.name}, and a crash would lose the last moment of what it answered.",
            fix=f'Leave durability out of [env.{environment.name}], or write durability = "durable".',
            code="E1128",
        )


def check_hooks(settings: Settings, plan: EnvironmentPlan) -> None:
    """Raise `NotFound` for a hook that is no receiver of the configuration, and `Invalid` for one that is not signed."""
    for hook in (*plan.before, *plan.after):
        if hook.hook not in settings.webhooks:
            raise unknown("hook", hook.hook, settings.webhooks)
        if not settings.webhook_secrets.get(hook.hook):
            raise Invalid(
                f"The hook {hook.hook} cannot be asked.",
                why="Its receiver has no secret, so it could not tell who asks.",
                fix="Add its secret to webhook_secrets of config.toml, or change the hook in lamp.toml.",
                code="E1146",
            )


def lived(look: Transaction, model: str, environment: str) -> dict[int, str]:
    """Digests of the versions that were live in an environment, by number."""
    events = [entry.event for entry in look.journal.of(model)]
    return {e.number: e.version for e in events if isinstance(e, WentLive) and e.environment == environment}


def check(look: Transaction, version: Version, environment: Environment) -> None:
    """Raise `Invalid` or `NotFound` for what the project declares and this version cannot keep there."""
    project, contract = look.project(version.model), version.manifest.contract
    plan = project.env.get(environment.name)
    columns = [column.name for column in contract.inputs]
    if plan and plan.sticky and plan.sticky not in columns:
        raise unknown("input (sticky)", plan.sticky, columns)
    value = project.outage.value
    if value is not None and contract.output.meaning is Meaning.PROBABILITY and not 0.0 <= value <= 1.0:
        raise Invalid(
            "The answer of an outage is no answer of this model.",
            why=f"{version.name} answers with a probability, and {value:g} is none.",
            fix="Write a value from 0 to 1 in [outage].",
            code="E1126",
        )
    for name in project.log.redact:
        if name not in columns:
            raise unknown("input (log.redact)", name, columns)
    _check_slices(project, version)
    number, known = project.outage.version, lived(look, version.model, environment.name)
    if number and number not in known:
        raise unknown("earlier live version", f"{version.model}@{number}", (f"{version.model}@{one}" for one in known))


def _check_slices(project: Project, version: Version) -> None:
    inputs = {column.name: column for column in version.manifest.contract.inputs}
    for name in project.monitor.slices:
        if name not in inputs:
            raise unknown("input (monitor.slices)", name, inputs)
        if inputs[name].kind is Kind.TEXT and inputs[name].categories is None:
            raise Invalid(
                f"Rows cannot be told apart by {name}.",
                why=f"It holds more different texts than {version.name} keeps as categories.",
                fix="Remove it from slices in [monitor], or give the model an input that groups these texts.",
                code="E1232",
            )
