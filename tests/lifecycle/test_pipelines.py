"""A run of a CI comes in with the token of its issuer, as what the configuration says and as nothing else."""

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from tests.lifecycle.issuers import Issuer, issuing
from tests.lifecycle.lives import Life
from tests.sdk.cast import address

from lamplighter.domain.errors import LampError, NotAllowed, Unauthenticated, Unavailable
from lamplighter.domain.events.identity import TokenIssued
from lamplighter.domain.identity import PLATFORM, Permission, Purpose
from lamplighter.domain.pipeline import Pipeline
from lamplighter.lifecycle import authentication, people, pipelines
from lamplighter.lifecycle.issuers import FRESH, Issuers
from lamplighter.settings import Settings

MAIN = f"""
[[pipelines]]
name = "flights-main"
issuer = "ISSUER"
audience = "lamp"
claims = {{ repository = "example/flights", environment = "prod" }}
account = "{address("milo")}"
permissions = ["read", "register", "deploy"]
minutes = 15

[[pipelines]]
name = "flights-by-people"
issuer = "ISSUER"
audience = "lamp-people"
claims = {{ repository = "example/*" }}
people = {{ "octocat" = "{address("dana")}", "bot[bot]" = "{address("milo")}" }}
by = "actor"
permissions = ["read"]
"""


class World(NamedTuple):
    issuer: Issuer
    life: Life

    def enter(self, token: str) -> Any:
        """The actor that a token of the issuer makes."""
        made = pipelines.sign_in(self.life.kit, token)
        return authentication.authenticate(self.life.kit, made.secret, Purpose.PIPELINE)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with issuing() as issuer:
        life = Life(tmp_path_factory.mktemp("pipelines"), MAIN.replace("ISSUER", issuer.url))
        yield World(issuer, life)
        life.close()


@pytest.fixture
def world(shared: World) -> World:
    """The same with nothing known of the issuer, and the issuer as it should be."""
    shared.life.kit.issuers = Issuers()
    shared.issuer.keys = {"first": shared.issuer.keys["first"]}
    shared.issuer.asked, shared.issuer.status, shared.issuer.described = 0, 200, {}
    return shared


def refused(world: World, token: str) -> tuple[type[LampError], str, str]:
    with pytest.raises(LampError) as caught:
        pipelines.sign_in(world.life.kit, token)
    return type(caught.value), caught.value.code, caught.value.why


def test_a_run_that_is_trusted_may_do_what_was_said_and_no_more(world: World) -> None:
    made = pipelines.sign_in(world.life.kit, world.issuer.token())
    assert made.secret.startswith("lmp_ci_")
    assert 14.9 < (made.expires_at - world.life.clock.now()) / 60e6 <= 15.0
    actor = authentication.authenticate(world.life.kit, made.secret, Purpose.PIPELINE)
    assert actor.email == address("milo")
    # The account may design and roll back, too.
    assert {one for one in Permission if actor.may(one)} == {Permission.READ, Permission.REGISTER, Permission.DEPLOY}
    event = world.life.events(TokenIssued)[-1]
    assert event.label == "flights-main repo:example/flights:environment:prod 4711 octocat"
    assert actor.credential == event.digest


def test_a_token_of_a_run_is_no_token_of_a_person(world: World) -> None:
    made = pipelines.sign_in(world.life.kit, world.issuer.token())
    for purpose in (Purpose.TOKEN, Purpose.SESSION, Purpose.PREDICT):
        with pytest.raises(Unauthenticated):
            authentication.authenticate(world.life.kit, made.secret, purpose)
    with pytest.raises(Unauthenticated):
        authentication.redeem(world.life.kit, made.secret)


def test_whoever_began_the_run_is_who_it_acts_as(world: World) -> None:
    token = {name: world.issuer.token(aud="lamp-people", actor=name) for name in ("octocat", "bot[bot]", "mallory")}
    assert world.enter(token["octocat"]).email == address("dana")
    assert world.enter(token["bot[bot]"]).email == address("milo")
    assert refused(world, token["mallory"]) == (NotAllowed, "E1317", "Nobody is named for what its claim actor says.")


@pytest.mark.parametrize(
    ("claims", "code", "why"),
    [
        ({"repository": "example/other"}, "E1317", "Its claim repository is not what the pipeline flights-main asks for."),
        ({"repository": "example/flights\nx"}, "E1317", "Its claim repository is not what the pipeline flights-main asks for."),
        ({"environment": None}, "E1317", "Its claim environment is not what the pipeline flights-main asks for."),
        ({"environment": ["prod"]}, "E1317", "Its claim environment is not what the pipeline flights-main asks for."),
        ({"repository": "a/b", "environment": "dev"}, "E1317",
         "Its claims repository, environment are not what the pipeline flights-main asks for."),
        ({"aud": "lamp-people", "repository": "evil/example/flights"}, "E1317",
         "Its claim repository is not what the pipeline flights-by-people asks for."),
        ({"aud": "somebody"}, "E1316", "It is meant for somebody else: its audience is not that of this platform."),
        ({"exp": int(time.time()) - 60}, "E1315", "It is too old."),
        ({"exp": None}, "E1314", "Its proof does not hold (MissingRequiredClaimError)."),
        ({"nbf": int(time.time()) + 3600}, "E1314", "Its proof does not hold (ImmatureSignatureError)."),
        ({"iss": "https://issuer.example"}, "E1313", "The configuration of the platform declares none."),
        ({"iss": None}, "E1313", "The configuration of the platform declares none."),
    ],
)  # fmt: skip
def test_any_other_run_is_refused_with_the_reason(world: World, claims: dict[str, Any], code: str, why: str) -> None:
    before = len(world.life.events(TokenIssued))
    assert refused(world, world.issuer.token(**claims))[1:] == (code, why)
    assert len(world.life.events(TokenIssued)) == before


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_signatures_that_prove_nothing_are_refused(world: World) -> None:
    issuer, own = world.issuer, rsa.generate_private_key(65537, 2048)
    public = issuer.keys["first"].public_key()
    issuer.keys |= {"small": rsa.generate_private_key(65537, 1024), "curve": ec.generate_private_key(ec.SECP256R1())}
    assert refused(world, issuer.token(key="", algorithm="none"))[1] == "E1318"
    assert refused(world, issuer.token(key="x" * 64, algorithm="HS256"))[1] == "E1318"
    assert refused(world, issuer.token(key=own)) == (
        Unauthenticated, "E1314", "Its proof does not hold (InvalidSignatureError)."
    )  # fmt: skip
    assert refused(world, issuer.token(kid="small"))[1] == "E1318"
    assert refused(world, issuer.token(kid="curve", algorithm="ES256", key=issuer.keys["curve"], aud="x"))[1] == "E1316"
    assert world.enter(issuer.token(kid="curve", algorithm="ES256", key=issuer.keys["curve"])).email == address("milo")
    # The public key as a shared secret: what a verifier that believes the header would take.
    number = str(public.public_numbers().n)
    assert refused(world, issuer.token(key=number, algorithm="HS512"))[1] == "E1318"
    with_key = jwt.encode({"iss": issuer.url}, own, algorithm="RS256", headers={"kid": "mine", "jku": "http://127.0.0.1:1/"})
    assert refused(world, with_key)[1:] == ("E1314", "It is signed with a key that its issuer does not publish.")


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 20_000, "eyJhbGciOiJub25lIn0.W10.", "\x00.é.ü"])
def test_what_is_no_token_is_refused(world: World, token: str) -> None:
    assert refused(world, token)[:2] == (Unauthenticated, "E1314")
    assert world.issuer.asked == 0


def test_keys_are_kept_for_a_while_and_read_anew_when_they_change(world: World) -> None:
    now = [1000.0]
    world.life.kit.issuers = Issuers(lambda: now[0])
    for _ in range(3):
        world.enter(world.issuer.token())
    assert world.issuer.asked == 1
    world.issuer.keys["second"] = rsa.generate_private_key(65537, 2048)
    token = world.issuer.token(kid="second")
    # Strangers with made-up names of keys do not make us ask without end.
    for _ in range(3):
        assert refused(world, token)[1] == "E1314"
    assert world.issuer.asked == 1
    now[0] += 31.0
    assert world.enter(token).email == address("milo")
    assert world.issuer.asked == 2
    # A look that fails takes nothing away from keys that are known.
    world.issuer.status = 500
    now[0] += 31.0
    assert refused(world, world.issuer.token(kid="third", key=world.issuer.keys["first"]))[1] == "E1721"
    assert world.enter(token).email == address("milo")
    world.issuer.status = 200
    del world.issuer.keys["second"]
    now[0] += FRESH + 1.0
    assert refused(world, token)[1] == "E1314"


@pytest.mark.parametrize(
    ("status", "described", "why"),
    [
        (500, {}, "It answered 500."),
        (302, {}, "It answered 302."),
        (200, {"issuer": "https://other.example"}, "What it publishes names another issuer."),
        (200, {"jwks_uri": "file:///etc/passwd"}, "It publishes no address of its keys that can be trusted."),
        (200, {"jwks_uri": 7}, "It publishes no address of its keys that can be trusted."),
        (200, {"padding": "x" * 300_000}, "What it answers is too large."),
    ],
)
def test_an_issuer_that_cannot_be_asked_lets_nobody_in(world: World, status: int, described: Any, why: str) -> None:
    world.issuer.status, world.issuer.described = status, described
    assert refused(world, world.issuer.token()) == (Unavailable, "E1721", why)
    # It is not asked again at once, and then everything is as it was.
    world.issuer.status, world.issuer.described = 200, {}
    assert refused(world, world.issuer.token()) == (Unavailable, "E1721", why)


def test_an_account_that_is_closed_lets_no_run_in(world: World) -> None:
    people.save_person(world.life.kit, PLATFORM, address("milo"), "Milo", (), active=False)
    with pytest.raises(NotAllowed) as caught:
        pipelines.sign_in(world.life.kit, world.issuer.token())
    assert caught.value.code == "E1303"
    people.save_person(world.life.kit, PLATFORM, address("milo"), "Milo", world.life.actor("milo").person.roles)


USUAL = {"name": "main", "issuer": "https://ci.example", "audience": "lamp", "claims": {"repository": "a/b"},
         "permissions": ["read"], "account": "ci@trains.example"}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"issuer": "http://ci.example"}, "begins with https://"),
        ({"claims": {}}, "length >= 1"),
        ({"claims": {"repository": "*"}}, "asks for nothing"),
        ({"permissions": []}, "length >= 1"),
        ({"permissions": ["read", "approve"]}, "cannot hold approve"),
        ({"permissions": ["administer"]}, "cannot hold administer"),
        ({"account": ""}, "has an `account`"),
        ({"people": {"x": "x@y.example"}, "by": "actor"}, "has an `account`"),
        ({"account": "", "people": {"x": "x@y.example"}}, "the claim `by`"),
        ({"minutes": 361}, "<= 360"),
        ({"repository": "a/b"}, "unknown field"),
    ],
)
def test_trust_that_says_too_little_or_too_much_is_refused(change: dict[str, Any], why: str) -> None:
    msgspec.convert(USUAL, Pipeline)
    with pytest.raises(msgspec.ValidationError, match=why.replace("(", r"\(")):
        msgspec.convert({"home": "x", "pipelines": [{**USUAL, **change}]}, Settings)
