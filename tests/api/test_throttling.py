"""Guesses at secrets cost little and lead nowhere, and keep nobody out who is known here."""

import asyncio
import secrets
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import msgspec
import pytest
from sqlalchemy import event
from starlette.requests import Request
from tests.api.doorways import Doorways, Still, open_doorways

from lamplighter.api.admission import SPENT, WAITING, Admission, Entrance
from lamplighter.api.authentication import COOKIE
from lamplighter.api.throttle import AT_ONCE, EVERY, MOST, Throttle
from lamplighter.domain.errors import Unauthenticated, Unavailable
from lamplighter.domain.identity import PLATFORM, Role
from lamplighter.domain.record import digest_of
from lamplighter.lifecycle import authentication, tokens
from lamplighter.lifecycle.recent import Recent

WHOAMI = "/api/v1/whoami"
PERSON = f"{Role.DATA_SCIENTIST}@trains.example"
GUESSES = 1_000


class Stranger:
    """Somebody who guesses, on a connection that stays; counts what the database is asked for credentials."""

    def __init__(self, doorways: Doorways) -> None:
        self.doorways, self.clock = doorways, Still()
        self.connection = HTTPConnection(doorways.kit.settings.host, doorways.kit.settings.port, timeout=60.0)
        self.looked_at: list[str] = []
        doorways.kit.clock = self.clock
        self.forget()

    def forget(self, *proxies: str) -> None:
        """Let the application know nobody, as after a start; behind these proxies."""
        kit = self.doorways.kit
        kit.settings, kit.familiar = msgspec.structs.replace(kit.settings, trusted_proxies=proxies), Recent(16)
        self.admission = self.doorways.application.state.admission = Admission(kit)

    def heard(self, _: Any, __: Any, statement: str, *___: Any) -> None:
        """The database is asked something."""
        if "FROM credentials \nWHERE credentials.digest" in statement:
            self.looked_at.append(statement)

    def ask(self, token: str = "", **headers: str) -> tuple[HTTPResponse, bytes]:
        """Who am I with this token."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        return self._sent("GET", WHOAMI, None, sent)

    def sign_in(self, secret: str, **headers: str) -> tuple[HTTPResponse, bytes]:
        """Press the button of the page to sign in."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Content-Type"] = "application/x-www-form-urlencoded"
        return self._sent("POST", "/sign-in", f"secret={secret}", sent)

    def guess(self, entrance: Entrance, **headers: str) -> tuple[HTTPResponse, bytes]:
        """Try one secret that nobody has."""
        secret = f"lmp_pat_{secrets.token_urlsafe(32)}"
        return self.ask(secret, **headers) if entrance is Entrance.API else self.sign_in(secret, **headers)

    def status(self, *given: str, **headers: str) -> int:
        """The status of `ask`."""
        return self.ask(*given, **headers)[0].status

    def _sent(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[HTTPResponse, bytes]:
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer, answer.read()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorways]:
    with pytest.MonkeyPatch.context() as patch:
        # As the process of the control plane has it: the server believes no header.
        patch.setenv("FORWARDED_ALLOW_IPS", "192.0.2.1")
        with open_doorways(tmp_path_factory.mktemp("throttling"), Still()) as found:
            yield found


@pytest.fixture
def stranger(opened: Doorways) -> Iterator[Stranger]:
    found = Stranger(opened)
    engine = opened.kit.store.engine
    event.listen(engine, "before_cursor_execute", found.heard)
    yield found
    event.remove(engine, "before_cursor_execute", found.heard)
    found.connection.close()


def address(number: int) -> str:
    """One of many."""
    return f"203.0.{number // 250}.{number % 250}"


@pytest.mark.parametrize("entrance", [Entrance.API, Entrance.LINK])
def test_of_a_thousand_guesses_ten_are_looked_at_whatever_their_headers_say(stranger: Stranger, entrance: Entrance) -> None:
    before = stranger.doorways.entries()
    answers = [stranger.guess(entrance, X_Forwarded_For=address(number)) for number in range(GUESSES)]
    assert [answer.status for answer, _ in answers] == [401] * AT_ONCE + [429] * (GUESSES - AT_ONCE)
    assert len(stranger.looked_at) == AT_ONCE
    last, content = answers[-1]
    said = msgspec.json.decode(content)
    assert (last.headers["Retry-After"], last.headers["Content-Type"]) == ("6", "application/problem+json")
    assert (said["code"], said["status"], bool(said["why"]), bool(said["fix"])) == ("E1306", 429, True, True)
    assert stranger.admission.throttled(entrance) == GUESSES - AT_ONCE
    assert stranger.doorways.entries() == before
    # The machine itself is not held up by what comes through a proxy, nor the other entrance by this one.
    other = Entrance.LINK if entrance is Entrance.API else Entrance.API
    assert stranger.guess(entrance)[0].status == stranger.guess(other, X_Forwarded_For="x")[0].status == 401
    figures = stranger.doorways.ask("GET", "/metrics", stranger.doorways.tokens[Role.OBSERVER]).text
    assert f'lamp_throttled_requests_total{{entrance="{entrance}"}}' in figures


def test_nobody_who_is_known_is_held_up_by_guesses_from_the_same_address(stranger: Stranger) -> None:
    kit, known, unused = stranger.doorways.kit, stranger.doorways.tokens[Role.RISK], stranger.doorways.tokens[Role.IT]
    assert stranger.status(known) == 200
    link = tokens.issue_sign_in(kit, PERSON).secret
    for entrance in (Entrance.API, Entrance.LINK):
        assert [stranger.guess(entrance)[0].status for _ in range(AT_ONCE + 1)] == [401] * AT_ONCE + [429]
    signed_in, _ = stranger.sign_in(link)
    assert (signed_in.status, stranger.status(known)) == (303, 200)
    session = signed_in.headers["Set-Cookie"].split(";")[0]
    assert session.startswith(COOKIE)
    assert stranger.status(Cookie=session) == 200
    # A token that was not used since the start waits with the strangers, and is delayed, not locked out.
    assert stranger.status(unused) == 429
    stranger.clock.at += EVERY
    assert (stranger.status(unused), stranger.status(unused)) == (200, 200)
    # A link is spent, whoever brings it again.
    assert [stranger.sign_in(link)[0].status for _ in range(3)] == [401] * 3


def test_a_proxy_that_is_named_says_who_guesses(stranger: Stranger) -> None:
    stranger.forget("127.0.0.1")
    statuses = [stranger.guess(Entrance.API, X_Forwarded_For=f"{address(n)}, 198.51.100.7")[0].status for n in range(30)]
    assert statuses == [401] * AT_ONCE + [429] * 20
    assert stranger.guess(Entrance.API, X_Forwarded_For="198.51.100.8")[0].status == 401
    assert stranger.guess(Entrance.API)[0].status == 401


def test_guesses_from_many_addresses_cost_each_of_them_its_own(stranger: Stranger) -> None:
    stranger.forget("127.0.0.1")
    for number in range(300):
        stranger.guess(Entrance.API, X_Forwarded_For=address(number % 20))
    assert len(stranger.looked_at) == 20 * AT_ONCE


def test_a_fleet_with_one_worthless_token_hears_the_truth_and_is_looked_up_once(stranger: Stranger) -> None:
    assert {stranger.status("lmp_pat_of-yesterday") for _ in range(200)} == {401}
    assert len(stranger.looked_at) == 1
    assert stranger.guess(Entrance.API)[0].status == 401


def test_unknown_expired_and_revoked_secrets_are_not_told_apart(stranger: Stranger) -> None:
    kit, told = stranger.doorways.kit, []
    for change in (None, {"expires_at": 1}, {"revoked": True}):
        secret = tokens.issue_token(kit, PLATFORM, PERSON, "laptop").secret if change else "lmp_pat_x"
        if change:
            with kit.store.transaction() as store:
                found = store.credentials.find(digest=digest_of(secret.encode()))
                assert found is not None
                store.credentials.put(msgspec.structs.replace(found, **change))
        stranger.forget()
        stranger.looked_at.clear()
        answer, content = stranger.ask(secret)
        said = msgspec.json.decode(content)
        told.append((answer.status, said["code"], said["why"], tuple(stranger.looked_at)))
    assert len(told[0][3]) == 1
    assert told[0] == told[1] == told[2]


def test_a_secret_shown_in_the_wrong_place_stays_good_in_the_right_one(stranger: Stranger) -> None:
    session = authentication.redeem(stranger.doorways.kit, tokens.issue_sign_in(stranger.doorways.kit, PERSON).secret).secret
    link = tokens.issue_sign_in(stranger.doorways.kit, PERSON).secret
    stranger.forget()
    assert [stranger.status(session), stranger.status(link)] == [401, 401]
    assert (stranger.status(Cookie=f"{COOKIE}={session}"), stranger.sign_in(link)[0].status) == (200, 303)


def test_a_stranger_sends_no_large_body(stranger: Stranger) -> None:
    assert stranger.sign_in("x" * 66_000)[0].status == 413


def test_a_queue_of_strangers_has_an_end(stranger: Stranger) -> None:
    let_on = threading.Event()
    request = Request({"type": "http", "client": ("127.0.0.1", 1), "headers": []})

    def look() -> str:
        let_on.wait(60.0)
        return "found"

    async def crowd() -> None:
        waiting = [
            asyncio.create_task(stranger.admission.admitted(request, Entrance.LINK, f"secret {number}", look))
            for number in range(WAITING)
        ]
        await asyncio.sleep(0)
        try:
            with pytest.raises(Unavailable) as caught:
                await asyncio.wait_for(stranger.admission.admitted(request, Entrance.LINK, "one more", look), 10.0)
        finally:
            let_on.set()
        assert (caught.value.code, stranger.admission.throttled(Entrance.LINK)) == ("E1307", 1)
        assert set(await asyncio.gather(*waiting)) == {"found"}

    asyncio.run(crowd())


def test_twenty_are_looked_at_in_the_first_minute_and_memory_has_a_bound() -> None:
    clock = Still()
    throttle, tried = Throttle(clock.elapsed), 0
    for _ in range(600):
        if not throttle.wait("one"):
            throttle.count("one")
            tried += 1
        clock.at += 0.1
    assert tried <= 20
    for number in range(3 * MOST):
        throttle.count(f"visitor {number}")
    assert len(throttle) == MOST
    recent = Recent(SPENT)
    for number in range(3 * SPENT):
        recent.add(str(number))
        assert "0" in recent
    assert len(recent) == SPENT
    recent.discard("0")
    assert "0" not in recent


def test_a_sender_that_was_right_is_not_counted(stranger: Stranger) -> None:
    request = Request({"type": "http", "client": ("127.0.0.1", 1), "headers": []})
    for number in range(50):
        assert asyncio.run(stranger.admission.admitted(request, Entrance.PIPELINE, f"token {number}", lambda: 1)) == 1

    def wrong() -> None:
        raise Unauthenticated("No.", why="It is wrong.", fix="None.")

    with pytest.raises(Unauthenticated):
        asyncio.run(stranger.admission.admitted(request, Entrance.PIPELINE, "wrong", wrong))
