"""A spot check: a version that the platform accepted by itself, what a validator says of it, and what that halts."""

import time

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission
from lamplighter.sdk.interface import Platform
from lamplighter.web import forms, validations
from lamplighter.web.page import Page, done, shown


def check_page(request: Request, platform: Platform) -> Response:
    """Show one spot check, and what is left to do."""
    one = platform.spot_check(request.path_params["key"])
    view = platform.version(f"{one.model}@{one.number}", one.environment)
    decision = next((made for made in view.decisions if made.environment == one.environment and made.auto_approved), None)
    return shown(
        request,
        platform,
        "spot_check.html",
        one=one,
        decision=decision,
        now=time.time_ns() // 1000,
        why_not=validations.why_not(platform, platform.status(one.model)),
        section="approvals",
    )


def judge(request: Request, platform: Platform) -> Response:
    """Write down whether the version should have been let in."""
    bad = forms.needed(request, "judgement") == "bad"
    found = platform.judge_spot_check(request.path_params["key"], bad, forms.needed(request, "note"))
    return done(f"/spot-checks/{found.id}", "checked")


def lift(request: Request, platform: Platform) -> Response:
    """Let the platform accept versions of the model again."""
    found = platform.lift_suspension(request.path_params["key"], forms.needed(request, "reason"))
    return done(f"/spot-checks/{found.id}", "lifted")


PAGES = (
    Page("GET", "/spot-checks/{key}", check_page, Permission.READ),
    Page("POST", "/spot-checks/{key}/judgement", judge, Permission.APPROVE),
    Page("POST", "/spot-checks/{key}/lift", lift, Permission.APPROVE),
)
