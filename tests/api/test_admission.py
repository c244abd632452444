"""Nobody comes in who is not meant to: every route, every role, every kind of credential."""

import re
import socket

import msgspec
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from tests.api.arguments import harmless, request_of
from tests.api.doorways import Doorways

from lamplighter.api.guard import Guarded, Public, guarded, refuse_unguarded
from lamplighter.api.main import build
from lamplighter.api.routes import routes
from lamplighter.domain.identity import PERMISSIONS, PLATFORM, Permission, Purpose, Role
from lamplighter.domain.node import NodeReport
from lamplighter.domain.observation import Observation
from lamplighter.domain.record import digest_of
from lamplighter.lifecycle import authentication, people, tokens
from lamplighter.sdk.interface import DOORS

#: What answers without a sign-in. It grows with a reason only.
PUBLIC = {
    ("GET", "/health"),
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/{provider}"),
    ("GET", "/sign-in/{provider}/callback"),
    ("GET", "/sign-in/{provider}/out"),
    ("POST", "/api/v1/pipelines/tokens"),
    ("POST", "/api/v1/device/authorizations"),
    ("POST", "/api/v1/device/tokens"),
    ("GET", "/static/{name}"),
}
WHOAMI = "/api/v1/whoami"


def open_to_all(_: Request) -> Response:
    return PlainTextResponse("anybody")


def test_a_route_without_a_permission_stops_the_start(doorways: Doorways) -> None:
    plain = Route("/forgotten", open_to_all)
    with pytest.raises(RuntimeError, match="the route /forgotten declares no permission"):
        refuse_unguarded([*routes(), plain])
    with pytest.raises(RuntimeError, match="/forgotten"):
        build(doorways.kit, [plain])  # type: ignore[list-item]
    refuse_unguarded([guarded("GET", "/meant", open_to_all, Public.STATIC)])


def test_exactly_these_routes_are_public(doorways: Doorways) -> None:
    found = [route for route in doorways.application.routes if isinstance(route, Guarded)]
    assert len(found) == len(doorways.application.routes)
    assert {tuple(route.name.split(" ", 1)) for route in found if isinstance(route.permission, Public)} == PUBLIC
    assert len(PUBLIC) <= 12


def test_every_other_route_wants_a_credential(doorways: Doorways) -> None:
    asked = 0
    for route in doorways.application.routes:
        assert isinstance(route, Guarded)
        method, path = route.name.split(" ", 1)
        if (method, path) in PUBLIC:
            continue
        for one in {method, "HEAD"} if method == "GET" else {method}:
            answer = doorways.ask(one, re.sub(r"\{\w+\}", "something", path))
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), route.name
            asked += 1
    assert asked > len(DOORS)


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_the_doors_of_its_permissions_and_no_other(doorways: Doorways, role: Role) -> None:
    before = doorways.entries()
    for door in DOORS.values():
        answer = doorways.ask(*_with_token(doorways, door.name, role))
        refused = answer.status_code == 403 and msgspec.json.decode(answer.content)["code"] == "E1301"
        allowed = door.permission in PERMISSIONS[role]
        assert refused is not allowed, f"{role} at {door.name}: {answer.status_code} {answer.text[:200]}"
        assert answer.status_code < 500, answer.text
    assert doorways.entries() == before


def _with_token(doorways: Doorways, name: str, role: Role) -> tuple[str, str, str, object]:
    method, path, body = request_of(DOORS[name], harmless(DOORS[name]))
    return method, path, doorways.tokens[role], body


def test_every_permission_guards_a_door_the_alerts_of_others_the_figures_or_serving() -> None:
    found = {door.permission for door in DOORS.values()}
    assert found == set(Permission) - {Permission.PREDICT, Permission.OBSERVE, Permission.ALERT}


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Basic bGFtcDpsYW1w", "Bearer lmp_pat_" + "x" * 4000])
def test_a_wrong_secret_is_no_credential(doorways: Doorways, header: str) -> None:
    answer = doorways.ask("GET", WHOAMI, Authorization=header)
    assert answer.status_code == 401
    assert answer.json()["code"] in ("E1311", "E1312")
    assert "nonsense" not in answer.text


def test_a_revoked_and_an_expired_token_are_worthless(doorways: Doorways) -> None:
    for change in ({"revoked": True}, {"expires_at": 1}):
        secret = tokens.issue_token(doorways.kit, PLATFORM, "risk@trains.example", "short").secret
        assert doorways.ask("GET", WHOAMI, secret).status_code == 200
        with doorways.kit.store.transaction() as store:
            held = store.credentials.find(digest=digest_of(secret.encode()))
            assert held is not None
            store.credentials.put(msgspec.structs.replace(held, **change))
        assert doorways.ask("GET", WHOAMI, secret).status_code == 401


def test_a_secret_serves_its_purpose_only(doorways: Doorways) -> None:
    once = tokens.issue_sign_in(doorways.kit, "risk@trains.example").secret
    assert doorways.ask("GET", WHOAMI, once).status_code == 401
    session = authentication.redeem(doorways.kit, once).secret
    assert doorways.ask("GET", WHOAMI, session).status_code == 401
    with doorways.kit.store.reading() as look:
        held = look.credentials.find(digest=digest_of(session.encode()))
    assert held is not None
    assert held.purpose is Purpose.SESSION


def test_somebody_who_left_is_kept_out(doorways: Doorways) -> None:
    people.save_person(doorways.kit, PLATFORM, "gone@trains.example", "Gone", (Role.RISK,))
    secret = tokens.issue_token(doorways.kit, PLATFORM, "gone@trains.example", "laptop").secret
    with doorways.kit.store.transaction() as store:
        person = store.people.find(email="gone@trains.example")
        assert person is not None
        store.people.put(msgspec.structs.replace(person, active=False))
    answer = doorways.ask("GET", WHOAMI, secret)
    assert (answer.status_code, answer.json()["code"]) == (403, "E1303")
    # Leaving through the verb revokes the secret itself.
    people.save_person(doorways.kit, PLATFORM, "gone@trains.example", "Gone", (Role.RISK,), active=False)
    assert doorways.ask("GET", WHOAMI, secret).status_code == 401


def test_another_host_is_refused(doorways: Doorways) -> None:
    token = doorways.tokens[Role.RISK]
    assert doorways.ask("GET", WHOAMI, token, Host="localhost").status_code == 200
    for host in ("evil.example", "127.0.0.1.evil.example", ""):
        assert doorways.ask("GET", WHOAMI, token, Host=host).status_code == 400


def test_a_stranger_is_refused_before_the_body_is_read(doorways: Doorways) -> None:
    """A stranger's bytes do not fill our memory: the answer is there while the body is still to come."""
    head = (
        f"PUT /api/v1/artifacts/{'0' * 64} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer nonsense\r\n"
        "Content-Type: application/octet-stream\r\nContent-Length: 500000000\r\n\r\n"
    )
    address = (doorways.kit.settings.host, doorways.kit.settings.port)
    with socket.create_connection(address, timeout=10.0) as connection:
        connection.sendall(head.encode() + b"only the beginning")
        assert connection.recv(1000).startswith(b"HTTP/1.1 401 ")


def test_machines_may_serve_their_environment_and_nothing_else(doorways: Doorways) -> None:
    secret = tokens.issue_node_token(doorways.kit, PLATFORM, "dev", 1).secret
    for door in DOORS.values():
        method, path, body = request_of(door, harmless(door))
        answer = doorways.ask(method, path, secret, body)
        refused = answer.status_code == 403 and msgspec.json.decode(answer.content)["code"] == "E1301"
        assert refused is (door.permission is not Permission.SERVE), f"{door.name}: {answer.text[:200]}"
    before = doorways.entries()
    told = NodeReport(instance="another", observation=Observation(alive=False))
    for environment, code in (("prod", "E1326"), ("dev", "E1583")):
        path = f"/api/v1/environments/{environment}/nodes/one/orders"
        answer = doorways.ask("POST", path, secret, {"report": told})
        assert answer.json()["code"] == code
    assert doorways.entries() == before
    assert tokens.revoke_node_tokens(doorways.kit, PLATFORM, "dev") == 2
    assert doorways.ask("POST", path, secret, {"report": told}).status_code == 401
