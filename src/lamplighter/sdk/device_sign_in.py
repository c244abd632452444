"""Signing a command in by a browser that is somewhere else (RFC 8628): the command shows a code, the person allows it there."""

import platform
import time
from collections.abc import Callable
from typing import Annotated

import httpx2
import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import LampError, NotAllowed, NotFound, TimedOut, Unavailable
from lamplighter.sdk.door import BASE

#: Where a command begins and where it asks, and the page on which the code is typed.
BEGIN_PATH, TOKEN_PATH, PAGE_PATH = f"{BASE}/device/authorizations", f"{BASE}/device/tokens", "/device"
#: Who we are, without a secret, and what we ask for.
CLIENT, GRANT = "lamp", "urn:ietf:params:oauth:grant-type:device_code"
#: Seconds by which the interval grows where the platform asks for it.
_SLOWER = 5.0

_Text = Annotated[str, msgspec.Meta(max_length=200)]


class BeginAsked(msgspec.Struct, frozen=True):
    """What a command sends to begin."""

    client_id: _Text
    #: Name of the machine; the page shows it, and the token has it as its label.
    machine: _Text = ""


class Begun(msgspec.Struct, frozen=True):
    """What a command is given, as RFC 8628 names it."""

    device_code: Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]{16,512}$")]
    #: Shown on a terminal, so that it may hold nothing but letters.
    user_code: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9-]{4,20}$")]
    verification_uri: Annotated[str, msgspec.Meta(pattern=r"^https?://[\x21-\x7e]{1,500}$")]
    #: Seconds.
    expires_in: Annotated[int, msgspec.Meta(gt=0, le=86_400)]
    verification_uri_complete: Annotated[str, msgspec.Meta(pattern=r"^(https?://[\x21-\x7e]{1,500})?$")] = ""
    interval: Annotated[int, msgspec.Meta(gt=0, le=600)] = 5


class TokenAsked(msgspec.Struct, frozen=True):
    """What a command asks with."""

    grant_type: _Text
    device_code: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    client_id: _Text


class TokenGiven(msgspec.Struct, frozen=True):
    """A token, as RFC 6749 names it."""

    access_token: str
    token_type: str
    #: Seconds.
    expires_in: int


class _Refused(msgspec.Struct, frozen=True):
    error: str = ""
    error_description: str = ""
    code: str = ""


class NoDeviceFlow(NotFound):
    """A platform that does not sign commands in by a browser."""

    code = "E1468"


def begin(url: str, machine: str = "", *, timeout: float = 30.0) -> Begun:
    """Ask the platform at an address for a code; raises `NotFound` for one that gives none, and `Unavailable`."""
    asked = {"client_id": CLIENT, "machine": (machine or platform.node())[:200]}
    answer = _posted(url, BEGIN_PATH, asked, timeout)
    if answer.status_code in (404, 405, 501):
        raise _no_device_flow("It is of a release before that.")
    if answer.status_code >= 400:
        raise _refusal(answer)
    try:
        return from_json(answer.content, Begun)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise _no_device_flow("Its answer is not one of RFC 8628.") from None


def wait(url: str, begun: Begun, *, timeout: float = 30.0, sleep: Callable[[float], None] = time.sleep) -> str:
    """The token, once somebody allowed it. Where no answer comes it asks on, less and less often.

    Raises `TimedOut` where nobody answered in time, and `NotAllowed` where somebody refused.
    """
    interval, left = float(begun.interval), float(begun.expires_in)
    asked = {"grant_type": GRANT, "device_code": begun.device_code, "client_id": CLIENT}
    while left > 0:
        sleep(min(interval, left))
        left -= interval
        try:
            answer = _posted(url, TOKEN_PATH, asked, timeout)
        except Unavailable:
            interval *= 2
            continue
        if answer.status_code < 400:
            return from_json(answer.content, TokenGiven).access_token
        refused = _read(answer)
        if refused.error == "slow_down":
            interval += _SLOWER
        elif answer.status_code >= 500:
            interval *= 2
        elif refused.error != "authorization_pending":
            raise _refusal(answer)
    raise _too_late()


def _posted(url: str, path: str, fields: dict[str, str], timeout: float) -> httpx2.Response:
    try:
        return httpx2.post(f"{url}{path}", data=fields, timeout=timeout, headers={"Accept": "application/json"})
    except httpx2.TransportError as error:
        raise Unavailable(
            f"No answer from {url}.",
            why=f"The connection failed with {type(error).__name__}.",
            fix="Look whether the address is right and the platform runs.",
            code="E1702",
        ) from None


def _read(answer: httpx2.Response) -> _Refused:
    try:
        return from_json(answer.content, _Refused)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return _Refused()


def _refusal(answer: httpx2.Response) -> LampError:
    """What the platform said no with. Its own words are not repeated: they go to a terminal."""
    word = _read(answer).error
    if word == "access_denied":
        return NotAllowed(
            "The command was refused.",
            why="Somebody pressed Refuse on the page, or lost the account.",
            fix="If that was a mistake, begin again with lamp login.",
            code="E1464",
        )
    if word == "expired_token":
        return _too_late()
    return Unavailable(
        "The platform signs no command in now.",
        why=f"It answered {answer.status_code}: {word if word.isascii() and word.replace('_', '').isalpha() else 'no reason'}.",
        fix="Repeat it in a few minutes, or sign in with a token: lamp login --token-stdin.",
        code="E1466",
    )


def _too_late() -> TimedOut:
    return TimedOut("Nobody allowed it in time.", why="The code is too old.", fix="Begin again with lamp login.", code="E1463")


def _no_device_flow(why: str) -> NoDeviceFlow:
    return NoDeviceFlow(
        "This platform gives out no codes to sign in with.",
        why=why,
        fix="Sign in with a token: lamp login --token-stdin < FILE.",
    )
