"""Where a run of a CI exchanges the token of its issuer for one of ours."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from lamplighter.api.admission import Entrance
from lamplighter.api.guard import Guarded, Tried, entered
from lamplighter.api.problems import Malformed, TooLarge, UnsupportedMediaType
from lamplighter.domain.decoding import from_json
from lamplighter.lifecycle import pipelines
from lamplighter.sdk.answers import Secret
from lamplighter.sdk.door import BASE

PATH = f"{BASE}/pipelines/tokens"


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a run brings."""

    #: The token that its issuer has signed, a JSON Web Token.
    token: str


def pipeline_routes() -> list[Guarded]:
    """The one route; the token itself says who comes."""
    return [entered("POST", PATH, _exchange, Tried(Entrance.PIPELINE, _token))]


def _exchange(request: Request) -> Response:
    made = pipelines.sign_in(request.app.state.kit, _token(request))
    answer = Secret(secret=made.secret, expires_at=made.expires_at)
    return Response(msgspec.json.encode(answer), media_type="application/json", headers={"Cache-Control": "no-store"})


def _token(request: Request) -> str:
    """The token in the body; raises `Malformed`, `TooLarge` and `UnsupportedMediaType`."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType(
            "The body is of a type this route does not take.",
            why="It takes application/json only.",
            fix="Send Content-Type: application/json.",
        )
    content: bytes = request.state.body
    if len(content) > 2 * pipelines.LARGEST:
        raise TooLarge("The token is too large.", why="No issuer makes one of that size.", fix="Send the token alone.")
    try:
        return from_json(content, Asked).token
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError):
        raise Malformed("The body cannot be read.", why="It is no object with a token.", fix='Send {"token": "..."}.') from None
