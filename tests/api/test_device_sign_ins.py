"""The device flow over HTTP: every answer of the RFC, a client of others, and what strangers and guesses get."""

from collections.abc import Iterator
from typing import Any

import httpx2
import msgspec
import pytest
import requests_oauthlib  # type: ignore[import-untyped]
from oauthlib.oauth2 import DeviceClient, OAuth2Error  # type: ignore[import-untyped]
from tests.api.doorways import Doorways, Still

from lamplighter.api.admission import Admission
from lamplighter.api.authentication import COOKIE
from lamplighter.domain.identity import Role
from lamplighter.domain.record import digest_of
from lamplighter.lifecycle import authentication, tokens
from lamplighter.lifecycle.polls import Polls
from lamplighter.lifecycle.recent import Recent

BEGIN, TOKEN = "/api/v1/device/authorizations", "/api/v1/device/tokens"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
PERSON = f"{Role.RISK}@trains.example"


class Desk:
    """Commands and browsers before one platform."""

    def __init__(self, doorways: Doorways) -> None:
        self.doorways, self.clock = doorways, Still()
        self.forget()

    def forget(self) -> None:
        """As after a start: no tries are counted, and nobody is known."""
        kit = self.doorways.kit
        kit.clock, kit.polls, kit.familiar = self.clock, Polls(), Recent(16)
        self.doorways.application.state.admission = Admission(kit)

    def begin(self, **fields: str) -> dict[str, Any]:
        answer = self.doorways.client.post(BEGIN, data={"client_id": "lamp", "machine": "build-7", **fields})
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        found: dict[str, Any] = answer.json()
        return found

    def ask(self, device_code: str, **fields: str) -> httpx2.Response:
        sent = {"grant_type": GRANT, "client_id": "lamp", "device_code": device_code, **fields}
        return self.doorways.client.post(TOKEN, data=sent)

    def said(self, device_code: str, **fields: str) -> tuple[int, str]:
        """Status and word of a refusal."""
        answer = self.ask(device_code, **fields)
        assert answer.headers["cache-control"] == "no-store"
        body = answer.json()
        # What RFC 6749 lets stand in a description.
        assert all(" " <= letter <= "~" and letter not in '"\\' for letter in body["error_description"])
        return answer.status_code, body["error"]

    def session(self, email: str = PERSON) -> dict[str, str]:
        """What a browser of somebody sends along."""
        secret = authentication.redeem(self.doorways.kit, tokens.issue_sign_in(self.doorways.kit, email).secret).secret
        return {"Cookie": f"{COOKIE}={secret}", "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}

    def answer(self, code: str, headers: dict[str, str], answer: str = "allow") -> httpx2.Response:
        return self.doorways.client.post("/device/answer", data={"code": code, "answer": answer}, headers=headers)


@pytest.fixture
def desk(doorways: Doorways) -> Iterator[Desk]:
    before, found = doorways.kit.clock, Desk(doorways)
    yield found
    found.forget()
    doorways.kit.clock = before
    doorways.application.state.admission = Admission(doorways.kit)


def test_every_answer_of_the_rfc(desk: Desk) -> None:
    begun = desk.begin()
    assert {**begun, "device_code": "", "user_code": ""} == {
        "device_code": "",
        "user_code": "",
        "verification_uri": f"{desk.doorways.url}/device",
        "verification_uri_complete": f"{desk.doorways.url}/device/{begun['user_code']}",
        "expires_in": 600,
        "interval": 5,
    }
    assert desk.said(begun["device_code"]) == (400, "authorization_pending")
    assert desk.said(begun["device_code"]) == (400, "slow_down")
    desk.clock.at += 10
    assert desk.said(begun["device_code"]) == (400, "authorization_pending")
    browser = desk.session()
    told = desk.doorways.client.get(f"/device/{begun['user_code'].lower()}", headers=browser)
    assert told.status_code == 200
    for text in ("build-7", "127.0.0.1", "the address of this browser", "Only if you started this yourself", PERSON):
        assert text in told.text
    allowed = desk.answer(begun["user_code"], browser)
    assert (allowed.status_code, allowed.headers["location"]) == (303, "/device?done=device-allowed")
    desk.forget()
    given = desk.ask(begun["device_code"])
    assert (given.status_code, given.headers["pragma"]) == (200, "no-cache")
    assert (given.json()["token_type"], 7_775_000 < given.json()["expires_in"] <= 7_776_000) == ("Bearer", True)
    assert desk.doorways.ask("GET", "/api/v1/whoami", given.json()["access_token"]).json()["email"] == PERSON
    assert desk.said(begun["device_code"]) == (400, "invalid_grant")


def test_refused_and_too_late(desk: Desk) -> None:
    refused, late = desk.begin(), desk.begin()
    assert desk.answer(refused["user_code"], desk.session(), "refuse").status_code == 303
    assert desk.said(refused["device_code"]) == (400, "access_denied")
    with desk.doorways.kit.store.transaction() as change:
        found = change.device_sign_ins.find(id=digest_of(late["device_code"].encode()))
        assert found is not None
        change.device_sign_ins.put(msgspec.structs.replace(found, expires_at=found.asked_at))
    assert desk.said(late["device_code"]) == (400, "expired_token")


def test_a_client_of_others_goes_the_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    client = requests_oauthlib.OAuth2Session(client=DeviceClient("lamp"))
    address = desk.doorways.url
    begun = client.post(f"{address}{BEGIN}", data={"client_id": "lamp"}, withhold_token=True).json()

    def fetched() -> dict[str, Any]:
        found: dict[str, Any] = client.fetch_token(
            f"{address}{TOKEN}", device_code=begun["device_code"], include_client_id=True
        )
        return found

    with pytest.raises(OAuth2Error) as pending:
        fetched()
    assert pending.value.error == "authorization_pending"
    desk.answer(begun["user_code"], desk.session())
    desk.forget()
    assert fetched()["access_token"].startswith("lmp_pat_")
    assert client.get(f"{address}/api/v1/whoami").json()["email"] == PERSON


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"client_id": ""}, 401, "invalid_client"),
    ],
)
def test_what_is_no_request_of_the_flow(desk: Desk, fields: dict[str, str], status: int, word: str) -> None:
    assert desk.said("nothing", **fields) == (status, word)


@pytest.mark.parametrize("code", ["", "x" * 300])
def test_what_can_be_no_code(desk: Desk, code: str) -> None:
    assert desk.said(code) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ("client_id=lamp&client_id=lamp", {}, 400),
        ("&".join(f"a{number}=1" for number in range(300)), {}, 400),
        ("machine=x", {}, 400),
        ('{"client_id": "lamp"}', {"Content-Type": "application/json"}, 415),
        ("client_id=lamp", {"Sec-Fetch-Site": "cross-site"}, 403),
        (f"client_id=lamp&machine={'x' * 70_000}", {}, 413),
    ],
    ids=["twice", "many", "no client", "json", "another site", "large"],
)
def test_what_begins_nothing(desk: Desk, body: str, headers: dict[str, str], status: int) -> None:
    sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    answer = desk.doorways.client.post(BEGIN, content=body, headers=sent)
    assert answer.status_code == status
    assert "device_code" not in answer.text


def test_strangers_leave_no_trace_and_are_bounded(desk: Desk) -> None:
    before = desk.doorways.entries()
    answers = [desk.doorways.client.post(BEGIN, data={"client_id": "lamp"}) for _ in range(35)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 5
    assert (answers[-1].json()["error"], answers[-1].headers["retry-after"]) == ("slow_down", "10")
    assert [desk.said(f"guess-{number}")[0] for number in range(12)] == [400] * 10 + [429] * 2
    assert desk.said("guess-0") == (400, "invalid_grant")
    # Whoever waits by right is not held up by the guesses that came from the same address.
    assert desk.said(answers[29].json()["device_code"]) == (400, "authorization_pending")
    assert desk.doorways.entries() == before


def test_guesses_at_the_short_code_are_throttled_by_account_and_right_ones_are_not(desk: Desk) -> None:
    begun, browser = desk.begin(), desk.session()
    page = f"/device/{begun['user_code']}"

    def get(path: str) -> httpx2.Response:
        return desk.doorways.client.get(path, headers=browser)

    assert [get(page).status_code for _ in range(12)] == [200] * 12
    asked = [get("/device/BBBB-BBBB"), desk.doorways.client.post("/device", data={"code": "BBBB-BBBC"}, headers=browser)]
    asked += [desk.answer(f"BBBB-BBB{letter}", browser) for letter in "DFG"]
    assert [answer.status_code for answer in asked] == [404] * 5
    for late in (get("/device/BBBB-BBBB"), desk.answer(begun["user_code"], browser), get(page)):
        assert (late.status_code, late.headers["retry-after"]) == (429, "60")
        assert "That was tried too often." in late.text
        assert 'href="/sign-in' not in late.text
    other = desk.session(f"{Role.DATA_SCIENTIST}@trains.example")
    assert desk.doorways.client.get(page, headers=other).status_code == 200
    assert desk.said(begun["device_code"]) == (400, "authorization_pending")


def test_a_signed_out_visitor_learns_nothing(desk: Desk) -> None:
    begun = desk.begin()
    for code in (begun["user_code"], "BBBB-BBBB"):
        answer = desk.doorways.client.get(f"/device/{code}", headers={"Accept": "text/html"})
        assert answer.status_code == 401
        assert f'href="/sign-in?to=/device/{code}"' in answer.text
        assert "build-7" not in answer.text
    assert desk.answer(begun["user_code"], {}).status_code == 401
    assert desk.said(begun["device_code"]) == (400, "authorization_pending")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_another_site_allows_nothing(desk: Desk, site: str) -> None:
    begun, browser = desk.begin(), desk.session()
    forged = {**browser, "Sec-Fetch-Site": site}
    if not site:
        del forged["Sec-Fetch-Site"]
    assert desk.answer(begun["user_code"], forged).status_code == 403
    assert desk.doorways.client.get("/device/answer", params={"code": begun["user_code"]}, headers=browser).status_code != 303
    assert desk.said(begun["device_code"]) == (400, "authorization_pending")


def test_a_token_allows_no_token(desk: Desk) -> None:
    begun = desk.begin()
    headers = {"Authorization": f"Bearer {desk.doorways.tokens[Role.RISK]}", "Sec-Fetch-Site": "same-origin"}
    answer = desk.answer(begun["user_code"], headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "E1460")
    assert desk.said(begun["device_code"]) == (400, "authorization_pending")


def test_a_form_with_too_many_fields_is_no_defect(desk: Desk) -> None:
    body = "&".join(f"a{number}=1" for number in range(300))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert desk.doorways.client.post("/sign-in", content=body, headers=headers).status_code == 422
