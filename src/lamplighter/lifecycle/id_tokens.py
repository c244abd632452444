"""What the ID token of a provider proves. What it says counts only after its signature, and only if all of it is right.

OpenID Connect Core 1.0, section 3.1.3.7.
"""

import hmac
import re
from collections.abc import Mapping
from typing import Any

import jwt

from lamplighter.domain.binding import Claimed
from lamplighter.domain.errors import Invalid, LampError, Unauthenticated
from lamplighter.domain.identity_provider import IdentityProvider
from lamplighter.domain.names import is_team, party_name
from lamplighter.lifecycle.issuers import usable
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.providers import LARGEST

#: Signatures with a private key. Anything else, such as none or a shared secret, proves nothing.
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
#: Seconds by which clocks may differ, and seconds that an identity may be old.
_LEEWAY, _OLD = 30, 900
#: What an identity may call itself; tokens for other uses are signed with the same keys, and say so here.
_TYPES = ("JWT", "jwt", None)
_SUBJECT = re.compile(r"[\x21-\x7e]{1,255}")
#: Groups that are looked at, and characters of one.
_MOST_GROUPS, _LONG = 1_000, 500


def proven(kit: Kit, provider: IdentityProvider, token: str, nonce: str) -> Claimed:
    """Who it is; raises `Unauthenticated` for a token that proves nothing, and `Unavailable` where keys cannot be had."""
    claims = _verified(kit, provider, token)
    said = claims.get("nonce")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise _worthless("It was not made for this sign-in.")
    return _claimed(provider, claims)


def _verified(kit: Kit, provider: IdentityProvider, token: str) -> Mapping[str, Any]:
    head = _head(token)
    if head.get("alg") not in ALGORITHMS or head.get("typ") not in _TYPES or "crit" in head:
        raise _worthless("It is no identity that is signed by an algorithm that is taken.")
    try:
        key = usable(_published(kit, provider, head), head["alg"])
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[head["alg"]],
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=_LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except Unauthenticated:
        raise _worthless("It is signed with a key that the provider does not publish.") from None
    except jwt.ExpiredSignatureError:
        raise _worthless("It is too old.") from None
    except jwt.InvalidAudienceError:
        raise _worthless("It is meant for another client.") from None
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise _worthless(f"Its proof does not hold ({type(error).__name__}).") from None
    made = claims["iat"]
    if not isinstance(made, int | float) or made < kit.clock.now() / 1_000_000 - _OLD:
        raise _worthless("It is too old.")
    _check_party(provider, claims)
    return claims


def _published(kit: Kit, provider: IdentityProvider, head: Mapping[str, Any]) -> Mapping[str, Any]:
    if "kid" in head:
        return kit.issuers.key(provider.issuer, str(head["kid"]), provider.places)
    return kit.issuers.only_key(provider.issuer, provider.places)


def _head(token: str) -> Mapping[str, Any]:
    try:
        if len(token) > LARGEST:
            raise jwt.InvalidTokenError
        return dict(jwt.get_unverified_header(token))
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise _worthless("It is no JSON Web Token.") from None


def _check_party(provider: IdentityProvider, claims: Mapping[str, Any]) -> None:
    """An identity that is meant for several says for whom it was made."""
    party, several = claims.get("azp"), isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or party is not None) and party != provider.client_id:
        raise _worthless("It was made for another client.")


def _claimed(provider: IdentityProvider, claims: Mapping[str, Any]) -> Claimed:
    subject, email = claims["sub"], claims.get(provider.email_claim)
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise _worthless("It names nobody.")
    if claims.get("email_verified") is not True:
        raise _worthless("It does not say that the e-mail address is verified.")
    return Claimed(
        issuer=provider.issuer,
        subject=subject,
        email=_address(email),
        name=_name(claims.get(provider.name_claim)),
        groups=_groups(claims.get(provider.groups_claim)),
    )


def _address(email: object) -> str:
    """The address in lower case. Letters that only look like those of ASCII are none."""
    try:
        if isinstance(email, str) and email.isascii() and not is_team(party_name(email.lower())):
            return email.lower()
    except Invalid:
        pass
    raise _worthless("It holds no e-mail address that can name an account.")


def _name(said: object) -> str:
    text = said if isinstance(said, str) else ""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:100]


def _groups(said: object) -> tuple[str, ...]:
    found = said if isinstance(said, list) else []
    return tuple(one for one in found[:_MOST_GROUPS] if isinstance(one, str) and len(one) <= _LONG)


def _worthless(why: str) -> LampError:
    return Unauthenticated(
        "The identity provider does not prove who you are.",
        why=why,
        fix="Begin again on the page to sign in; if it stays so, show this to an administrator.",
        code="E1337",
    )
