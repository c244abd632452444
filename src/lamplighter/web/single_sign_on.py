"""The way to an identity provider and back, and the link that signs out of it."""

import time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lamplighter.api.authentication import COOKIE, with_session
from lamplighter.domain.errors import NotAllowed
from lamplighter.lifecycle import authentication, providers, single_sign_on
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.single_sign_on import Returned
from lamplighter.lifecycle.trips import SECONDS
from lamplighter.web.paths import own_path

#: The browser keeps here that it has begun a sign-in.
TRIP = "__Host-lamp-sign-in"


def leave(request: Request) -> Response:
    """Send the browser to the provider."""
    _refuse_other_sites(request)
    to = own_path(request.query_params.get("to", ""))
    begun = single_sign_on.begin(_kit(request), request.path_params["provider"], to)
    answer = _redirect(begun.address)
    answer.set_cookie(TRIP, begun.cookie, max_age=SECONDS, secure=True, httponly=True, samesite="lax", path="/")
    return answer


def tried(request: Request) -> str:
    """The code that is to become a session; nothing without the cookie of a browser that has begun."""
    return _once(request, "code") if TRIP in request.cookies else ""


def come_back(request: Request) -> Response:
    """Turn what the provider says into a session, in the place of the one before."""
    kit = _kit(request)
    returned = Returned(_once(request, "state"), _once(request, "code"), _once(request, "iss"), "error" in request.query_params)
    cookie = request.cookies.get(TRIP, "")
    entered = single_sign_on.come_back(kit, request.path_params["provider"], returned, cookie)
    authentication.end_session(kit, request.cookies.get(COOKIE, ""))
    left = max(0, int(entered.session.expires_at / 1_000_000 - time.time()))
    answer = with_session(_redirect(own_path(entered.to)), entered.session.secret, seconds=left)
    answer.delete_cookie(TRIP, path="/", secure=True, httponly=True, samesite="lax")
    return answer


def sign_out_there(request: Request) -> Response:
    """Send the browser to where the provider ends its own session; raises as `leave` does."""
    _refuse_other_sites(request)
    kit = _kit(request)
    return _redirect(providers.exit_of(kit, providers.find(kit, request.path_params["provider"])) or "/sign-in")


def _kit(request: Request) -> Kit:
    kit: Kit = request.app.state.kit
    return kit


def _once(request: Request, name: str) -> str:
    """What the address holds under a name; nothing if it holds it more than once."""
    found = request.query_params.getlist(name)
    return found[0] if len(found) == 1 else ""


def _redirect(address: str) -> Response:
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})


def _refuse_other_sites(request: Request) -> None:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed(
            "This sign-in did not come from our page.",
            why="Another site sent it.",
            fix="Open the page to sign in, and use its button.",
            code="E1302",
        )
