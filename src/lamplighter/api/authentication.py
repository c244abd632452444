"""Who is calling: a bearer token, or the session of a browser with proof that the request is its own.

Who it is can be said before the body is read, so that strangers do not fill our memory; the proof may stand in the body.
"""

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.errors import NotAllowed, Unauthenticated
from lamplighter.domain.identity import Actor, Purpose
from lamplighter.lifecycle import authentication, tokens

#: The browser keeps the session here; the prefix makes it refuse the cookie from anywhere but this very host.
COOKIE = "__Host-lamp"
#: The browser keeps what opens one invitation here.
LINKED = "__Host-lamp-uat"
_SAFE = frozenset({"GET", "HEAD"})


def authenticate(request: Request) -> Actor:
    """The caller; raises `Unauthenticated`."""
    kit = request.app.state.kit
    token = _token(request)
    if token.startswith(tokens.PUSH_PREFIX):
        return authentication.authenticate_push(kit, token)
    if token.startswith(tokens.NODE_PREFIX):
        return authentication.authenticate_node(kit, token)
    if token:
        purpose = Purpose.PIPELINE if token.startswith(tokens.PIPELINE_PREFIX) else Purpose.TOKEN
        return authentication.authenticate(kit, token, purpose)
    session = request.cookies.get(COOKIE, "")
    if not session:
        raise Unauthenticated(
            "You are not signed in.",
            why="The request carries neither a token nor a session.",
            fix="Send Authorization: Bearer with a token, or sign in with the link that lamp up prints.",
            code="E1311",
        )
    return authentication.authenticate(kit, session, Purpose.SESSION)


def shown(request: Request) -> str:
    """The secret that a request carries; empty if there is none."""
    return _token(request) or request.cookies.get(COOKIE, "")


def _token(request: Request) -> str:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        return _password(secret)
    return secret if scheme.lower() == "bearer" else ""


def _password(encoded: str) -> str:
    """A token for pushing as the password of an address: loggers of others take no header, but an address with one."""
    try:
        secret = base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""
    return secret if secret.startswith(tokens.PUSH_PREFIX) else ""


def refuse_forged(request: Request) -> None:
    """Raise `NotAllowed` for a deed of a browser that another site may have sent; it looks into the body."""
    session = request.cookies.get(COOKIE, "")
    if request.method in _SAFE or _token(request) or _own(request, session):
        return
    raise _forged()


def _forged() -> NotAllowed:
    return NotAllowed(
        "This request did not come from one of our pages.",
        why="A browser sent it without proof that the signed-in person meant it.",
        fix="Open the page again and repeat it there.",
        code="E1302",
    )


def refuse_forged_by_link(request: Request) -> None:
    """The same for whoever holds an invitation."""
    secret = request.cookies.get(LINKED, "")
    if request.method not in _SAFE and not _own(request, secret):
        raise _forged()


def csrf_of(request: Request, cookie: str = COOKIE) -> str:
    """What a form of a page sends along as `csrf`, to show that the page made it."""
    return _csrf(request.cookies.get(cookie, ""))


def _csrf(session: str) -> str:
    return hmac.new(session.encode(), b"csrf", hashlib.sha256).hexdigest()


def _own(request: Request, session: str) -> bool:
    if request.headers.get("sec-fetch-site") == "same-origin":
        return True
    sent = request.headers.get("x-csrf") or form(request).get("csrf", "")
    return hmac.compare_digest(sent, _csrf(session))


def form(request: Request) -> dict[str, str]:
    """The fields of a posted form, the last value of each name; empty for another kind of body."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    body: bytes = request.state.body
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200))
    except ValueError:
        # More fields than any form of ours has.
        return {}


def with_session(answer: Response, secret: str, *, seconds: int, cookie: str = COOKIE) -> Response:
    """The answer with the cookie that keeps the session, or what opens an invitation."""
    options: dict[str, Any] = {"secure": True, "httponly": True, "samesite": "lax", "path": "/"}
    answer.set_cookie(cookie, secret, max_age=seconds, **options)
    return answer


def without_session(answer: Response) -> Response:
    """The answer that makes the browser forget its session."""
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return answer
