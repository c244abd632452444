"""All models with what is on record of them: a bounded number of questions for any number of models."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lamplighter.domain.acceptance import Signature
from lamplighter.domain.advice import presumed
from lamplighter.domain.consumer import Caller, Standing, callers_of
from lamplighter.domain.decision import Decision
from lamplighter.domain.expiry import INSTEAD, Action
from lamplighter.domain.instant import minute
from lamplighter.domain.lack import Lack
from lamplighter.domain.listed import Listed
from lamplighter.domain.ownership import Ownership
from lamplighter.domain.policy import Policy
from lamplighter.domain.project import Project
from lamplighter.domain.stage import STAGE_OF, Aspect, Duty, Stage
from lamplighter.domain.version import Version
from lamplighter.views import standing
from lamplighter.views.estate import Estate
from lamplighter.views.known import Known, circle

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


def inventory(look: "Transaction", *, policy: Policy, now: int) -> list[Listed]:
    """Every model by name, whether it is live or not, served here or elsewhere."""
    people = circle(look, policy)
    seen = list(Estate(look, people, now=now).standings())
    numbers = look.versions.counts() | {one.known.project.name: one.main.number for one in seen if one.main}
    versions = {one.model: one for one in look.versions.numbered(list(numbers.items()))}
    decisions = _by_model(look.decisions.of(list(numbers.items())))
    words = _by_version(look.signatures.among("version", (one.digest for one in versions.values())))
    validators: dict[str, list[str]] = defaultdict(list)
    for word in look.validation_words.among("version", (one.digest for one in versions.values())):
        validators[word.version].append(word.person)
    callers = _callers(look, [one.known.project for one in seen])
    found = []
    for one in sorted(seen, key=lambda one: one.known.project.name):
        name = one.known.project.name
        facts = {**_of_project(one.known), **_of_standing(one), "validation_findings": _found(one, now)}
        if name in versions:
            place = one.main.environment if one.main else ""
            facts |= _of_version(versions[name])
            facts["validated_by"] = tuple(dict.fromkeys(validators.get(versions[name].digest, ())))
            facts |= _of_validation(decisions.get(name, []), words.get(versions[name].digest, []), place)
        found.append(Listed(model=name, consumers=callers[name], **facts))
    return found


def _by_model(decisions: list[Decision]) -> Mapping[str, list[Decision]]:
    found: dict[str, list[Decision]] = defaultdict(list)
    for one in decisions:
        found[one.model].append(one)
    return found


def _by_version(words: list[Signature]) -> Mapping[str, list[Signature]]:
    found: dict[str, list[Signature]] = defaultdict(list)
    for one in words:
        found[one.version].append(one)
    return found


def _callers(look: "Transaction", projects: list[Project]) -> Mapping[str, tuple[str, ...]]:
    people, accounts = look.people.by_email(), look.consumers.all()
    seen: dict[str, list[tuple[str, str, int, int]]] = defaultdict(list)
    for model, environment, name, requests in look.traffic.all_callers():
        seen[model].append((environment, name, requests, 0))
    return {
        one.name: tuple(
            _called(caller)
            for caller in callers_of(one.name, one.consumer, accounts, seen[one.name], people)
            if caller.standing is not Standing.PERSON
        )
        for one in projects
    }


def _called(caller: Caller) -> str:
    return f"{caller.name} ({caller.owner or 'nobody'}, {caller.standing})"


def _of_project(known: Known) -> dict[str, Any]:
    project, impact = known.project, known.project.impact
    return {
        "summary": project.model.summary,
        "purpose": project.problem.statement,
        "requester": project.problem.requester,
        "users": impact.users,
        "wrong_answer_costs": impact.wrong_answer_costs,
        "serves_customers": impact.customers,
        "decides_alone": impact.automated,
        "can_be_undone": impact.reversible,
        "limitations": project.model.limitations,
        "tier": known.criticality.tier,
        "tier_why": known.criticality.why,
        "arrangement": presumed(project, critical=known.tier.critical).arrangement.value,
        "business_owner": project.owners.business,
        "risk_owner": project.owners.risk,
        "sources": tuple(f"{one.name} ({one.owner or 'nobody'})" for one in project.source),
        "licence": project.model.licence,
        **_owners(known.ownership),
        "duties_of_nobody": known.gaps,
    }


def _owners(ownership: Ownership) -> dict[str, str]:
    owners = {f"{stage}_owner": _accountable(ownership, stage) for stage in Stage}
    failing = ownership.of(Duty.MONITOR_TECHNICAL)
    return {**owners, "on_call": failing.holder, "deputy": failing.deputy}


def _accountable(ownership: Ownership, stage: Stage) -> str:
    return next(one.accountable for one in ownership.assignments if STAGE_OF[one.duty] is stage)


def _of_standing(one: standing.Standing) -> dict[str, Any]:
    main, lifetime, name = one.main, one.lifetime, one.known.project.name
    facts: dict[str, Any] = {
        "lacks": tuple(lack for lack in Lack if lack in one.lacks),
        "status": one.status[Aspect.OVERALL],
        "sentence": one.sentence,
        "live": tuple(f"v{live.number} in {live.environment}" for live in one.live),
        "open_incidents": tuple(f"{incident.id}: {incident.of(name).sentence}" for incident in one.incidents),
        "waivers": tuple(f"{w.id}: {w.gate} for v{w.number} in {w.environment}, by {w.person}" for w in one.waivers),
        "unreviewed_emergencies": tuple(f"{late.id}: {late.why}" for late in one.emergencies),
    }
    if one.retirement:
        ended = one.is_retired
        facts |= {
            "retirement": f"{one.retirement.id}: {one.retirement.told}",
            "retired_at": one.retirement.moved_at if ended else 0,
            "successor": one.retirement.successor,
        }
    if main:
        facts |= {"live_since": main.since, "runs": main.elsewhere or "here"}
    if lifetime:
        ends = lifetime.expiry.action is not Action.SERVE
        facts |= {
            "due_at": lifetime.expiry.at,
            "ends_at": lifetime.expiry.ends_at if ends else 0,
            "ends_with": INSTEAD[lifetime.expiry.action] if ends else "it goes on answering",
        }
    return facts


def _found(one: standing.Standing, now: int) -> tuple[str, ...]:
    """What validators found and nobody has closed."""
    return tuple(
        f"{found.id}: {found.weight}, of v{found.number}, {found.owner} until {minute(found.due_at)}"
        + (", answered" if found.answered else ", overdue" if found.overdue(now) else "")
        for found in one.validation_findings
    )


def _of_version(version: Version) -> dict[str, Any]:
    manifest, origin = version.manifest, version.manifest.provenance
    return {
        "version": version.name,
        "digest": version.digest,
        "author": version.author,
        "registered_at": version.created_at,
        "inputs": tuple(column.name for column in manifest.contract.inputs),
        "output": f"{manifest.contract.output.name} ({manifest.contract.output.meaning})",
        "data_period": origin.data_period,
        "data_rows": str(origin.data_rows or ""),
        "data_digest": origin.data_digest,
        "commit": origin.commit,
        "licence": origin.licence,
    }


def _of_validation(decisions: list[Decision], words: list[Signature], environment: str) -> dict[str, Any]:
    """What let the version pass where it is live, newest; a version that is live nowhere counts where it passed last."""
    here = [one for one in decisions if one.passed and environment in ("", one.environment)]
    last = here[-1] if here else None
    sides = {one.side: one for one in sorted(words, key=lambda one: one.at) if environment in ("", one.environment)}
    accepted = tuple(f"{side}: {one.person}" for side, one in sides.items() if one.accepted)
    if last is None:
        return {"accepted_by": accepted}
    told = f"{sum(bool(one.verdict) for one in last.judgements)} of {len(last.judgements)} gates for {last.environment}"
    return {"validated_at": last.at, "validation": told, "decision": last.digest, "accepted_by": accepted}
