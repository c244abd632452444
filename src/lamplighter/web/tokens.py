"""Tokens of the person who looks, and how one is ended."""

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission
from lamplighter.sdk.answers import HeldToken
from lamplighter.sdk.interface import Platform
from lamplighter.web import times
from lamplighter.web.actions import Action
from lamplighter.web.page import Page, done, shown


def tokens_page(request: Request, platform: Platform) -> Response:
    """Show the tokens that are good now."""
    rows = [(one, _revoking(one)) for one in platform.tokens(platform.whoami().email)]
    return shown(request, platform, "tokens.html", rows=rows)


def revoke(request: Request, platform: Platform) -> Response:
    """End one."""
    platform.revoke_token(request.path_params["key"])
    return done("/tokens", "token-revoked")


def _revoking(one: HeldToken) -> Action:
    return Action(
        label="Revoke",
        address=f"/tokens/{one.key}",
        fields={},
        facts=(
            ("Token", f"{one.label}, of {times.minute(one.created_at)}"),
            ("Then", "Whoever uses it is refused at once, and so are sessions and tokens that came from it."),
        ),
        command=f"lamp tokens revoke {one.key}",
    )


PAGES = (
    Page("GET", "/tokens", tokens_page, Permission.READ),
    Page("POST", "/tokens/{key}", revoke, Permission.READ),
)
