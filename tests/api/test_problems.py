"""What a refused request is told: one form, every field, and nothing of what it brought."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from tests.api.arguments import harmless, request_of
from tests.api.doorways import KNOWN, Doorways

from lamplighter.domain.identity import PERMISSIONS, Permission, Role
from lamplighter.sdk.door import Door
from lamplighter.sdk.interface import DOORS

FIELDS = {"type", "title", "status", "detail", "instance", "request_id", "code", "kind", "why", "fix"}
#: A lawful name, and one that is not.
CANARIES = ("canary-4f1a", 'CANARY 4F1A "<x>')
#: Who is let through a door; every door for people has one of them.
KEYS = (Role.DATA_SCIENTIST, Role.ADMINISTRATOR, Role.IT)
MISSING = "/api/v1/artifacts/missing"


def token(doorways: Doorways, door: Door) -> str:
    """The token of somebody, or of machines, who may."""
    if door.permission is Permission.SERVE:
        return doorways.machines
    return doorways.tokens[next(role for role in KEYS if door.permission in PERMISSIONS[role])]


def slots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all strings in plain data."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from slots(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from slots(inner, (*path, place))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The data with another value at one place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("name", sorted(DOORS))
def test_a_problem_never_holds_what_was_sent(doorways: Doorways, name: str) -> None:
    door = DOORS[name]
    arguments = harmless(door)
    for path in slots(arguments):
        for canary in CANARIES:
            method, address, body = request_of(door, replaced(arguments, path, canary))
            answer = doorways.ask(method, address, token(doorways, door), body)
            if answer.status_code < 400:
                continue
            problem = answer.json()
            assert set(problem) == FIELDS
            assert problem["status"] == answer.status_code < 500, problem
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.headers["Lamp-Request-Id"] == problem["request_id"]
            assert "canary" not in f"{answer.text}{answer.headers}".lower(), f"{path}: {problem}"


def test_a_field_that_is_not_known_is_refused_and_not_repeated(doorways: Doorways) -> None:
    answer = doorways.ask("POST", MISSING, doorways.tokens[Role.DATA_SCIENTIST], {"digests": [], "canary": 1})
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["why"]) == ("E1133", "Object contains unknown field. Known: digests.")
    query = doorways.ask("GET", "/api/v1/fleet?serach=x", doorways.tokens[Role.RISK])
    assert (query.status_code, query.json()["code"]) == (422, "E1133")


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b'{"digests": [', "application/json", 400, "E1130"),
        (b"[]", "application/json", 400, "E1130"),
        (b"\xff\xfe", "application/json", 400, "E1130"),
        (b"[" * 100_000, "application/json", 400, "E1130"),
        (b'{"digests": []}', "", 415, "E1132"),
        (b'{"digests": []}', "text/plain", 415, "E1132"),
        (b'{"digests": []}', "application/json; charset=utf-8", 200, ""),
        (b"", "application/json", 422, "E1133"),
        (b'{"digests": 7}', "application/json", 422, "E1133"),
        (b'{"digests": ["' + b"x" * (16 * 1024 * 1024) + b'"]}', "application/json", 413, "E1131"),
    ],
    ids=["cut", "no object", "no text", "deep", "no type", "another type", "with charset", "empty", "misfit", "too large"],
)
def test_a_body_that_cannot_be_taken(doorways: Doorways, body: bytes, kind: str, status: int, code: str) -> None:
    headers = {"Content_Type": kind} if kind else {}
    answer = doorways.ask("POST", MISSING, doorways.tokens[Role.DATA_SCIENTIST], body, **headers)
    assert answer.status_code == status
    assert not code or answer.json()["code"] == code


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/api/v1/models/{KNOWN}/figures?environment=dev&number=1&start=0&end={2**63}", None),
        ("GET", f"/api/v1/models/{KNOWN}/at?environment=dev&instant=-{10**30}", None),
        ("GET", "/api/v1/incidents/I%00", None),
        ("POST", f"/api/v1/models/{KNOWN}/labels", {"labels": [{"id": "a.0", "value": 1.0, "revision": 2**63}]}),
        ("POST", f"/api/v1/models/{KNOWN}/labels", {"labels": [{"id": "a\x00.0", "value": 1.0}]}),
        ("POST", f"/api/v1/versions/{KNOWN}@1/evidence", {"evidence": {"kind": "fairness", "facts": {"deep": [[2**70]]}}}),
    ],
)
def test_what_no_database_keeps_does_not_fit(doorways: Doorways, method: str, path: str, body: Any) -> None:
    answer = doorways.ask(method, path, doorways.tokens[Role.DATA_SCIENTIST], body)
    assert (answer.status_code, answer.json()["code"]) == (422, "E1133")


def test_wrong_methods_and_paths(doorways: Doorways) -> None:
    token = doorways.tokens[Role.DATA_SCIENTIST]
    wrong = doorways.ask("DELETE", "/api/v1/models/x/rollback", token)
    assert (wrong.status_code, wrong.json()["kind"], wrong.headers["Allow"]) == (405, "Invalid", "POST")
    assert wrong.json()["status"] == 405
    for path in ("/api/v1/nothing", "/api/v1/whoami/", "/api/v1//whoami", "/api/v2/whoami"):
        missing = doorways.ask("GET", path, token)
        assert (missing.status_code, set(missing.json()), missing.json()["kind"]) == (404, FIELDS, "NotFound")


def test_what_is_left_out_has_the_default_of_the_verb(doorways: Doorways) -> None:
    answer = doorways.ask("GET", "/api/v1/journal", doorways.tokens[Role.RISK])
    assert answer.status_code == 200
    assert 1 < len(msgspec.json.decode(answer.content)) <= 100
