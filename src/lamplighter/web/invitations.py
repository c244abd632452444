"""Sending the business a link with which it accepts a version without an account, and taking it back."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission
from lamplighter.sdk.interface import Platform
from lamplighter.views.waiting import find
from lamplighter.web import forms
from lamplighter.web.page import Page, done, shown


def invite(request: Request, platform: Platform) -> Response:
    """Send a link; where it did not go by mail it is shown here, once, and never stands in an address of ours."""
    one = find(platform.waiting(), request.path_params["rollout"])
    sent = platform.invite(f"{one.model}@{one.number}", one.environment, forms.needed(request, "email", 200))
    if not sent.link:
        return done(f"/approvals/{quote(one.rollout)}", "invited")
    return shown(request, platform, "invited.html", one=one, sent=sent, section="approvals")


def revoke(request: Request, platform: Platform) -> Response:
    """Take a link back."""
    ended = platform.revoke_invitation(request.path_params["key"])
    waiting = (
        one for one in platform.waiting(ended.model) if (one.number, one.environment) == (ended.number, ended.environment)
    )
    rollout = next((one.rollout for one in waiting), "")
    return done(f"/approvals/{quote(rollout)}" if rollout else "/approvals", "uninvited")


PAGES = (
    Page("POST", "/approvals/{rollout}/invitations", invite, Permission.DEPLOY),
    Page("POST", "/invitations/{key}/revoke", revoke, Permission.DEPLOY),
)
