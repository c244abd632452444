"""The session of a browser: one sign-in for a link, and no deed that another site may have sent."""

from collections.abc import Mapping

import httpx2
import pytest
from tests.api.doorways import Doorways

from lamplighter.api.authentication import COOKIE
from lamplighter.domain.identity import Role
from lamplighter.lifecycle import authentication, tokens

#: A deed that changes nothing.
DEED, BODY = "/api/v1/artifacts/missing", b'{"digests":[]}'
PERSON = f"{Role.DATA_SCIENTIST}@trains.example"


def sign_in(doorways: Doorways, secret: str, **headers: str) -> httpx2.Response:
    """Press the button of the page of a link."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return doorways.client.post("/sign-in", data={"secret": secret}, headers=sent)


@pytest.fixture
def session(doorways: Doorways) -> str:
    """The secret that a browser keeps."""
    signed_in = sign_in(doorways, tokens.issue_sign_in(doorways.kit, PERSON).secret)
    assert signed_in.status_code == 303
    cookie = signed_in.headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(cookie.split("; "))
    doorways.client.cookies.clear()
    return cookie.split(";")[0].partition("=")[2]


def send(doorways: Doorways, session: str, **headers: str) -> httpx2.Response:
    """The deed as a browser with a session sends it."""
    sent = {"Content-Type": "application/json", "Cookie": f"{COOKIE}={session}"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return doorways.client.post(DEED, content=BODY, headers=sent)


def test_a_link_signs_in_once(doorways: Doorways) -> None:
    secret = tokens.issue_sign_in(doorways.kit, PERSON).secret
    assert doorways.client.get("/sign-in").is_success
    assert sign_in(doorways, secret).status_code == 303
    again = sign_in(doorways, secret)
    assert (again.status_code, "set-cookie" in again.headers) == (401, False)
    assert secret not in again.text


def test_another_site_signs_nobody_in(doorways: Doorways) -> None:
    secret = tokens.issue_sign_in(doorways.kit, PERSON).secret
    assert sign_in(doorways, secret, Sec_Fetch_Site="cross-site").status_code == 403
    assert sign_in(doorways, secret, Sec_Fetch_Site="same-origin").status_code == 303


def test_a_session_may_look(doorways: Doorways, session: str) -> None:
    answer = doorways.client.get("/api/v1/whoami", headers={"Cookie": f"{COOKIE}={session}"})
    assert (answer.status_code, answer.json()["email"]) == (200, PERSON)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "none"}, 403),
        ({"X_Csrf": "0" * 64}, 403),
    ],
    ids=str,
)
def test_a_deed_needs_proof_that_our_page_sent_it(
    doorways: Doorways, session: str, headers: Mapping[str, str], status: int
) -> None:
    answer = send(doorways, session, **headers)
    assert answer.status_code == status, answer.text
    if status == 403:
        assert answer.json()["code"] == "E1302"


def test_the_proof_of_one_session_is_none_for_another(doorways: Doorways, session: str) -> None:
    page = doorways.client.get("/", headers={"Cookie": f"{COOKIE}={session}", "Accept": "text/html"})
    proof = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    assert len(proof) == 64
    assert send(doorways, session, X_Csrf=proof).status_code == 200
    other = authentication.redeem(doorways.kit, tokens.issue_sign_in(doorways.kit, PERSON).secret).secret
    assert send(doorways, other, X_Csrf=proof).status_code == 403


def test_a_session_ends_with_the_sign_out(doorways: Doorways, session: str) -> None:
    headers = {"Cookie": f"{COOKIE}={session}", "Sec-Fetch-Site": "same-origin"}
    assert doorways.client.post("/sign-out", headers=headers).status_code == 303
    assert doorways.client.get("/api/v1/whoami", headers=headers).status_code == 401
    assert send(doorways, session, Sec_Fetch_Site="same-origin").status_code == 401
