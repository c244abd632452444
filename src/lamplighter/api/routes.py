"""One route for every verb of the interface, made from its door."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from lamplighter.api.guard import Endpoint, Guarded, guarded, platform
from lamplighter.api.problems import Malformed, UnsupportedMediaType
from lamplighter.domain.choices import choices, told
from lamplighter.domain.decoding import from_json, from_plain
from lamplighter.domain.errors import Invalid
from lamplighter.sdk.door import Door
from lamplighter.sdk.interface import DOORS


def routes() -> list[Guarded]:
    """Every verb over HTTP."""
    return [guarded(door.method, door.path, _endpoint(door), door.permission) for door in DOORS.values()]


def _endpoint(door: Door) -> Endpoint:
    reader = _reader(door)

    def answer(request: Request) -> Response:
        result = getattr(platform(request), door.name)(**reader(request))
        if isinstance(result, bytes):
            headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "attachment"}
            return Response(result, media_type="application/octet-stream", headers=headers)
        return Response(msgspec.json.encode(result), media_type="application/json", headers={"Cache-Control": "no-store"})

    return answer


def _reader(door: Door) -> Any:
    fields = [_field(door, name, kind) for name, kind in door.arguments.items() if kind is not bytes]
    fields.sort(key=len)
    shape = msgspec.defstruct(door.name, fields, forbid_unknown_fields=True)
    raw = [name for name, kind in door.arguments.items() if kind is bytes]

    def read(request: Request) -> dict[str, Any]:
        given: dict[str, Any] = {}
        if raw:
            given = {}
        elif door.method == "GET":
            given = dict(request.query_params)
        else:
            given = _json(request)
        given |= request.path_params
        # Where the body is bytes, whatever else there is stands in the path.
        values = _converted(given, shape, loose=bool(raw) or door.method == "GET")
        # A number of a query is a text before it is converted, and a record no plain value after it.
        refuse_unkept([given, values])
        return {**values, **_raw(request, raw)}

    return read


def _field(door: Door, name: str, kind: Any) -> Any:
    # A default that no caller can send marks an argument that was left out, so that the verb's own default holds.
    return (name, kind | msgspec.UnsetType, msgspec.UNSET) if name in door.optional else (name, kind)


def refuse_unkept(values: list[Any]) -> None:
    """Raise `Invalid` for a value of the lawful form that no database keeps: a number over 64 bits, a text with a zero byte."""
    while values:
        value = values.pop()
        if (isinstance(value, int) and not -(2**63) <= value < 2**63) or (isinstance(value, str) and "\x00" in value):
            raise Invalid(
                "The request does not fit.",
                why="It holds a whole number of more than 64 bits, or a text with a zero byte.",
                fix="Leave that value out.",
                code="E1133",
            )
        values += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _raw(request: Request, names: list[str]) -> dict[str, bytes]:
    return dict.fromkeys(names, request.state.body)


def _json(request: Request) -> dict[str, Any]:
    body: bytes = request.state.body
    if not body:
        return {}
    kind = request.headers.get("content-type", "")
    if kind.replace(" ", "").lower() not in ("application/json", "application/json;charset=utf-8"):
        raise UnsupportedMediaType(
            "The body is of a type this route does not take.",
            why="It takes application/json only.",
            fix="Send Content-Type: application/json.",
        )
    try:
        return from_json(body, dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        raise Malformed("The body cannot be read.", why="It is not a JSON object.", fix="Send one JSON object.") from None


def _converted(given: dict[str, Any], shape: type[msgspec.Struct], *, loose: bool) -> dict[str, Any]:
    try:
        values = from_plain(given, shape, strict=not loose)
    except msgspec.ValidationError as error:
        raise Invalid(
            "The request does not fit.",
            why=f"{_where(error)}{told(choices(shape, error))}",
            fix="Correct the field that is named.",
            code="E1133",
        ) from None
    found = {name: getattr(values, name) for name in shape.__struct_fields__}
    return {name: value for name, value in found.items() if value is not msgspec.UNSET}


def _where(error: msgspec.ValidationError) -> str:
    """What does not fit, and where, without the value and without names that the caller made up."""
    what, _, place = str(error).rpartition(" - at ")
    for start in ("Invalid enum value", "Invalid value", "Object contains unknown field"):
        if (what or place).startswith(start):
            return f"{start} - at {place}." if what else f"{start}."
    return f"{error}."
