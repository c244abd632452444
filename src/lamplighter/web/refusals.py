"""Refused requests of browsers: a page with the way on, never a trace and never the values that were sent."""

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.api.problems import Throttled, request_id, status_of, waiting
from lamplighter.domain.errors import LampError, Unauthenticated
from lamplighter.sdk.door import BASE
from lamplighter.web.page import rendered
from lamplighter.web.paths import own_path

#: Paths that answer programs, whoever asks.
_PROGRAMS = (f"{BASE}/", "/openapi.json", "/livez", "/readyz")


def wants_page(request: Request) -> bool:
    """Whether a browser is to be shown the answer."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(_PROGRAMS)


def error_page(request: Request, error: LampError) -> Response | None:
    """What, why, fix, code and the id of the request; nothing for a program."""
    if not wants_page(request):
        return None
    page = rendered(
        request,
        "refused.html",
        status=status_of(error),
        error=error,
        # Whoever holds a link has no account to sign in to.
        guest=request.url.path.startswith("/uat/") or error.code in ("E1447", "E1449"),
        request_id=request_id(request),
        unknown=_unknown(request, error),
        to=own_path(request.url.path) if request.method == "GET" else "/",
    )
    page.headers.update({"Lamp-Request-Id": request_id(request), **waiting(error)})
    return page


def _unknown(request: Request, error: LampError) -> bool:
    """Whether it helps to sign in. Somebody who is known can be told to wait as well."""
    stranger = isinstance(error, Throttled) and not hasattr(request.state, "actor")
    return stranger or isinstance(error, Unauthenticated) or request.url.path.startswith("/sign-in/")
