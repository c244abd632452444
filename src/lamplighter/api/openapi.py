"""The description of the HTTP interface (OpenAPI 3.1), made from the doors."""

import re
from typing import Any, NamedTuple

import msgspec

from lamplighter import __version__
from lamplighter.api import external_alerts, payloads, pipelines
from lamplighter.api.guard import Public
from lamplighter.domain.identity import Permission
from lamplighter.domain.notification import Notification
from lamplighter.domain.pushed import Kept
from lamplighter.lifecycle.external_alerts import Taken
from lamplighter.sdk.answers import Secret
from lamplighter.sdk.device_sign_in import BEGIN_PATH, TOKEN_PATH, BeginAsked, Begun, TokenAsked, TokenGiven
from lamplighter.sdk.door import Door
from lamplighter.sdk.interface import DOORS

_REF = "#/components/schemas/{name}"


class Incoming(NamedTuple):
    """A route that takes what a program of others sends, in the form of that program."""

    name: str
    path: str
    permission: Permission | Public
    summary: str
    #: Media type and shape of what it takes, and shape of what it answers.
    media: str
    body: Any
    answer: Any


#: Every one of them.
_INCOMING = (
    Incoming(
        name="receive_alerts",
        path=external_alerts.PATH,
        permission=Permission.ALERT,
        summary="Take a notification of an Alertmanager, version 4 of its webhooks.",
        media="application/json",
        body=Notification,
        answer=Taken,
    ),
    Incoming(
        name="receive_payload",
        path=payloads.PATH,
        permission=Permission.PUSH,
        summary="Take one event of an inference logger, as a CloudEvent in structured mode; binary mode is taken, too.",
        media="application/cloudevents+json",
        body=dict[str, Any],
        answer=Kept,
    ),
    Incoming(
        name="exchange_pipeline_token",
        path=pipelines.PATH,
        permission=Public.SIGN_IN,
        summary="Give a run of a CI a token for that of its issuer, if the configuration trusts it.",
        media="application/json",
        body=pipelines.Asked,
        answer=Secret,
    ),
    Incoming(
        name="begin_device_sign_in",
        path=BEGIN_PATH,
        permission=Public.SIGN_IN,
        summary="Give a command a code that somebody allows in a browser: the device authorization endpoint of RFC 8628.",
        media="application/x-www-form-urlencoded",
        body=BeginAsked,
        answer=Begun,
    ),
    Incoming(
        name="redeem_device_sign_in",
        path=TOKEN_PATH,
        permission=Public.SIGN_IN,
        summary="Give a command that was allowed its token, once: the token endpoint of RFC 8628, refusing in its words.",
        media="application/x-www-form-urlencoded",
        body=TokenAsked,
        answer=TokenGiven,
    ),
)
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "why", "fix", "request_id"],
    "properties": {
        name: {"type": "integer" if name == "status" else "string"}
        for name in ("type", "title", "status", "detail", "instance", "request_id", "code", "kind", "why", "fix")
    },
}


def document() -> dict[str, Any]:
    """The whole description."""
    kinds = [kind for door in DOORS.values() for kind in (*door.arguments.values(), door.answer)]
    kinds += [kind for one in _INCOMING for kind in (one.body, one.answer)]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    described = iter(schemas)
    paths: dict[str, Any] = {}
    for door in DOORS.values():
        arguments = {name: next(described) for name in door.arguments}
        paths.setdefault(door.path, {})[door.method.lower()] = _operation(door, arguments, next(described))
    for one in _INCOMING:
        paths.setdefault(one.path, {})["post"] = _taken(one, next(described), next(described))
    return {
        "openapi": "3.1.0",
        "info": {"title": "lamplighter", "version": __version__, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": {**components, "Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(door: Door, arguments: dict[str, Any], answer: Any) -> dict[str, Any]:
    places, raw = door.places, [name for name, kind in door.arguments.items() if kind is bytes]
    rest = {name: schema for name, schema in arguments.items() if name not in places and name not in raw}
    query = rest if door.method == "GET" else {}
    parameters = [{"name": name, "in": "path", "required": True, "schema": arguments[name]} for name in places]
    parameters += [
        {"name": name, "in": "query", "required": name not in door.optional, "schema": schema} for name, schema in query.items()
    ]
    operation: dict[str, Any] = {
        "operationId": door.name,
        "summary": door.summary,
        "description": f"Takes the permission `{door.permission}`.",
        "parameters": parameters,
        "responses": {"200": {"description": "Done.", "content": _content(door, answer)}, **_refusals()},
    }
    if raw:
        octets = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": octets}
    elif door.method != "GET" and rest:
        needed = [name for name in rest if name not in door.optional]
        body = {"type": "object", "properties": rest, "required": needed, "additionalProperties": False}
        operation["requestBody"] = {"required": bool(needed), "content": {"application/json": {"schema": body}}}
    return operation


def _taken(one: Incoming, body: Any, answer: Any) -> dict[str, Any]:
    places = re.findall(r"\{(\w+)\}", one.path)
    public = isinstance(one.permission, Public)
    return {
        "operationId": one.name,
        "summary": one.summary,
        "description": "Needs no sign-in." if public else f"Takes the permission `{one.permission}`.",
        **({"security": []} if public else {}),
        "parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in places],
        "requestBody": {"required": True, "content": {one.media: {"schema": body}}},
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": answer}}},
            **_refusals(),
        },
    }


def _content(door: Door, answer: Any) -> dict[str, Any]:
    if door.answer is bytes:
        return {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": answer}}


def _refusals() -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    words = {
        "400": "Malformed.",
        "401": "Not signed in.",
        "403": "Not allowed.",
        "404": "Not found.",
        "409": "Blocked, or changed by somebody else.",
        "413": "Too large.",
        "415": "Wrong media type.",
        "422": "Does not fit.",
        "503": "Try again later.",
    }
    return {status: {"description": text, "content": content} for status, text in words.items()}
