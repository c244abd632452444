"""Gather the evidence, ask the gates, write down the decision. Every way into an environment goes through here."""

from collections.abc import Mapping
from typing import Any

from lamplighter import keys
from lamplighter.domain.acceptance import Side
from lamplighter.domain.auto_approval import with_auto_approval
from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.decision import Decision, Judgement
from lamplighter.domain.emergency import Emergency
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Conflict
from lamplighter.domain.events.routing import WentLive
from lamplighter.domain.events.version import DecisionMade
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.identity import Actor
from lamplighter.domain.look_alike_rule import Approver
from lamplighter.domain.policy import LevelRules, Policy, check_guarded
from lamplighter.domain.project import Project
from lamplighter.domain.replay import State
from lamplighter.domain.retrained import KIND
from lamplighter.domain.selection import KIND as SELECTION
from lamplighter.domain.steps import Steps
from lamplighter.domain.validation import ValidationFinding, ranked
from lamplighter.domain.version import Version
from lamplighter.domain.waiver import waived
from lamplighter.lifecycle import auto_approval
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.rulebook import gate_of
from lamplighter.store.transaction import Transaction


def dossier(
    kit: Kit, look: Transaction, version: Version, environment: Environment, emergency: Emergency | None = None
) -> Dossier:
    """Everything a gate may look at, as of now; with `emergency` if it is asked in one."""
    project = look.project(version.model)
    tier = tier_of(kit.policy, criticality_of(project, kit.policy).tier)
    accepts = tier.look_alikes.approve is Approver.PLATFORM and not tier.critical
    champion = look.routings.of(version.model, environment.name).champion
    live = look.versions.find(model=version.model, number=champion.number) if champion else None
    evidence = look.evidence.newest(version.digest)
    pair = {"version": version.digest, "live": live.digest if live else "", "environment": environment.name}
    return Dossier(
        project=project,
        criticality=criticality_of(project, kit.policy),
        version=version,
        environment=environment,
        ownership=look.duties(project, kit.clock.now()),
        policy_digest=kit.policy.digest,
        approvals=sides_of(kit.policy, project, environment),
        evidence=evidence,
        signatures=tuple(look.signatures.all(version=version.digest, environment=environment.name)),
        levels=_levels(look, version),
        live=live,
        callers=look.callers(project),
        consents=tuple(look.consents.all(version=version.digest, environment=environment.name)),
        replay=look.replays.find(**pair),
        sandbox=kit.target(environment).sandbox(environment),
        exposure=look.exposure(version),
        emergency=emergency,
        unreviewed=tuple(look.emergencies.all(model=version.model, environment=environment.name, open=True)),
        validation_findings=ranked(look.validation_findings.all(model=version.model, open=True)),
        validation_words=tuple(look.validation_words.all(version=version.digest)),
        waivers=tuple(look.waivers.all(version=version.digest, environment=environment.name, open=True)),
        sealer=keys.own(kit.settings.signing_key) if SELECTION in evidence else "",
        live_figures=look.evidence.newest(live.digest).get(KIND) if accepts and live else None,
        no_auto_approval=auto_approval.why_not(kit, look, project, tier) if accepts else "",
        now=kit.clock.now(),
    )


def rules_of(policy: Policy, project: Project, environment: Environment) -> LevelRules:
    """What the policy asks of this project there."""
    return tier_of(policy, criticality_of(project, policy).tier).rules(environment.level)


def uses_of(policy: Policy, project: Project, environment: Environment) -> tuple[Mapping[str, Any], ...]:
    """The gates that the policy asks of this project there, with everything that they are asked with."""
    return policy.uses(tier_of(policy, criticality_of(project, policy).tier), environment.level)


def sides_of(policy: Policy, project: Project, environment: Environment) -> tuple[Side, ...]:
    """Sides whose word the policy and the project want there."""
    own = project.env[environment.name].approvals if environment.name in project.env else ()
    return tuple(dict.fromkeys((*rules_of(policy, project, environment).approvals, *own)))


def plan_of(policy: Policy, project: Project, environment: Environment) -> Steps:
    """How traffic moves: as the project says, or as the policy says where it is silent."""
    own = project.env[environment.name].rollout if environment.name in project.env else None
    return own or rules_of(policy, project, environment).rollout


def check_plan(policy: Policy, project: Project, environment: Environment) -> None:
    """Raise `Invalid` if a critical model would come into production without a guard."""
    tier = tier_of(policy, criticality_of(project, policy).tier)
    check_guarded(tier, environment.level, plan_of(policy, project, environment))


def _levels(look: Transaction, version: Version) -> tuple[str, ...]:
    levels = {environment.name: environment.level.value for environment in look.environments.all()}
    events = [entry.event for entry in look.journal.of(version.model)]
    lived = {e.environment for e in events if isinstance(e, WentLive) and e.version == version.digest}
    return tuple(sorted({levels[name] for name in lived if name in levels}))


def judge(
    kit: Kit,
    look: Transaction,
    version: Version,
    environment: Environment,
    actor: Actor,
    emergency: Emergency | None = None,
) -> Decision:
    """What every gate says now. Nothing is written."""
    return decision_of(dossier(kit, look, version, environment, emergency), kit.policy, actor)


def decision_of(held: Dossier, policy: Policy, actor: Actor) -> Decision:
    """What every gate of a rule book says of a dossier, with what is waived. Pure."""
    tier = tier_of(policy, criticality_of(held.project, policy).tier)
    judgements = tuple(waived(one, held.waivers, tier.waivers, held.now) for one in said(held, policy))
    version, environment = held.version, held.environment
    return Decision(
        model=version.model,
        number=version.number,
        version=version.digest,
        environment=environment.name,
        binding=held.binding,
        policy=policy.digest,
        evidence={kind: found.digest for kind, found in held.evidence.items()},
        judgements=with_auto_approval(held, tier, judgements),
        asked_by=actor.email,
        at=held.now,
    )


def said(held: Dossier, policy: Policy) -> tuple[Judgement, ...]:
    """What every gate says itself, before anything is waived."""
    asked_for = uses_of(policy, held.project, held.environment)
    judgements = tuple(Judgement(gate=str(use["use"]), verdict=gate_of(use).judge(held)) for use in asked_for)
    # Whatever the policy lists: what the project asks for, and what is left of an emergency or of a validation.
    asked = {"acceptance": held.approvals, "review": held.unreviewed, "validation": _outside(held)}
    more = [name for name, wanted in asked.items() if wanted and all(judgement.gate != name for judgement in judgements)]
    rule = tier_of(policy, criticality_of(held.project, policy).tier).validation
    own = {"validation": {"block": [weight.value for weight in rule.block], "overdue": rule.overdue}}
    uses = [{"use": name, **own.get(name, {})} for name in more]
    return judgements + tuple(Judgement(gate=str(use["use"]), verdict=gate_of(use).judge(held)) for use in uses)


def _outside(held: Dossier) -> tuple[ValidationFinding, ...]:
    """What counts wherever somebody beside the builders relies on the model."""
    return () if held.environment.level is Level.DEVELOPMENT else held.validation_findings


def write_down(kit: Kit, change: Transaction, decision: Decision, actor: Actor) -> Decision:
    """Keep a decision and say so in the journal; what the platform accepted by itself may be drawn for a spot check."""
    change.decisions.put(decision)
    event = DecisionMade(
        model=decision.model,
        number=decision.number,
        environment=decision.environment,
        decision=decision.digest,
        passed=decision.passed,
    )
    kit.record(change, event, actor)
    if decision.passed and decision.auto_approved:
        project = change.project(decision.model)
        auto_approval.accepted(kit, change, decision, project, tier_of(kit.policy, criticality_of(project, kit.policy).tier))
    return decision


def check_complete(held: Dossier) -> None:
    """Raise `Conflict` while evidence is under way: it would void a word as soon as it comes."""
    if held.replay is not None and held.replay.state is State.ASKED:
        raise Conflict(
            "The evidence is not complete yet.",
            why="The requests of its consumers are being replayed.",
            fix="Wait a moment, then look at what the replay shows.",
            code="E1560",
        )
