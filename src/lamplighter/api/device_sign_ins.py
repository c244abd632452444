"""The two doors of the device flow (RFC 8628): a command begins, and asks until it is allowed. In the form of OAuth 2.0."""

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from lamplighter.api.admission import Admission, Entrance
from lamplighter.api.guard import Guarded, Tried, entered
from lamplighter.api.problems import Malformed, Throttled, TooLarge, UnsupportedMediaType, request_id, waiting
from lamplighter.domain.decoding import from_plain
from lamplighter.domain.errors import Invalid, LampError, NotAllowed, Unauthenticated, Unavailable
from lamplighter.lifecycle import device_sign_ins, routing
from lamplighter.lifecycle.device_sign_ins import Denied, Expired, Pending, TooSoon
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk.device_sign_in import (
    BEGIN_PATH,
    CLIENT,
    GRANT,
    PAGE_PATH,
    TOKEN_PATH,
    BeginAsked,
    Begun,
    TokenAsked,
    TokenGiven,
)

Asked = TypeVar("Asked", bound=msgspec.Struct)


class UnknownClient(Invalid):
    """A client that is none of ours."""

    code = "E1467"


class UnknownGrant(Invalid):
    """A grant that is not given here."""

    code = "E1467"


#: The word of OAuth 2.0 for each refusal, and its status (RFC 6749, 5.2; RFC 8628, 3.5). The first that fits counts.
_WORDS: Mapping[type[LampError], tuple[str, int]] = {
    Pending: ("authorization_pending", 400),
    TooSoon: ("slow_down", 400),
    Throttled: ("slow_down", 429),
    Expired: ("expired_token", 400),
    Denied: ("access_denied", 400),
    UnknownClient: ("invalid_client", 401),
    UnknownGrant: ("unsupported_grant_type", 400),
    TooLarge: ("invalid_request", 413),
    UnsupportedMediaType: ("invalid_request", 415),
    Invalid: ("invalid_request", 400),
    NotAllowed: ("access_denied", 403),
    Unauthenticated: ("invalid_grant", 400),
    Unavailable: ("temporarily_unavailable", 503),
}


def device_sign_in_routes() -> list[Guarded]:
    """Both. To begin proves nothing, so that it is counted by itself."""
    return [
        entered("POST", BEGIN_PATH, _begin, Tried(Entrance.DEVICE_BEGUN, lambda _: ""), _refused),
        entered("POST", TOKEN_PATH, _redeem, Tried(Entrance.DEVICE, _device_code), _refused),
    ]


def _begin(request: Request) -> Response:
    asked = _form(request, BeginAsked)
    _check_client(asked.client_id)
    admission: Admission = request.app.state.admission
    sender = admission.sender(request)
    admission.take(Entrance.DEVICE_BEGUN, sender)
    kit: Kit = request.app.state.kit
    begun = device_sign_ins.begin(kit, asked.machine, sender)
    page = f"{kit.settings.opened_at}{PAGE_PATH}"
    return _answer(
        Begun(
            device_code=begun.device_code,
            user_code=begun.user_code,
            verification_uri=page,
            verification_uri_complete=f"{page}/{begun.user_code}",
            expires_in=begun.expires_in,
            interval=begun.interval,
        )
    )


def _redeem(request: Request) -> Response:
    kit: Kit = request.app.state.kit
    made = device_sign_ins.redeem(kit, _device_code(request))
    routing.apply_everywhere(kit)
    seconds = (made.expires_at - kit.clock.now()) // 1_000_000
    return _answer(TokenGiven(access_token=made.secret, token_type="Bearer", expires_in=seconds))  # noqa: S106  no secret


def _device_code(request: Request) -> str:
    """The code that the command brings; raises for a request of another form."""
    asked = _form(request, TokenAsked)
    if asked.grant_type != GRANT:
        raise UnknownGrant("This grant is not given here.", why="Only the device flow is.", fix=f"Send grant_type={GRANT}.")
    _check_client(asked.client_id)
    return asked.device_code


def _check_client(client: str) -> None:
    if client != CLIENT:
        raise UnknownClient("The client is not known.", why="There is only one.", fix=f"Send client_id={CLIENT}.")


def _form(request: Request, kind: type[Asked]) -> Asked:
    """The fields of the request, each once; fields that nobody knows are passed over, as OAuth 2.0 wants it."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise NotAllowed(
            "This request came from a page of another site.",
            why="Commands ask here, and no page does.",
            fix="Use lamp login.",
            code="E1302",
        )
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("The body is of another type.", why="It is no form.", fix="Send a form.")
    try:
        pairs = parse_qsl(request.state.body.decode(), keep_blank_values=True, max_num_fields=20)
        if len(dict(pairs)) != len(pairs):
            raise ValueError
        return from_plain(dict(pairs), kind)
    except (ValueError, msgspec.ValidationError):
        known = ", ".join(kind.__struct_fields__)
        raise Malformed(
            "The form cannot be read.", why="A field is missing, or is there twice.", fix=f"Send {known}."
        ) from None


def _answer(said: msgspec.Struct) -> Response:
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Response(msgspec.json.encode(said), media_type="application/json", headers=headers)


def _refused(request: Request, error: LampError) -> Response:
    """A refusal in the words of OAuth 2.0; what we would say stands beside."""
    word, status = next((said for kind, said in _WORDS.items() if isinstance(error, kind)), ("server_error", 500))
    body = {"error": word, "error_description": f"{error.what} {error.why} {error.fix}", "code": error.code}
    headers = {"Cache-Control": "no-store", "Lamp-Request-Id": request_id(request), **waiting(error)}
    return Response(msgspec.json.encode(body), status, headers, "application/json")
