"""Routes that say what it takes to use them. A route that does not say it stops the start."""

from collections.abc import Awaitable, Callable, Iterable
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lamplighter.api.admission import Admission, Entrance
from lamplighter.api.authentication import LINKED, authenticate, refuse_forged, refuse_forged_by_link, shown
from lamplighter.api.problems import TooLarge, problem
from lamplighter.domain.errors import LampError, NotAllowed
from lamplighter.domain.identity import Actor, Permission
from lamplighter.lifecycle import invitations
from lamplighter.lifecycle import invited as invited_for
from lamplighter.sdk.embedded import Embedded
from lamplighter.sdk.interface import Platform

#: Answers a request; runs in a thread, so it may wait for the database.
Endpoint = Callable[[Request], Response]
#: Answers a request while its body comes in.
Streaming = Callable[[Request], Awaitable[Response]]
#: Answers a request that is refused, in the form of the protocol that was called.
Refusal = Callable[[Request, LampError], Response]


#: Bytes of a body: of a stranger, of anybody, and of an artifact.
_PUBLIC, _USUAL, _ARTIFACT = 64 * 1024, 16 * 1024 * 1024, 512 * 1024 * 1024


class Tried(NamedTuple):
    """What a request without a permission tries to prove, so that guesses are counted."""

    entrance: Entrance
    #: The secret that it brings; empty where it can be refused without asking anybody.
    secret: Callable[[Request], str]


class Public(StrEnum):
    """Why a route needs no sign-in. The whole list; it only grows with a reason."""

    #: Process probes say nothing but that the process is there.
    PROBE = "probe"
    #: One has to sign in somewhere.
    SIGN_IN = "sign-in"
    #: Style and script hold nothing of anybody.
    STATIC = "static"


class Held(StrEnum):
    """What a route takes in the place of a permission, which is somebody's for all of the platform."""

    #: The invitation whose name stands in the path as `key`.
    INVITATION = "invitation"


class Guarded(Route):
    """A route with its permission."""

    def __init__(self, method: str, path: str, answer: Streaming, permission: Permission | Public | Held) -> None:
        self.permission = permission
        super().__init__(path, answer, methods=[method], name=f"{method} {path}")


def guarded(
    method: str, path: str, endpoint: Endpoint, permission: Permission | Public, refusal: Refusal | None = None
) -> Guarded:
    """A route that only a caller with the permission reaches. The endpoint finds the platform with `platform(request)`."""
    answer = _open(endpoint) if isinstance(permission, Public) else _guarding(endpoint, permission, refusal or _refused)
    return Guarded(method, path, answer, permission)


def entered(method: str, path: str, endpoint: Endpoint, tried: Tried, refusal: Refusal | None = None) -> Guarded:
    """A route on which one signs in."""
    return Guarded(method, path, _entering(endpoint, tried, refusal or _refused), Public.SIGN_IN)


def invited(method: str, path: str, endpoint: Endpoint) -> Guarded:
    """A route for whoever holds the invitation that its path names, and for nobody else, whatever else they may.

    The endpoint finds it with `entered_by(request)`.
    """
    return Guarded(method, path, _inviting(endpoint), Held.INVITATION)


def streamed(method: str, path: str, endpoint: Streaming, permission: Permission, refusal: Refusal) -> Guarded:
    """The same, for an endpoint that reads the body itself, piece by piece; only a caller with the permission gets so far."""
    return Guarded(method, path, _streaming(endpoint, permission, refusal), permission)


def platform(request: Request) -> Platform:
    """The platform as the signed-in caller."""
    return Embedded(request.app.state.kit, actor(request))


def entered_by(request: Request) -> invitations.Entered:
    """What the browser holds; only on routes that need an invitation."""
    held: invitations.Entered = request.state.entered
    return held


def actor(request: Request) -> Actor:
    """The signed-in caller; only on routes that need a permission."""
    signed_in: Actor = request.state.actor
    return signed_in


def refuse_unguarded(routes: Iterable[BaseRoute]) -> None:
    """Raise `RuntimeError` naming the first route without a declared permission."""
    for route in routes:
        if not isinstance(route, Guarded):
            raise RuntimeError(f"the route {getattr(route, 'path', route)} declares no permission")


def _open(endpoint: Endpoint) -> Streaming:
    async def answer(request: Request) -> Response:
        try:
            request.state.body = await read_body(request, _PUBLIC)
            return await run_in_threadpool(endpoint, request)
        except LampError as error:
            return _refused(request, error)

    return answer


def _entering(endpoint: Endpoint, tried: Tried, refusal: Refusal) -> Streaming:
    async def answer(request: Request) -> Response:
        try:
            request.state.body = await read_body(request, _PUBLIC)
            secret = tried.secret(request)
            if not secret:
                return await run_in_threadpool(endpoint, request)
            return await _admission(request).admitted(request, tried.entrance, secret, partial(endpoint, request))
        except LampError as error:
            return refusal(request, error)

    return answer


def _inviting(endpoint: Endpoint) -> Streaming:
    async def answer(request: Request) -> Response:
        try:
            request.state.entered = await _linked(request)
            request.state.body = await read_body(request, _PUBLIC)
            refuse_forged_by_link(request)
            return await run_in_threadpool(endpoint, request)
        except LampError as error:
            return _refused(request, error)

    return answer


async def _linked(request: Request) -> invitations.Entered:
    """What the browser holds, if it is what the path names."""
    secret = request.cookies.get(LINKED, "")
    if not secret:
        raise invited_for.worthless()
    look = partial(invitations.authenticate, request.app.state.kit, secret)
    held = await _admission(request).admitted(request, Entrance.API, secret, look)
    if held.invitation.id != request.path_params["key"]:
        raise invited_for.worthless()
    return held


def _guarding(endpoint: Endpoint, permission: Permission, refusal: Refusal) -> Streaming:
    async def answer(request: Request) -> Response:
        try:
            await _admit(request, permission)
            request.state.body = await read_body(request, _limit(request))
        except LampError as error:
            return refusal(request, error)
        return await run_in_threadpool(_answer, request, endpoint, refusal)

    return answer


def _streaming(endpoint: Streaming, permission: Permission, refusal: Refusal) -> Streaming:
    async def answer(request: Request) -> Response:
        request.state.body = b""
        try:
            await _admit(request, permission)
            refuse_forged(request)
            return await endpoint(request)
        except LampError as error:
            return refusal(request, error)

    return answer


async def _admit(request: Request, permission: Permission) -> None:
    """Before a byte of the body is read."""
    look = partial(authenticate, request)
    secret = shown(request)
    caller = await _admission(request).admitted(request, Entrance.API, secret, look) if secret else look()
    request.state.actor = caller
    _allow(caller, permission)


def _admission(request: Request) -> Admission:
    admission: Admission = request.app.state.admission
    return admission


def _answer(request: Request, endpoint: Endpoint, refusal: Refusal) -> Response:
    try:
        refuse_forged(request)
        return endpoint(request)
    except LampError as error:
        return refusal(request, error)


def _refused(request: Request, error: LampError) -> Response:
    page = getattr(request.app.state, "error_page", None)
    shown = page(request, error) if page and "text/html" in request.headers.get("accept", "") else None
    return shown or problem(request, error)


def _allow(caller: Actor, permission: Permission) -> None:
    if not caller.may(permission):
        raise NotAllowed(
            "You may not do this.",
            why=f"It takes the permission {permission}, and none of your roles carries it.",
            fix="Ask somebody who has it, or an administrator for another role.",
            code="E1301",
        )


def _limit(request: Request) -> int:
    return _ARTIFACT if request.headers.get("content-type") == "application/octet-stream" else _USUAL


async def read_body(request: Request, limit: int) -> bytes:
    """The body of a request; raises `TooLarge`."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge(
                "The request is too large.",
                why=f"Its body is over {limit} bytes.",
                fix="Send less at once, in several requests.",
            )
        parts.append(part)
    return b"".join(parts)
