"""A handover: both sides, the nine checks with their evidence, the drills, the discussion, and the word that moves it."""

import time

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.handover import Drill, State
from lamplighter.domain.identity import Permission, Person
from lamplighter.sdk.interface import Platform
from lamplighter.views.handover import HandoverView
from lamplighter.web import forms
from lamplighter.web.page import Page, done, shown


def handover_page(request: Request, platform: Platform) -> Response:
    """Show one handover."""
    seen, person = platform.handover(request.path_params["key"]), platform.whoami()
    found, now = seen.handover, time.time() * 1e6
    return shown(
        request,
        platform,
        "handover.html",
        seen=seen,
        one=found,
        drills=_DRILLS,
        proofs={drill: found.proof(drill) for drill in Drill},
        word=request.query_params.get("word", "")[:12],
        receives=person.email in seen.receivers,
        speaks=person.email in (*seen.receivers, *seen.givers, found.started_by),
        why_not=_why_not(seen, person),
        co_owned=found.state is State.ACCEPTED and now < found.co_own_until,
        section="approvals",
    )


def drill(request: Request, platform: Platform) -> Response:
    """Hold a drill."""
    key, held = request.path_params["key"], forms.choice(request, "drill", Drill)
    platform.drill_handover(key, held)
    return done(f"/handover/{key}", "paged" if held is Drill.PAGE else "drilled")


def answer(request: Request, platform: Platform) -> Response:
    """Answer a test page by its word."""
    key = request.path_params["key"]
    platform.answer_page(key, forms.needed(request, "word"))
    return done(f"/handover/{key}", "drilled")


def ask(request: Request, platform: Platform) -> Response:
    """Say something to the other side."""
    key = request.path_params["key"]
    platform.discuss_handover(key, forms.needed(request, "text"))
    return done(f"/handover/{key}", "said")


def accept(request: Request, platform: Platform) -> Response:
    """Take the duties."""
    key = request.path_params["key"]
    platform.accept_handover(key)
    return done(f"/handover/{key}", "taken")


def refuse(request: Request, platform: Platform) -> Response:
    """Say no, or withdraw it."""
    key = request.path_params["key"]
    platform.refuse_handover(key, forms.needed(request, "reason"))
    return done(f"/handover/{key}", "refused")


def hand_back(request: Request, platform: Platform) -> Response:
    """Give the duties back."""
    key = request.path_params["key"]
    platform.return_handover(key, forms.needed(request, "reason"))
    return done(f"/handover/{key}", "given-back")


#: What is on the button of each drill, and what it does.
_DRILLS = {
    Drill.ACCESS: ("Check my access", "Looks at what you may do, who else may, and whether the environment answers."),
    Drill.ROLLBACK: (
        "Practise a rollback",
        "A real one, in your name, where no customer calls. What is live there is put back afterwards.",
    ),
    Drill.PAGE: ("Send a test page", "Goes to whoever is on call, through every channel that pages of this model take."),
}


def _why_not(seen: HandoverView, person: Person) -> str:
    """Why the person cannot accept it; empty if they can."""
    if person.email not in seen.receivers:
        return f"It is accepted by somebody of {seen.handover.receiver} who does not give it: {', '.join(seen.receivers)}."
    if not person.may(Permission.DEPLOY):
        return "It takes the permission deploy, which none of your roles carries."
    left = len(seen.checks) - seen.held
    return f"{left} of {len(seen.checks)} checks do not hold yet." if left else ""


PAGES = (
    Page("GET", "/handover/{key}", handover_page, Permission.READ),
    Page("POST", "/handover/{key}/drills", drill, Permission.READ),
    Page("POST", "/handover/{key}/answer", answer, Permission.RESPOND),
    Page("POST", "/handover/{key}/ask", ask, Permission.READ),
    Page("POST", "/handover/{key}/accept", accept, Permission.DEPLOY),
    Page("POST", "/handover/{key}/refuse", refuse, Permission.RESPOND),
    Page("POST", "/handover/{key}/return", hand_back, Permission.RESPOND),
)
