"""A command gets a token of whoever allowed it, once, in time, and with no right beyond theirs."""

import threading
from collections.abc import Callable, Iterator

import msgspec
import pytest
from sqlalchemy import select
from tests.databases import Databases
from tests.lifecycle.lives import Life, lived
from tests.sdk.cast import address
from tests.sdk.homes import databases_of

from lamplighter.domain.device_sign_in import DeviceSignIn
from lamplighter.domain.errors import LampError, NotAllowed, NotFound, Unavailable
from lamplighter.domain.events.identity import DeviceAllowed, DeviceRefused, TokenIssued, TokenRevoked
from lamplighter.domain.identity import PLATFORM, Actor, Permission, Purpose, Role
from lamplighter.domain.record import digest_of
from lamplighter.lifecycle import authentication, device_sign_ins, people, tokens
from lamplighter.lifecycle.authentication import Worthless
from lamplighter.lifecycle.device_sign_ins import MOST, Begun, Denied, Expired, Pending, TooSoon
from lamplighter.store import schema

DANA, IVO = address("dana"), address("ivo")
DAY = 86_400_000_000


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """One platform for all tests of the file, on each kind of database."""
    if request.param == "sqlite":
        with lived(tmp_path_factory.mktemp("home")) as life:
            yield life
        return
    databases = Databases(request.getfixturevalue("template"))
    with databases_of(databases.new), lived(tmp_path_factory.mktemp("home")) as life:
        yield life
    databases.remove()


def begun(life: Life, machine: str = "build-7") -> Begun:
    return device_sign_ins.begin(life.kit, machine, "203.0.113.7")


def browser(life: Life, email: str = DANA, token: str = "") -> Actor:
    """Somebody who is signed in, by a link or by a token of theirs."""
    session = authentication.redeem(life.kit, token or tokens.issue_sign_in(life.kit, email).secret)
    return authentication.authenticate(life.kit, session.secret, Purpose.SESSION)


def redeemed(life: Life, command: Begun) -> str:
    life.clock.forward(command.interval)
    return device_sign_ins.redeem(life.kit, command.device_code).secret


def refused(kind: type[LampError], deed: Callable[[], object], code: str) -> None:
    with pytest.raises(kind) as caught:
        deed()
    assert caught.value.code == code


def of(life: Life, secret: str) -> Actor:
    return authentication.authenticate(life.kit, secret, Purpose.TOKEN)


def test_the_whole_way_and_not_twice(life: Life) -> None:
    command = begun(life)
    refused(Pending, lambda: redeemed(life, command), "E1461")
    dana = browser(life)
    waits = device_sign_ins.waiting(life.kit, command.user_code.lower().replace("-", " "))
    assert (waits.machine, waits.sender, waits.email) == ("build-7", "203.0.113.7", "")
    device_sign_ins.allow(life.kit, dana, command.user_code)
    secret = redeemed(life, command)
    assert (of(life, secret).email, of(life, secret).permissions) == (DANA, ())
    held = tokens.tokens_of(life.kit, dana, DANA)[0]
    assert held.digest == digest_of(secret.encode())
    assert 89.99 * DAY < held.expires_at - held.created_at <= 90 * DAY
    assert life.events(DeviceAllowed)[-1] == DeviceAllowed(email=DANA, machine="build-7", sender="203.0.113.7")
    assert life.events(TokenIssued)[-1] == TokenIssued(email=DANA, label="build-7", digest=held.digest[:12])
    refused(Worthless, lambda: redeemed(life, command), "E1312")
    refused(NotFound, lambda: device_sign_ins.allow(life.kit, dana, command.user_code), "E1465")


def test_neither_code_nor_token_is_kept(life: Life) -> None:
    command = begun(life)
    device_sign_ins.allow(life.kit, browser(life), command.user_code)
    secret = redeemed(life, command)
    with life.kit.store.reading() as look:
        tables = (schema.device_sign_ins, schema.credentials, schema.journal)
        text = str([look.connection.execute(select(table)).all() for table in tables])
    assert digest_of(command.device_code.encode()) in text
    for kept in (command.device_code, command.user_code, command.user_code.replace("-", ""), secret):
        assert kept not in text


def test_somebody_refuses(life: Life) -> None:
    command, ivo = begun(life), browser(life, IVO)
    device_sign_ins.refuse(life.kit, ivo, command.user_code)
    refused(Denied, lambda: redeemed(life, command), "E1464")
    refused(NotFound, lambda: device_sign_ins.allow(life.kit, ivo, command.user_code), "E1465")
    assert life.events(DeviceRefused)[-1] == DeviceRefused(email=IVO, machine="build-7", sender="203.0.113.7")


@pytest.mark.parametrize("allowed", [False, True])
def test_after_ten_minutes_it_is_over_whatever_was_said(life: Life, allowed: bool) -> None:
    command, dana = begun(life), browser(life)
    if allowed:
        device_sign_ins.allow(life.kit, dana, command.user_code)
    life.clock.forward(601)
    refused(Expired, lambda: redeemed(life, command), "E1463")
    refused(NotFound, lambda: device_sign_ins.waiting(life.kit, command.user_code), "E1465")
    life.clock.forward(3_600)
    begun(life)
    refused(Worthless, lambda: redeemed(life, command), "E1312")


def test_who_asks_too_often_waits_longer_each_time(life: Life) -> None:
    command = begun(life)

    def ask() -> str:
        return device_sign_ins.redeem(life.kit, command.device_code).secret

    for seconds, kind in (
        (0, Pending),
        (5, Pending),
        (1, TooSoon),
        (6, TooSoon),
        (14, TooSoon),
        (19.6, Pending),
        (20, Pending),
    ):
        life.clock.forward(seconds)
        with pytest.raises(LampError) as caught:
            ask()
        assert type(caught.value) is kind, seconds
    device_sign_ins.allow(life.kit, browser(life), command.user_code)
    life.clock.forward(20)
    assert ask().startswith("lmp_pat_")


def test_only_a_browser_allows(life: Life) -> None:
    command = begun(life)
    token = tokens.issue_token(life.kit, PLATFORM, DANA, "laptop").secret
    pipeline = tokens.issue_for_pipeline(life.kit, DANA, "ci", (Permission.READ,), 10).secret
    for actor in (of(life, token), authentication.authenticate(life.kit, pipeline, Purpose.PIPELINE), life.actor("dana")):
        for deed in (device_sign_ins.allow, device_sign_ins.refuse):
            refused(NotAllowed, lambda deed=deed, actor=actor: deed(life.kit, actor, command.user_code), "E1460")  # type: ignore[misc]
    signed_out = browser(life)
    with life.kit.store.transaction() as change:
        for session in change.credentials.all(email=DANA, purpose=Purpose.SESSION):
            change.credentials.put(msgspec.structs.replace(session, revoked=True))
    refused(NotAllowed, lambda: device_sign_ins.allow(life.kit, signed_out, command.user_code), "E1460")
    refused(Pending, lambda: redeemed(life, command), "E1461")


@pytest.mark.parametrize("instead", ["left", "parent"])
def test_who_loses_the_right_before_the_command_comes_gives_nothing(life: Life, instead: str) -> None:
    command, owner = begun(life), life.actor("dana")
    token = tokens.issue_token(life.kit, PLATFORM, DANA, "laptop")
    session = browser(life) if instead == "left" else browser(life, token=token.secret)
    device_sign_ins.allow(life.kit, session, command.user_code)
    if instead == "left":
        people.save_person(life.kit, PLATFORM, DANA, "Dana", (Role.DATA_SCIENTIST,), active=False)
        people.save_person(life.kit, PLATFORM, DANA, "Dana", (Role.DATA_SCIENTIST,))
    else:
        tokens.revoke_token(life.kit, owner, digest_of(token.secret.encode())[:12])
    refused(Denied, lambda: redeemed(life, command), "E1464")


def test_what_came_from_a_token_neither_outlives_it_nor_survives_it(life: Life) -> None:
    first = tokens.issue_token(life.kit, PLATFORM, DANA, "laptop", days=2)
    command = begun(life)
    device_sign_ins.allow(life.kit, browser(life, token=first.secret), command.user_code)
    life.clock.forward(5)
    second = device_sign_ins.redeem(life.kit, command.device_code)
    assert second.expires_at == first.expires_at
    third = browser(life, token=second.secret)
    revoked = tokens.revoke_token(life.kit, life.actor("dana"), digest_of(first.secret.encode())[:12])
    assert life.events(TokenRevoked)[-1] == TokenRevoked(email=DANA, label="laptop", digest=revoked.digest[:12])
    for secret in (first.secret, second.secret):
        refused(Worthless, lambda secret=secret: of(life, secret), "E1312")  # type: ignore[misc]
    refused(NotAllowed, lambda: device_sign_ins.allow(life.kit, third, begun(life).user_code), "E1460")


def test_of_many_questions_at_once_one_is_given_the_token(life: Life) -> None:
    command = begun(life, "asks-often")
    device_sign_ins.allow(life.kit, browser(life), command.user_code)
    life.clock.forward(5)
    barrier, found = threading.Barrier(4), []

    def ask() -> None:
        barrier.wait()
        try:
            found.append(device_sign_ins.redeem(life.kit, command.device_code).secret)
        except Worthless as error:
            found.append(error.code)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found)[:3] == ["E1312"] * 3
    assert [one.label for one in tokens.tokens_of(life.kit, life.actor("dana"), DANA)].count("asks-often") == 1


def test_no_more_wait_than_there_is_room_for(life: Life) -> None:
    now = life.clock.now()
    with life.kit.store.transaction() as change:
        for number in range(MOST):
            key = digest_of(str(number).encode())
            change.device_sign_ins.put(
                DeviceSignIn(id=key, user_code=key, machine="m", sender="s", asked_at=now, expires_at=now + 100_000_000)
            )
    refused(Unavailable, lambda: begun(life), "E1466")
    life.clock.forward(101)
    begun(life)


def test_tokens_are_seen_and_ended_by_their_holder_and_by_administrators(life: Life) -> None:
    secret = tokens.issue_token(life.kit, PLATFORM, IVO, "laptop").secret
    key = digest_of(secret.encode())[:12]
    refused(NotFound, lambda: tokens.tokens_of(life.kit, life.actor("rita"), IVO), "E1469")
    refused(NotFound, lambda: tokens.revoke_token(life.kit, life.actor("rita"), key), "E1469")
    pipeline = tokens.issue_for_pipeline(life.kit, IVO, "ci", (Permission.READ,), 10).secret
    less = authentication.authenticate(life.kit, pipeline, Purpose.PIPELINE)
    refused(NotFound, lambda: tokens.tokens_of(life.kit, less, IVO), "E1469")
    refused(NotFound, lambda: tokens.revoke_token(life.kit, less, key), "E1469")
    administrator = people.operator(life.kit)
    assert [one.label for one in tokens.tokens_of(life.kit, administrator, IVO)] == ["laptop"]
    tokens.revoke_token(life.kit, administrator, key)
    assert tokens.tokens_of(life.kit, administrator, IVO) == []
    refused(NotFound, lambda: tokens.revoke_token(life.kit, administrator, key), "E1469")
