"""Signing in by a one-time secret, and out again. Opening the link does nothing; the button does."""

import re
import time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lamplighter.api.authentication import COOKIE, with_session, without_session
from lamplighter.domain.errors import NotAllowed
from lamplighter.lifecycle import authentication
from lamplighter.web import forms
from lamplighter.web.page import rendered

#: A path of ours: names between single slashes, so that it can never lead to another host.
_PATH = re.compile(r"(/[A-Za-z0-9_~@-][A-Za-z0-9._~@-]*)+")


def own_path(text: str) -> str:
    """The path itself if it is one of ours, else the first page."""
    return text if _PATH.fullmatch(text) else "/"


def sign_in_page(request: Request) -> Response:
    """Show the button; the script puts the secret from the fragment of the address into its field."""
    return rendered(request, "sign_in.html", to=own_path(request.query_params.get("to", "")))


def sign_in(request: Request) -> Response:
    """Turn the secret into a session; raises `Unauthenticated` for one that is spent or unknown."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed(
            "This sign-in did not come from our page.",
            why="Another site sent it, and could sign you in as somebody else.",
            fix="Open the sign-in link and use its button.",
            code="E1302",
        )
    session = authentication.redeem(request.app.state.kit, forms.needed(request, "secret"))
    left = max(0, int(session.expires_at / 1_000_000 - time.time()))
    to = own_path(forms.text(request, "to"))
    return with_session(RedirectResponse(to, status_code=303), session.secret, seconds=left)


def sign_out(request: Request) -> Response:
    """End the session, here and on the platform."""
    authentication.end_session(request.app.state.kit, request.cookies.get(COOKIE, ""))
    return without_session(RedirectResponse("/sign-in", status_code=303))
