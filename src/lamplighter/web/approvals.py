"""What waits for people, and the page on which somebody accepts or refuses."""

import time
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lamplighter.domain.acceptance import Side
from lamplighter.domain.case import KIND as CASES
from lamplighter.domain.case_pool import KIND as POOL
from lamplighter.domain.emergency import Emergency
from lamplighter.domain.identity import Permission, Person
from lamplighter.domain.lowering import Lowering
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.sdk.interface import Platform
from lamplighter.views.waiting import find
from lamplighter.views.waivers import standing
from lamplighter.web import facts, forms
from lamplighter.web.blind_test import Subject, own
from lamplighter.web.cases import asked
from lamplighter.web.keyholders import sides, why_not
from lamplighter.web.page import Page, done, shown


def approvals_page(request: Request, platform: Platform) -> Response:
    """Show everything that waits."""
    person = platform.whoami()
    waiting = platform.waiting()
    mine = sides(person)
    groups = platform.look_alikes()
    grouped = {one.rollout for group in groups for one in group.members}
    apart = {one.rollout: one.apart for group in groups for one in group.apart}
    # What stands apart from others of its kind comes first.
    singles = sorted((one for one in waiting if one.rollout not in grouped), key=lambda one: one.rollout not in apart)
    rows = [(one, mine, asked(platform, one).found if Side.BUSINESS in mine else None) for one in singles]
    return shown(
        request,
        platform,
        "approvals.html",
        rows=rows,
        groups=groups,
        checks=platform.spot_checks(),
        apart=apart,
        emergencies=platform.emergencies(),
        retirements=platform.retirements(),
        lowerings=[(one, _why_not_decide(person, one)) for one in platform.lowerings()],
        findings=[one for one in platform.validation_findings() if one.answered or one.overdue(time.time_ns() // 1000)],
        handovers=platform.handovers(),
        due=platform.due_handovers(),
        now=time.time() * 1e6,
        section="approvals",
        every=5,
    )


def approval_page(request: Request, platform: Platform) -> Response:
    """Show one version that waits: the change, the evidence, what is missing, and whose word it is.

    An old link to one that waits no more leads to what became of it.
    """
    key = request.path_params["rollout"]
    if platform.rollout(key).phase is not Phase.WAITING:
        return RedirectResponse(f"/rollouts/{quote(key)}", status_code=303)
    one = find(platform.waiting(), key)
    state = platform.status(one.model)
    view = platform.version(f"{one.model}@{one.number}", one.environment)
    person = platform.whoami()
    decision = next((made for made in view.decisions if made.environment == one.environment), None)
    return shown(
        request,
        platform,
        "approval.html",
        one=one,
        state=state,
        view=view,
        decision=decision,
        # What it says of the cases is on their page, and to whoever answers them only beside their answer.
        evidence=[facts.told(evidence) for evidence in view.evidence if evidence.kind not in (CASES, POOL)],
        rollout=platform.rollout(one.rollout),
        project=platform.project(one.model),
        sides=sides(person),
        asked=asked(platform, one),
        invitations=platform.invitations(f"{one.model}@{one.number}", one.environment),
        may_invite=person.may(Permission.DEPLOY),
        test=own(platform, Subject(one.model, one.number, one.environment), person.email),
        standing=standing,
        now=platform.waivers(one.model).at,
        why_not=why_not(person, view.version.author),
        section="approvals",
    )


def sign(request: Request, platform: Platform) -> Response:
    """Write down somebody's word."""
    one = find(platform.waiting(), request.path_params["rollout"])
    side, accepted = forms.choice(request, "side", Side), forms.needed(request, "decision") == "accept"
    reason = forms.text(request, "reason") if accepted else forms.needed(request, "reason")
    platform.sign(f"{one.model}@{one.number}", one.environment, side, accepted=accepted, reason=reason)
    return done("/approvals", "accepted" if accepted else "refused")


def _why_not_decide(person: Person, one: Lowering) -> str:
    if person.email == one.person:
        return "You asked for it, so the word has to come from somebody else."
    return "" if person.may(Permission.APPROVE) else "That takes the role business, IT or risk."


def decide_lowering(request: Request, platform: Platform) -> Response:
    """Let a lower tier hold, or not."""
    agreed = forms.needed(request, "decision") == "agree"
    reason = forms.text(request, "reason") if agreed else forms.needed(request, "reason")
    platform.decide_lowering(request.path_params["key"], agreed, reason)
    return done("/approvals", "lowered" if agreed else "not-lowered")


def emergency_page(request: Request, platform: Platform) -> Response:
    """Show an emergency: who passed what and why, and the review that is left."""
    one = platform.emergency(request.path_params["key"])
    person = platform.whoami()
    rollout = platform.rollout(one.rollout)
    return shown(
        request,
        platform,
        "emergency.html",
        one=one,
        rollout=rollout,
        now=time.time() * 1e6,
        why_not=_why_not_review(person, one, rollout),
        section="approvals",
        every=5,
    )


def review(request: Request, platform: Platform) -> Response:
    """Close the review of an emergency."""
    done_one = platform.review_emergency(request.path_params["key"], forms.needed(request, "note"))
    return done(f"/emergencies/{done_one.id}", "reviewed")


def _why_not_review(person: Person, one: Emergency, rollout: Rollout) -> str:
    if person.email in (one.person, one.author):
        what = "declared it" if person.email == one.person else "registered its version"
        return f"You {what}, so the review has to come from somebody else."
    if not person.may(Permission.APPROVE):
        return "It takes the permission approve, which none of your roles carries."
    return "" if rollout.phase.final else f"{rollout.id} is {rollout.phase}. The review looks at what comes of it."


PAGES = (
    Page("GET", "/approvals", approvals_page, Permission.READ),
    Page("GET", "/approvals/{rollout}", approval_page, Permission.READ),
    Page("POST", "/approvals/{rollout}", sign, Permission.APPROVE),
    Page("POST", "/lowerings/{key}", decide_lowering, Permission.APPROVE),
    Page("GET", "/emergencies/{key}", emergency_page, Permission.READ),
    Page("POST", "/emergencies/{key}", review, Permission.APPROVE),
)
