"""Signing in by a one-time secret, and out again. Opening the link does nothing; the button does."""

import time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lamplighter.api.authentication import COOKIE, with_session, without_session
from lamplighter.domain.errors import NotAllowed
from lamplighter.lifecycle import identity
from lamplighter.web import forms
from lamplighter.web.page import rendered


def sign_in_page(request: Request) -> Response:
    """Show the button; the script puts the secret from the fragment of the address into its field."""
    return rendered(request, "sign_in.html")


def sign_in(request: Request) -> Response:
    """Turn the secret into a session; raises `Unauthenticated` for one that is spent or unknown."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed(
            "This sign-in did not come from our page.",
            why="Another site sent it, and could sign you in as somebody else.",
            fix="Open the sign-in link and use its button.",
            code="E1302",
        )
    session = identity.redeem(request.app.state.kit, forms.needed(request, "secret"))
    left = max(0, int(session.expires_at / 1_000_000 - time.time()))
    return with_session(RedirectResponse("/", status_code=303), session.secret, seconds=left)


def sign_out(request: Request) -> Response:
    """End the session, here and on the platform."""
    identity.end_session(request.app.state.kit, request.cookies.get(COOKIE, ""))
    return without_session(RedirectResponse("/sign-in", status_code=303))
