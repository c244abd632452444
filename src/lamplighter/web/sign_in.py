"""Signing in by a one-time secret, and out again. Opening the link does nothing; the button does."""

import time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lamplighter.api.authentication import COOKIE, with_session, without_session
from lamplighter.domain.errors import LampError, NotAllowed
from lamplighter.domain.identity_provider import IdentityProvider
from lamplighter.lifecycle import authentication, providers, tokens
from lamplighter.web import forms, invitation
from lamplighter.web.page import rendered
from lamplighter.web.paths import own_path


def sign_in_page(request: Request) -> Response:
    """Show a button for each provider, and the field for a secret; the script puts that of the address's fragment into it."""
    if request.query_params.get("to", "") == invitation.PATH:
        return invitation.opening_page(request)
    known = request.app.state.kit.settings.identity_providers
    left = next((one for one in known if one.name == request.query_params.get("left", "")), None)
    return rendered(request, "sign_in.html", to=own_path(request.query_params.get("to", "")), providers=known, left=left)


def tried(request: Request) -> str:
    """The secret that is to become a session."""
    return forms.text(request, "secret")


def sign_in(request: Request) -> Response:
    """Turn the secret into a session; raises `Unauthenticated` for one that is spent or unknown."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed(
            "This sign-in did not come from our page.",
            why="Another site sent it, and could sign you in as somebody else.",
            fix="Open the sign-in link and use its button.",
            code="E1302",
        )
    if forms.needed(request, "secret").startswith(tokens.INVITATION_PREFIX):
        return invitation.enter(request)
    session = authentication.redeem(request.app.state.kit, forms.needed(request, "secret"))
    left = max(0, int(session.expires_at / 1_000_000 - time.time()))
    to = own_path(forms.text(request, "to"))
    return with_session(RedirectResponse(to, status_code=303), session.secret, seconds=left)


def sign_out(request: Request) -> Response:
    """End the session, here and on the platform; that of an identity provider goes on until its own is ended, too."""
    kit = request.app.state.kit
    name = authentication.end_session(kit, request.cookies.get(COOKIE, ""))
    provider = next((one for one in kit.settings.identity_providers if one.name == name), None)
    left = f"?left={provider.name}" if provider and _has_exit(request, provider) else ""
    return without_session(RedirectResponse(f"/sign-in{left}", status_code=303))


def _has_exit(request: Request, provider: IdentityProvider) -> bool:
    """Whether the provider can be asked to end its session; signing out here never depends on it."""
    try:
        return bool(providers.exit_of(request.app.state.kit, provider))
    except LampError:
        return False
