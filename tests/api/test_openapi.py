"""The description of the HTTP interface: whole, and true of the application that serves it."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.doorways import Doorways

from lamplighter.api.guard import Guarded
from lamplighter.domain.identity import Role
from lamplighter.sdk.interface import DOORS


@pytest.fixture(scope="module")
def document(doorways: Doorways) -> dict[str, Any]:
    """The description as a client gets it."""
    answer = doorways.ask("GET", "/openapi.json", doorways.tokens[Role.RISK])
    assert answer.headers["Content-Type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and description of each operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def every(value: Any, key: str) -> Iterator[Any]:
    """The values under a key, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            yield from every(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from every(inner, key)


def test_it_names_every_route_of_the_interface_and_nothing_else(document: dict[str, Any], doorways: Doorways) -> None:
    named = {operation["operationId"]: (method.upper(), path) for path, method, operation in operations(document)}
    assert {door.name: (door.method, door.path) for door in DOORS.values()}.items() < named.items()
    guarded = [route for route in doorways.application.routes if isinstance(route, Guarded)]
    # What lies beside is the interface of MLflow, which is described by MLflow.
    routes = [route for route in guarded if route.path.startswith("/api/v1/")]
    there = {(frozenset(route.methods or ()) - {"HEAD"}, route.path) for route in routes}
    assert {(frozenset({method}), path) for method, path in named.values()} == there


def test_its_form_is_that_of_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert {"title", "version"} <= set(document["info"])
    for path, method, operation in operations(document):
        assert method in {"get", "put", "post"}
        assert operation["summary"]
        assert {"200", "401", "403"} <= set(operation["responses"])
        assert all(response["description"] for response in operation["responses"].values())
        in_path = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert in_path == {part[1:-1] for part in path.split("/") if part.startswith("{")}
        assert all(one["required"] for one in operation["parameters"] if one["in"] == "path")
        assert all("schema" in one for one in operation["parameters"])
        assert ("requestBody" in operation) <= (method != "get")
        for content in every(operation, "content"):
            assert all(set(media) == {"schema"} for media in content.values())


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    references = {one for one in every(document, "$ref") if isinstance(one, str)}
    assert references
    assert {one.removeprefix("#/components/schemas/") for one in references} <= set(schemas)


def test_the_scheme_of_its_security_is_there(document: dict[str, Any]) -> None:
    for wanted in document["security"]:
        assert set(wanted) <= set(document["components"]["securitySchemes"])
