"""Findings of validations: one finding, and how somebody raises, answers, closes or returns one."""

import time

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission, Person
from lamplighter.domain.policy import Policy
from lamplighter.domain.validation import ValidationFinding, ValidationRule, Weight, builders
from lamplighter.sdk.interface import Platform
from lamplighter.views.status import ModelStatus
from lamplighter.web import forms
from lamplighter.web.page import Page, done, shown


def why_not(platform: Platform, state: ModelStatus) -> str:
    """Why the signed-in person does not validate a model; empty if they may. It asks what the verb asks."""
    rule, person = _rule(platform.policy(), state.criticality.tier), platform.whoami()
    teams = {team.name: team for team in platform.teams()}
    authors = {version.author for version in platform.versions(state.model)}
    if person.email in builders(platform.project(state.model), authors, teams):
        return "You build this model, and a validation is the look of somebody who does not."
    if not person.may(Permission.APPROVE) or not set(rule.by) & set(person.roles):
        return f"That takes the role {' or '.join(rule.by)}."
    return ""


def _rule(policy: Policy, tier: str) -> ValidationRule:
    return next(one.validation for one in policy.tier if one.name == tier)


def validation_page(request: Request, platform: Platform) -> Response:
    """Show one finding: what was found, whose it is, what was answered, and what is left to do."""
    one, person = platform.validation_finding(request.path_params["key"]), platform.whoami()
    state = platform.status(one.model)
    evidence = platform.version(f"{one.model}@{state.versions}", "").evidence
    return shown(
        request,
        platform,
        "validation.html",
        one=one,
        now=time.time_ns() // 1000,
        kinds=[found.kind for found in evidence],
        newest=state.versions,
        why_no_answer=_why_not_answer(one, person),
        why_not=_why_not_judge(platform, state, one, person),
        section="approvals",
    )


def _why_not_answer(one: ValidationFinding, person: Person) -> str:
    if person.email != one.owner:
        return f"{one.owner} answers it."
    return "" if person.may(Permission.RESPOND) else "It takes the permission respond, which none of your roles carries."


def _why_not_judge(platform: Platform, state: ModelStatus, one: ValidationFinding, person: Person) -> str:
    if not one.answered:
        return f"{one.owner} has not answered it yet."
    if person.email == one.owner:
        return "You have to mend it, and somebody else says whether it is mended."
    return why_not(platform, state)


def find(request: Request, platform: Platform) -> Response:
    """Write a finding down."""
    name, number = request.path_params["model"], request.path_params["number"]
    found = platform.raise_finding(
        f"{name}@{number}",
        forms.choice(request, "weight", Weight),
        forms.needed(request, "words"),
        forms.needed(request, "owner"),
        forms.whole(request, "days"),
    )
    return done(f"/validations/{found.id}", "found")


def conclude(request: Request, platform: Platform) -> Response:
    """Write down a validator's word on a version."""
    name, number = request.path_params["model"], request.path_params["number"]
    platform.conclude_validation(f"{name}@{number}", forms.needed(request, "note"))
    return done(f"/m/{name}/v/{number}", "validated")


def answer(request: Request, platform: Platform) -> Response:
    """Write the answer of a finding's owner down."""
    one = platform.validation_finding(request.path_params["key"])
    reference = f"{one.model}@{forms.whole(request, 'number')}"
    platform.answer_finding(one.id, reference, forms.needed(request, "evidence"), forms.needed(request, "note"))
    return done(f"/validations/{one.id}", "answered")


def judge(request: Request, platform: Platform) -> Response:
    """Close a finding, or give it back."""
    key, closed = request.path_params["key"], forms.needed(request, "judgement") == "close"
    platform.judge_finding(key, closed, forms.needed(request, "note"))
    return done(f"/validations/{key}", "closed" if closed else "returned")


PAGES = (
    Page("GET", "/validations/{key}", validation_page, Permission.READ),
    Page("POST", "/validations/{key}/answer", answer, Permission.RESPOND),
    Page("POST", "/validations/{key}/judgement", judge, Permission.APPROVE),
    Page("POST", "/m/{model}/v/{number}/findings", find, Permission.APPROVE),
    Page("POST", "/m/{model}/v/{number}/validation", conclude, Permission.APPROVE),
)
