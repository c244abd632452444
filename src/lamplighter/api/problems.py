"""Errors over HTTP: `application/problem+json` (RFC 9457), one table from kind to status."""

import logging
import secrets
from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain import errors
from lamplighter.domain.errors import LampError

_log = logging.getLogger("lamplighter.api")

#: Status of each kind. The first kind that fits counts.
STATUS: Mapping[type[LampError], int] = {
    errors.Invalid: 422,
    errors.NotFound: 404,
    errors.Unauthenticated: 401,
    errors.NotAllowed: 403,
    errors.Blocked: 409,
    errors.Conflict: 409,
    errors.TimedOut: 504,
    errors.Unavailable: 503,
}
#: Base of the address of a problem's page.
_TYPE = "/help/errors/"


class Malformed(errors.Invalid):
    """The body or the query cannot be read at all."""

    code = "E1130"


class TooLarge(errors.Invalid):
    """The body is over the limit."""

    code = "E1131"


class UnsupportedMediaType(errors.Invalid):
    """The body is of a type this route does not take."""

    code = "E1132"


class MethodNotTaken(errors.Invalid):
    """The path exists, but not for this method."""

    code = "E1136"


class NotAcceptable(errors.Invalid):
    """The answer has no form that the caller accepts."""

    code = "E1255"


class Throttled(errors.Unavailable):
    """The caller has to wait, and is told how long."""

    code = "E1306"

    def __init__(self, what: str, *, why: str, fix: str, seconds: int) -> None:
        super().__init__(what, why=why, fix=fix)
        self.seconds = seconds


_EXACT: Mapping[type[LampError], int] = {
    Malformed: 400,
    MethodNotTaken: 405,
    NotAcceptable: 406,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    Throttled: 429,
}


def status_of(error: LampError) -> int:
    """The HTTP status of an error; 500 for one of no known kind."""
    exact = _EXACT.get(type(error))
    return exact or next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def kind_of(error: LampError) -> str:
    """Name of the kind, by which a client raises the same again."""
    return next((kind.__name__ for kind in STATUS if isinstance(error, kind)), "LampError")


def problem(request: Request, error: LampError) -> Response:
    """The answer to a refused request. Never holds a value the caller sent, beyond names."""
    status = status_of(error)
    body = {
        "type": f"{_TYPE}{error.code}",
        "title": error.what,
        "status": status,
        "detail": error.fix,
        # Not the path: it may hold what the caller sent.
        "instance": f"urn:lamplighter:request:{request_id(request)}",
        "request_id": request_id(request),
        "code": error.code,
        "kind": kind_of(error),
        "why": error.why,
        "fix": error.fix,
    }
    headers = {"Cache-Control": "no-store", "Lamp-Request-Id": request_id(request), **waiting(error)}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(msgspec.json.encode(body), status, headers, "application/problem+json")


def waiting(error: LampError) -> Mapping[str, str]:
    """The header that says when to try again, for what may go better then."""
    if not isinstance(error, errors.Unavailable):
        return {}
    return {"Retry-After": str(error.seconds if isinstance(error, Throttled) else 1)}


def unexpected(request: Request, error: Exception) -> Response:
    """The answer where we have a bug: the log has the trace, the caller has its id."""
    _log.error("request %s failed", request_id(request), exc_info=error)
    what = LampError(
        "The platform failed.",
        why="It met something it does not expect; this is a defect of the platform, not of the request.",
        fix=f"Look for {request_id(request)} in the log of the control plane.",
        code="E1000",
    )
    return problem(request, what)


def request_id(request: Request) -> str:
    """The id of a request in the log and in its answer."""
    if not hasattr(request.state, "request_id"):
        request.state.request_id = secrets.token_hex(8)
    return str(request.state.request_id)
