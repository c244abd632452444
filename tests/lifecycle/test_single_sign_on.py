"""People come in with an identity provider, by its proof and by the configuration's word, and by nothing less."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from tests.lifecycle.identities import CLIENT, SECRET, IdentityProvider, vouching
from tests.lifecycle.lives import Life

from lamplighter.domain.errors import LampError, NotAllowed, NotFound, Unauthenticated, Unavailable
from lamplighter.domain.events.identity import (
    AddressRenamed,
    IdentityBound,
    IdentityUnbound,
    PersonAdded,
    SignedIn,
    SignInRefused,
    TeamSaved,
)
from lamplighter.domain.identity import PLATFORM, Person, Purpose, Role
from lamplighter.lifecycle import authentication, granting, people, single_sign_on, tokens
from lamplighter.lifecycle.issuers import Issuers
from lamplighter.lifecycle.single_sign_on import Begun, Entered, Returned

CONFIGURED = f"""
public_url = "https://lamp.example.com"

[[identity_providers]]
name = "example"
title = "Example"
issuer = "ISSUER"
client_id = "{CLIENT}"
client_secret_file = "FILE"
domains = ["example.com"]
admitted_groups = ["lamp"]
groups = [
  {{ group = "lamp", roles = ["data-scientist"] }},
  {{ group = "ops", roles = ["it"], teams = ["@fraud-ops", "@it-ops"] }},
]

[[identity_providers]]
name = "other"
issuer = "OTHER"
client_id = "{CLIENT}"
domains = ["example.com"]
roles = ["risk"]
"""


class World(NamedTuple):
    life: Life
    example: IdentityProvider
    other: IdentityProvider

    def begin(self, name: str = "example", to: str = "/") -> Begun:
        return single_sign_on.begin(self.life.kit, name, to)

    def back(self, begun: Begun) -> Returned:
        """The provider of whoever began it signs them in."""
        provider = self.example if begun.address.startswith(self.example.url) else self.other
        return returned(provider.authorize(begun.address))

    def enter(self, by: str = "example", **claims: Any) -> Entered:
        provider = self.example if by == "example" else self.other
        provider.claims = {**provider.claims, **claims}
        begun = self.begin(by)
        return single_sign_on.come_back(self.life.kit, by, self.back(begun), begun.cookie)

    def person(self, email: str) -> Person | None:
        with self.life.kit.store.reading() as look:
            return look.people.find(email=email)

    def members(self, team: str) -> tuple[str, ...]:
        with self.life.kit.store.reading() as look:
            found = look.teams.find(name=team)
        return found.members if found else ()

    def is_signed_in(self, secret: str) -> bool:
        try:
            return bool(authentication.authenticate(self.life.kit, secret, Purpose.SESSION).email)
        except LampError:
            return False

    def entries(self) -> int:
        with self.life.kit.store.reading() as look:
            return len(look.journal.newest(limit=100_000))


def returned(address: str) -> Returned:
    told = parse_qs(urlsplit(address).query)
    state, code, issuer = (told.get(name, [""])[0] for name in ("state", "code", "iss"))
    return Returned(state, code, issuer, "error" in told)


def refused(deed: Callable[[], Any], kind: type[LampError], code: str) -> str:
    with pytest.raises(kind) as caught:
        deed()
    assert caught.value.code == code, caught.value.why
    return str(caught.value.why)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("single-sign-on")
    secret = folder / "client-secret"
    secret.write_text(f"{SECRET}\n")
    with vouching() as example, vouching() as other:
        told = CONFIGURED.replace("ISSUER", example.url).replace("OTHER", other.url).replace("FILE", str(secret))
        life = Life(folder / "home", told)
        yield World(life, example, other)
        life.close()


@pytest.fixture
def world(shared: World) -> World:
    """The same with honest providers of which nothing is known, and without anybody who came in before."""
    shared.life.kit.issuers = Issuers()
    shared.example.reset()
    shared.other.reset()
    return shared


@pytest.fixture
def subject(request: pytest.FixtureRequest) -> str:
    """A person of the test's own, so that tests do not meet."""
    return "".join(letter for letter in request.node.name if letter.isalnum())[-40:].lower()


def test_the_browser_is_sent_with_a_challenge_and_nothing_secret(world: World) -> None:
    begun = world.begin(to="/models/churn")
    told = {name: values[0] for name, values in parse_qs(urlsplit(begun.address).query).items()}
    assert begun.address.startswith(f"{world.example.url}/authorize?tenant=1&")
    assert len({told.pop(name) for name in ("state", "nonce", "code_challenge")}) == 3
    assert told == {
        "tenant": "1", "response_type": "code", "client_id": CLIENT, "scope": "openid email profile",
        "redirect_uri": "https://lamp.example.com/sign-in/example/callback", "code_challenge_method": "S256",
    }  # fmt: skip
    assert SECRET not in begun.address + begun.cookie
    entered = single_sign_on.come_back(world.life.kit, "example", world.back(begun), begun.cookie)
    assert entered.to == "/models/churn"


def test_a_person_with_a_mapped_group_gets_an_account_with_what_is_mapped(world: World, subject: str) -> None:
    entered = world.enter(sub=subject, email=f"{subject}@Example.com", name="Nina\n", groups=["lamp", "ops", "unknown"])
    email = f"{subject}@example.com"
    assert world.is_signed_in(entered.session.secret)
    assert world.person(email) == Person(email=email, name="Nina", roles=(Role.DATA_SCIENTIST, Role.IT))
    assert world.members("@fraud-ops")[-1] == world.members("@it-ops")[-1] == email
    assert (entered.session.expires_at - world.life.clock.now()) / 3.6e9 == pytest.approx(12, abs=0.01)
    assert world.life.events(PersonAdded)[-1].by == world.life.events(TeamSaved)[-1].by == "example"
    assert world.life.events(SignedIn)[-1] == SignedIn(email=email, by="example")
    assert world.life.events(IdentityBound)[-1] == IdentityBound(email=email, provider="example", subject=subject)
    assert set(world.example.exchanges[-1]) == {"grant_type", "code", "redirect_uri", "code_verifier"}


def test_groups_that_change_change_what_they_gave_and_nothing_else(world: World, subject: str) -> None:
    email = f"{subject}@example.com"
    people.save_person(world.life.kit, PLATFORM, email, "By hand", (Role.IT, Role.RISK))
    people.save_team(world.life.kit, PLATFORM, "@it-ops", [*world.members("@it-ops"), email])
    world.enter(sub=subject, email=email, groups=["lamp", "ops"])
    assert world.person(email) == Person(email=email, name="By hand", roles=(Role.IT, Role.RISK, Role.DATA_SCIENTIST))
    assert email in world.members("@fraud-ops")
    world.enter(groups=["lamp"])
    # The role and the team that people gave stay, though the group that stands for them is gone.
    assert world.person(email) == Person(email=email, name="By hand", roles=(Role.IT, Role.RISK, Role.DATA_SCIENTIST))
    assert email not in world.members("@fraud-ops")
    assert email in world.members("@it-ops")


def test_who_loses_the_group_that_admits_loses_what_it_gave(world: World, subject: str) -> None:
    email = f"{subject}@example.com"
    session = world.enter(sub=subject, email=email, groups=["lamp", "ops"]).session.secret
    token = tokens.issue_token(world.life.kit, PLATFORM, email, "laptop").secret
    why = refused(lambda: world.enter(groups=["ops"]), NotAllowed, "E1338")
    assert why == "The person is in no group that may enter."
    assert world.person(email) == Person(email=email, name="Ada", roles=())
    assert email not in world.members("@fraud-ops")
    assert not world.is_signed_in(session)
    refused(lambda: authentication.authenticate(world.life.kit, token, Purpose.TOKEN), Unauthenticated, "E1312")
    told = world.life.events(SignInRefused)[-1]
    assert told == SignInRefused(email=email, provider="example", subject=subject, why=why, withdrawn=True)
    assert world.is_signed_in(world.enter(groups=["lamp"]).session.secret)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email": "eve@example.org"}, "The domain of the e-mail address is none that may enter."),
        ({"email": "eve@sub.example.com"}, "The domain of the e-mail address is none that may enter."),
        ({"groups": ["Lamp", "lamp "]}, "The person is in no group that may enter."),
        ({"groups": "lamp"}, "The person is in no group that may enter."),
        ({"groups": None}, "The person is in no group that may enter."),
        ({"groups": [["lamp"], 1, None]}, "The person is in no group that may enter."),
    ],
)
def test_a_person_whom_nothing_admits_does_not_get_in(world: World, claims: dict[str, Any], why: str) -> None:
    email = claims.get("email", "eve@example.com")
    assert refused(lambda: world.enter(**{"sub": "eve", "email": email, **claims}), NotAllowed, "E1338") == why
    assert world.person(email) is None
    told = world.life.events(SignInRefused)[-1]
    assert told == SignInRefused(email=email, provider="example", subject="eve", why=why)


def test_an_account_made_anew_at_the_provider_is_another_person(world: World, subject: str) -> None:
    email = f"{subject}@example.com"
    world.enter(sub=subject, email=email)
    refused(lambda: world.enter(sub=f"{subject}-anew"), NotAllowed, "E1339")
    # Nor does another provider get at it.
    world.other.public = True
    refused(lambda: world.enter("other", sub=subject, email=email), NotAllowed, "E1339")
    assert len([one for one in world.life.events(IdentityBound) if one.email == email]) == 1


def test_an_administrator_lets_an_account_be_bound_anew(world: World, subject: str) -> None:
    email, owner = f"{subject}@example.com", world.life.actor("dana")
    session = world.enter(sub=subject, email=email, groups=["lamp", "ops"]).session.secret
    assert granting.unbind(world.life.kit, owner, email) == Person(email=email, name="Ada", roles=())
    assert not world.is_signed_in(session)
    assert email not in world.members("@fraud-ops")
    told = IdentityUnbound(email=email, provider="example", subject=subject)
    assert world.life.events(IdentityUnbound)[-1] == told
    assert world.is_signed_in(world.enter(sub=f"{subject}-anew", groups=["lamp"]).session.secret)
    refused(lambda: world.enter(sub=subject), NotAllowed, "E1339")


def test_a_new_address_of_the_same_subject_is_the_same_person(world: World, subject: str) -> None:
    email, renamed = f"{subject}@example.com", f"married.{subject}@example.com"
    world.enter(sub=subject, email=email)
    session = world.enter(email=renamed).session.secret
    assert authentication.authenticate(world.life.kit, session, Purpose.SESSION).email == email
    assert world.person(renamed) is None
    assert world.life.events(AddressRenamed)[-1] == AddressRenamed(email=email, provider="example", told_email=renamed)


def test_a_closed_account_stays_out(world: World, subject: str) -> None:
    email = f"{subject}@example.com"
    people.save_person(world.life.kit, PLATFORM, email, "Left", (Role.IT,), active=False)
    refused(lambda: world.enter(sub=subject, email=email), NotAllowed, "E1303")
    assert world.person(email) == Person(email=email, name="Left", roles=(Role.IT,), active=False)


def _public(provider: IdentityProvider) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return provider.keys["first"].public_key().public_bytes(serialization.Encoding.PEM, form)  # type: ignore[no-any-return]


def _hmac(provider: IdentityProvider, claims: dict[str, Any], key: bytes) -> str:
    """A token with a shared secret that is the public key, which PyJWT itself does not make."""
    parts = (json.dumps({"alg": "HS256", "kid": "first"}), json.dumps(claims))
    signed = b".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=") for part in parts)
    return (signed + b"." + base64.urlsafe_b64encode(hmac.new(key, signed, hashlib.sha256).digest()).rstrip(b"=")).decode()


def swapped(token: str, other: str) -> str:
    """A token with the signature of another one."""
    return f"{token.rpartition('.')[0]}.{other.rpartition('.')[2]}"


NO_TOKENS = "It names no token_endpoint at a host that the configuration allows."
NO_ENTRANCE = "It names no authorization_endpoint at a host that the configuration allows."
NOW = int(time.time())
FOREIGN = rsa.generate_private_key(65537, 2048)
SMALL = rsa.generate_private_key(65537, 1024)
CURVE = ec.generate_private_key(ec.SECP256R1())
NO_ALGORITHM = "It is no identity that is signed by an algorithm that is taken."
NO_PROOF = "Its proof does not hold (InvalidSignatureError)."
WRONG_KEY = "Its proof does not hold (InvalidKeyError)."
NO_KEY = "It is signed with a key that the provider does not publish."
NO_TOKEN = "It is no JSON Web Token."
NOTHING = "It gave no identity for what the browser brought."
NO_ISSUER = "Its proof does not hold (InvalidIssuerError)."
MISSING = "Its proof does not hold (MissingRequiredClaimError)."
NOT_OURS = "It was made for another client."
NO_NONCE = "It was not made for this sign-in."
TOO_OLD = "It is too old."
TOO_YOUNG = "Its proof does not hold (ImmatureSignatureError)."
NOBODY = "It names nobody."
NO_ADDRESS = "It holds no e-mail address that can name an account."
UNVERIFIED = "It does not say that the e-mail address is verified."
#: Tokens that no provider may get anybody in with: why not, and what each makes of the honest claims.
FORGED: dict[str, tuple[str, Callable[[IdentityProvider, dict[str, Any]], Any]]] = {
    "no signature": (NO_ALGORITHM, lambda p, c: jwt.encode(c, "", algorithm="none", headers={"kid": "first"})),
    "public key as shared secret": (NO_ALGORITHM, lambda p, c: _hmac(p, c, _public(p))),
    "client secret as shared secret": (NO_ALGORITHM, lambda p, c: _hmac(p, c, SECRET.encode())),
    "other key": (NO_PROOF, lambda p, c: p.signed(c, key=FOREIGN)),
    "unknown kid": (NO_KEY, lambda p, c: p.signed(c, key=FOREIGN, kid="second")),
    "no kid and other key": (NO_PROOF, lambda p, c: jwt.encode(c, FOREIGN, algorithm="RS256")),
    "empty kid": (NO_KEY, lambda p, c: p.signed(c, key=FOREIGN, kid="")),
    "kid is a path": (NO_KEY, lambda p, c: p.signed(c, key=FOREIGN, kid="../../keys")),
    "key of the other kind": (WRONG_KEY, lambda p, c: p.signed(c, key=CURVE, algorithm="ES256")),
    "key in the header": (NO_PROOF, lambda p, c: p.signed(c, key=FOREIGN, jwk={"kty": "RSA"}, jku="http://127.0.0.1:9/keys")),
    "algorithm that is not taken": (NO_ALGORITHM, lambda p, c: p.signed(c, algorithm="RS512")),
    "wrong typ": (NO_ALGORITHM, lambda p, c: p.signed(c, typ="at+jwt")),
    "logout token": (NO_ALGORITHM, lambda p, c: p.signed(c, typ="logout+jwt")),
    "unknown extension": (NO_TOKEN, lambda p, c: p.signed(c, crit=["exp"])),
    "truncated": (NO_TOKEN, lambda p, c: p.signed(c)[:-20]),
    "signature of another": (NO_PROOF, lambda p, c: swapped(p.signed({**c, "sub": "x"}), p.signed(c))),
    "no token": (NO_TOKEN, lambda p, c: "hello"),
    "empty": (NO_TOKEN, lambda p, c: ""),
    "number": (NOTHING, lambda p, c: 7),
    "too long": (NOTHING, lambda p, c: p.signed({**c, "padding": "x" * 20_000})),
    "wrong iss": (NO_ISSUER, lambda p, c: p.signed({**c, "iss": "https://issuer.example"})),
    "iss with a slash": (NO_ISSUER, lambda p, c: p.signed({**c, "iss": c["iss"] + "/"})),
    "wrong aud": ("It is meant for another client.", lambda p, c: p.signed({**c, "aud": "somebody"})),
    "no aud": (MISSING, lambda p, c: p.signed({**c, "aud": None})),
    "several aud without azp": (NOT_OURS, lambda p, c: p.signed({**c, "aud": [CLIENT, "somebody"]})),
    "wrong azp": (NOT_OURS, lambda p, c: p.signed({**c, "azp": "somebody"})),
    "several aud with wrong azp": (NOT_OURS, lambda p, c: p.signed({**c, "aud": [CLIENT, "somebody"], "azp": "somebody"})),
    "wrong nonce": (NO_NONCE, lambda p, c: p.signed({**c, "nonce": "x" * 43})),
    "no nonce": (NO_NONCE, lambda p, c: p.signed({**c, "nonce": None})),
    "nonce is a list": (NO_NONCE, lambda p, c: p.signed({**c, "nonce": [c["nonce"]]})),
    "expired": (TOO_OLD, lambda p, c: p.signed({**c, "exp": NOW - 60})),
    "no exp": (MISSING, lambda p, c: p.signed({**c, "exp": None})),
    "exp is no time": ("Its proof does not hold (DecodeError).", lambda p, c: p.signed({**c, "exp": "never"})),
    "not yet": (TOO_YOUNG, lambda p, c: p.signed({**c, "nbf": NOW + 3600})),
    "made in the future": (TOO_YOUNG, lambda p, c: p.signed({**c, "iat": NOW + 3600})),
    "made long ago": (TOO_OLD, lambda p, c: p.signed({**c, "iat": NOW - 3600})),
    "iat is a text": (TOO_OLD, lambda p, c: p.signed({**c, "iat": str(NOW)})),
    "no sub": (MISSING, lambda p, c: p.signed({**c, "sub": None})),
    "empty sub": (NOBODY, lambda p, c: p.signed({**c, "sub": ""})),
    "sub with a zero": (NOBODY, lambda p, c: p.signed({**c, "sub": "a\0b"})),
    "no email": (NO_ADDRESS, lambda p, c: p.signed({**c, "email": None})),
    "email is a list": (NO_ADDRESS, lambda p, c: p.signed({**c, "email": ["ada@example.com"]})),
    "unverified email": (UNVERIFIED, lambda p, c: p.signed({**c, "email_verified": False})),
    "email verified as a text": (UNVERIFIED, lambda p, c: p.signed({**c, "email_verified": "true"})),
    "email verified as a number": (UNVERIFIED, lambda p, c: p.signed({**c, "email_verified": 1})),
    "nothing said of the email": (UNVERIFIED, lambda p, c: p.signed({**c, "email_verified": None})),
    "email that looks alike": (NO_ADDRESS, lambda p, c: p.signed({**c, "email": "аda@example.com"})),  # noqa: RUF001  a Cyrillic letter
    "email with a Kelvin sign": (NO_ADDRESS, lambda p, c: p.signed({**c, "email": "\u212aay@example.com"})),
    "email of a full-width domain": (NO_ADDRESS, lambda p, c: p.signed({**c, "email": "ada@example\uff0ecom"})),
    "email with a line break": (NO_ADDRESS, lambda p, c: p.signed({**c, "email": "ada@example.com\n"})),
    "two emails": (NO_ADDRESS, lambda p, c: p.signed({**c, "email": "ada@example.com,eve@example.com"})),
    "team as email": (NO_ADDRESS, lambda p, c: p.signed({**c, "email": "@it-ops"})),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_identity_signs_nobody_in_and_leaves_no_trace(world: World, forgery: str) -> None:
    why, forge = FORGED[forgery]
    world.example.forged = lambda claims: forge(world.example, claims)
    before = world.entries()
    assert refused(world.enter, Unauthenticated, "E1336" if why == NOTHING else "E1337") == why
    assert world.entries() == before


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_every_algorithm_that_is_taken_is_taken(world: World, subject: str) -> None:
    world.example.keys |= {"curve": CURVE, "edwards": ed25519.Ed25519PrivateKey.generate(), "small": SMALL}
    for kid, algorithm in (("first", "PS256"), ("curve", "ES256"), ("edwards", "EdDSA")):
        world.example.forged = lambda claims, kid=kid, algorithm=algorithm: world.example.signed(
            claims, kid=kid, algorithm=algorithm
        )
        assert world.enter(sub=subject, email=f"{subject}@example.com", aud=[CLIENT], azp=CLIENT).to == "/"
    world.example.forged = lambda claims: world.example.signed(claims, kid="small")
    refused(world.enter, Unauthenticated, "E1337")


def test_a_key_has_to_be_named_only_where_there_are_several(world: World, subject: str) -> None:
    world.example.forged = lambda claims: jwt.encode(claims, world.example.keys["first"], algorithm="RS256")
    assert world.enter(sub=subject, email=f"{subject}@example.com").to == "/"
    world.example.keys |= {"second": CURVE}
    world.life.kit.issuers = Issuers()
    assert refused(world.enter, Unauthenticated, "E1337") == NO_KEY


def test_an_answer_counts_in_the_browser_that_asked_and_once(world: World, subject: str) -> None:
    world.example.claims = {"sub": subject, "email": f"{subject}@example.com"}
    kit, mine, another = world.life.kit, world.begin(), world.begin()
    answer = world.back(mine)

    def tried(answer: Returned, cookie: str) -> None:
        refused(lambda: single_sign_on.come_back(kit, "example", answer, cookie), Unauthenticated, "E1335")

    tried(answer, "")
    tried(answer, another.cookie)
    tried(answer, mine.cookie[:-4] + "AAAA")
    tried(answer._replace(state=""), mine.cookie)
    tried(answer._replace(state="x" * 43), mine.cookie)
    tried(answer._replace(state="ü"), mine.cookie)
    assert world.example.exchanges == []
    assert single_sign_on.come_back(kit, "example", answer, mine.cookie).to == "/"
    # The provider does not take a code twice; a state does not count twice either, whatever the provider takes.
    again = returned(world.example.authorize(mine.address))
    tried(again, mine.cookie)


def test_a_sign_in_that_takes_too_long_is_over(world: World, subject: str) -> None:
    begun = world.begin()
    answer = world.back(begun)
    world.life.clock.forward(601)
    refused(lambda: single_sign_on.come_back(world.life.kit, "example", answer, begun.cookie), Unauthenticated, "E1335")


def test_a_code_of_somebody_else_is_worth_nothing(world: World) -> None:
    mine, theirs = world.begin(), world.begin()
    stolen = world.back(theirs)
    answer = world.back(mine)._replace(code=stolen.code)
    refused(lambda: single_sign_on.come_back(world.life.kit, "example", answer, mine.cookie), Unauthenticated, "E1336")
    # Even where the provider forgets the challenge, the identity was made for another sign-in.
    mine = world.begin()
    answer = world.back(mine)
    world.example.codes[answer.code] = {**world.example.codes[answer.code], "nonce": "of another"}
    refused(lambda: single_sign_on.come_back(world.life.kit, "example", answer, mine.cookie), Unauthenticated, "E1337")


def test_one_provider_does_not_answer_for_another(world: World) -> None:
    kit, mine = world.life.kit, world.begin()
    answer = world.back(mine)
    refused(lambda: single_sign_on.come_back(kit, "other", answer, mine.cookie), Unauthenticated, "E1335")
    refused(
        lambda: single_sign_on.come_back(kit, "example", answer._replace(issuer=world.other.url), mine.cookie),
        Unauthenticated, "E1335",
    )  # fmt: skip
    refused(lambda: single_sign_on.come_back(kit, "example", answer._replace(issuer=""), mine.cookie), Unauthenticated, "E1335")
    world.other.named = False
    refused(lambda: single_sign_on.come_back(kit, "other", answer._replace(issuer=""), mine.cookie), Unauthenticated, "E1335")
    assert world.example.exchanges == world.other.exchanges == []
    world.example.forged = lambda claims: world.other.signed({**claims, "iss": world.other.url})
    refused(lambda: single_sign_on.come_back(kit, "example", answer, mine.cookie), Unauthenticated, "E1337")


def test_a_provider_without_a_name_in_its_answers_is_taken(world: World) -> None:
    world.example.named = False
    assert world.enter().to == "/"


@pytest.mark.parametrize(
    ("described", "why"),
    [
        ({"token_endpoint": "http://localhost:1/token"}, NO_TOKENS),
        ({"token_endpoint": "https://evil.example/token"}, NO_TOKENS),
        ({"token_endpoint": 7}, NO_TOKENS),
        ({"authorization_endpoint": "https://evil.example/"},
         NO_ENTRANCE),
        ({"authorization_endpoint": "javascript:alert(1)"},
         NO_ENTRANCE),
        ({"jwks_uri": "https://evil.example/keys"}, "It publishes no address of its keys that can be trusted."),
        ({"issuer": "https://evil.example"}, "What it publishes names another issuer."),
        ({"padding": "x" * 300_000}, "What it answers is too large."),
    ],
)  # fmt: skip
def test_a_provider_sends_us_nowhere_else(world: World, described: dict[str, Any], why: str) -> None:
    world.example.described = described
    with pytest.raises(Unavailable) as caught:
        world.enter()
    assert (caught.value.code, caught.value.why) == ("E1712", why)


def test_a_client_without_a_secret_shows_none(world: World, subject: str) -> None:
    world.other.public = True
    session = world.enter("other", sub=subject, email=f"{subject}@example.com").session.secret
    assert world.is_signed_in(session)
    assert world.person(f"{subject}@example.com") == Person(email=f"{subject}@example.com", name="Ada", roles=(Role.RISK,))


def test_a_secret_that_cannot_be_read_asks_nobody(world: World) -> None:
    file = Path(world.life.settings.identity_providers[0].client_secret_file)
    kept = file.rename(file.with_suffix(".away"))
    try:
        refused(world.enter, Unavailable, "E1713")
        assert world.example.exchanges == []
    finally:
        kept.rename(file)


def test_answers_of_the_provider_that_are_none(world: World) -> None:
    world.example.status = 302
    refused(world.enter, Unauthenticated, "E1336")
    world.example.status = 500
    assert refused(world.enter, Unavailable, "E1712") == "It answered 500."
    world.example.status, world.example.answered = 200, {"id_token": None}
    refused(world.enter, Unauthenticated, "E1336")
    begun = world.begin()
    state = world.back(begun).state
    stopped = Returned(state, "", world.example.url, True)
    refused(lambda: single_sign_on.come_back(world.life.kit, "example", stopped, begun.cookie), Unauthenticated, "E1336")
    refused(lambda: world.begin("exampel"), NotFound, "E1201")


def test_a_link_signs_in_while_the_provider_is_away(world: World) -> None:
    world.example.described = {"issuer": "nobody"}
    refused(world.begin, Unavailable, "E1712")
    owner = people.owner_address()
    session = authentication.redeem(world.life.kit, tokens.issue_sign_in(world.life.kit, owner).secret)
    assert world.is_signed_in(session.secret)
    assert world.life.events(SignedIn)[-1] == SignedIn(email=owner)
