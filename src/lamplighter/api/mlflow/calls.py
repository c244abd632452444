"""A call of MLflow: its fields in, a plain answer out. Fields that are not known are passed over, as MLflow does."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_origin, get_type_hints

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from lamplighter.api.guard import Guarded, actor, guarded
from lamplighter.api.mlflow.errors import refusal
from lamplighter.api.problems import Malformed, UnsupportedMediaType
from lamplighter.api.routes import refuse_unkept
from lamplighter.domain.decoding import from_json, from_plain
from lamplighter.domain.errors import Invalid
from lamplighter.domain.identity import Actor, Permission
from lamplighter.lifecycle.kit import Kit

#: Where the calls lie.
BASE = "/api/2.0/mlflow"


class Asked(msgspec.Struct, frozen=True):
    """The fields of a call."""


class OfRun(Asked, frozen=True):
    """A call about a run; old clients name it by another field."""

    run_id: str = ""
    run_uuid: str = ""

    @property
    def run(self) -> str:
        """The id of the run."""
        return self.run_id or self.run_uuid


class Pair(Asked, frozen=True):
    """A tag or a parameter."""

    key: str
    value: str = ""


Fields = TypeVar("Fields", bound=Asked)
#: What is answered, as plain values.
Answer = dict[str, Any]
Call = Callable[[Kit, Actor, Fields], Answer]


def call(method: str, path: str, permission: Permission, fields: type[Fields], answer: Call[Fields]) -> Guarded:
    """The route of a call."""
    lists = {name for name, kind in get_type_hints(fields).items() if get_origin(kind) is tuple}

    def endpoint(request: Request) -> Response:
        given = _query(request, lists) if method == "GET" else _json(request)
        found = _converted({**given, **request.path_params}, fields)
        return answered(answer(request.app.state.kit, actor(request), found))

    return guarded(method, f"{BASE}/{path}", endpoint, permission, refusal)


def answered(found: Mapping[str, Any]) -> Response:
    """An answer. Values that are no numbers are words in it, as in all of MLflow."""
    return Response(msgspec.json.encode(found), media_type="application/json", headers={"Cache-Control": "no-store"})


def pairs(found: tuple[Pair, ...]) -> dict[str, str]:
    """Tags or parameters by key; raises `Invalid` for a key that is given twice with different values."""
    by_key = {one.key: one.value for one in found}
    if any(by_key[one.key] != one.value for one in found):
        raise Invalid("A key is given twice.", why="It has two values.", fix="Give it once.", code="E1809")
    return by_key


def listed(found: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags or parameters as MLflow lists them."""
    return [{"key": key, "value": value} for key, value in found.items()]


def place(token: str) -> int:
    """Where a page begins; raises `Invalid` for what is no token of ours."""
    if not token:
        return 0
    if token.isascii() and token.isdecimal() and len(token) < 10:
        return int(token)
    raise Invalid(
        "That is no page.", why="The token is not one that was given.", fix="Begin with the first page.", code="E1810"
    )


def paged(name: str, found: list[Any], start: int, limit: int) -> Answer:
    """A page, of which one entry more was looked for than it has."""
    answer: Answer = {name: found[:limit]}
    return {**answer, "next_page_token": str(start + limit)} if len(found) > limit else answer


def _query(request: Request, lists: set[str]) -> dict[str, Any]:
    asked = request.query_params
    return {name: asked.getlist(name) if name in lists else asked[name] for name in asked}


def _json(request: Request) -> dict[str, Any]:
    body: bytes = request.state.body
    if not body:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType(
            "The body is of a type this call does not take.",
            why="It takes application/json only.",
            fix="Send Content-Type: application/json.",
        )
    try:
        return from_json(body, dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        raise Malformed("The body cannot be read.", why="It is not a JSON object.", fix="Send one JSON object.") from None


def _converted(given: dict[str, Any], fields: type[Fields]) -> Fields:
    """The fields; whole numbers come as texts where they are large, and left-out ones as null."""
    known = {name: value for name, value in given.items() if value is not None}
    try:
        found = from_plain(known, fields, strict=False)
    except msgspec.ValidationError as error:
        what, _, where = str(error).rpartition(" - at ")
        told = f"{what or where}."
        raise Invalid(
            "The call does not fit.",
            why=told if "value" not in told.lower() else "A field holds a value that it does not take.",
            fix="Use a client of MLflow 2.16 or newer, or correct the field.",
            code="E1811",
        ) from None
    # A whole number may have been a text before.
    refuse_unkept([known, msgspec.to_builtins(found)])
    return found
