"""Identity providers: where they are, and what they give for a code."""

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from lamplighter.domain.errors import LampError, Unauthenticated, Unavailable
from lamplighter.domain.identity_provider import IdentityProvider
from lamplighter.domain.names import unknown
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.outbound import Unreadable, asked, is_safe
from lamplighter.lifecycle.trips import Trip

#: Characters of a token at most.
LARGEST = 16_384


def find(kit: Kit, name: str) -> IdentityProvider:
    """The provider of that name; raises `NotFound`."""
    known = {one.name: one for one in kit.settings.identity_providers}
    if name not in known:
        raise unknown("identity provider", name, known)
    return known[name]


def callback(kit: Kit, provider: IdentityProvider) -> str:
    """Where the provider sends people back to: to be told to it, to the letter."""
    return f"{kit.settings.opened_at}/sign-in/{provider.name}/callback"


def entrance(kit: Kit, provider: IdentityProvider, trip: Trip) -> str:
    """Where a browser goes to sign in; raises `Unavailable`."""
    question = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": callback(kit, provider),
        "scope": " ".join(provider.scopes),
        "state": trip.state,
        "nonce": trip.nonce,
        "code_challenge": trip.challenge,
        "code_challenge_method": "S256",
    }
    return _with(endpoint(kit, provider, "authorization_endpoint"), question)


def exit_of(kit: Kit, provider: IdentityProvider) -> str:
    """Where a browser goes to be signed out of the provider, too (RP-initiated logout); empty if it has no such place."""
    if not _described(kit, provider).get("end_session_endpoint"):
        return ""
    back = f"{kit.settings.opened_at}/sign-in"
    question = {"client_id": provider.client_id, "post_logout_redirect_uri": back}
    return _with(endpoint(kit, provider, "end_session_endpoint"), question)


def names_itself(kit: Kit, provider: IdentityProvider) -> bool:
    """Whether it says that each of its answers names it (RFC 9207)."""
    return _described(kit, provider).get("authorization_response_iss_parameter_supported") is True


def endpoint(kit: Kit, provider: IdentityProvider, name: str) -> str:
    """An address of the provider, as it describes itself; raises `Unavailable` for one that it must not send us to."""
    address = _described(kit, provider).get(name)
    if not isinstance(address, str) or not is_safe(address, provider.places):
        raise _unusable(f"It names no {name} at a host that the configuration allows.")
    if urlsplit(address).scheme != urlsplit(provider.issuer).scheme or urlsplit(address).fragment:
        raise _unusable(f"Its {name} is no address that can be trusted.")
    return address


def _described(kit: Kit, provider: IdentityProvider) -> Mapping[str, Any]:
    try:
        return kit.issuers.described(provider.issuer, provider.places)
    except Unavailable as error:
        raise _unusable(error.why) from None


def redeemed(kit: Kit, provider: IdentityProvider, code: str, verifier: str) -> str:
    """The ID token for a code; raises `Unauthenticated` for a code that the provider does not take, and `Unavailable`."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback(kit, provider),
        "code_verifier": verifier,
    }
    status, document = _asked(kit, endpoint(kit, provider, "token_endpoint"), provider, form)
    if status >= 500:
        raise _unusable(f"It answered {status}.")
    token = document.get("id_token")
    if status != 200 or not isinstance(token, str) or len(token) > LARGEST:
        raise Unauthenticated(
            "The identity provider does not confirm this sign-in.",
            why="It gave no identity for what the browser brought.",
            fix="Begin again on the page to sign in.",
            code="E1336",
        )
    return token


def _asked(kit: Kit, address: str, provider: IdentityProvider, form: Mapping[str, str]) -> tuple[int, Mapping[str, object]]:
    proof, headers = _proof(provider)
    if not kit.exchanges.acquire(timeout=5.0):
        raise _unusable("Many sign in at once.")
    try:
        return asked(address, form={**form, **proof}, headers=headers)
    except Unreadable as error:
        raise _unusable(str(error)) from None
    finally:
        kit.exchanges.release()


def _proof(provider: IdentityProvider) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Fields and headers that show whose question it is."""
    if not provider.has_secret:
        return {"client_id": provider.client_id}, {}
    secret = _secret(provider)
    if provider.client_authentication == "client_secret_post":
        return {"client_id": provider.client_id, "client_secret": secret}, {}
    # Both parts are encoded as in a form before they are put together, RFC 6749 section 2.3.1.
    pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"
    return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _secret(provider: IdentityProvider) -> str:
    """The secret of this platform, read anew each time, so that it can be changed; raises `Unavailable` where there is none."""
    try:
        file, variable = provider.client_secret_file, provider.client_secret_variable
        secret = Path(file).read_text().strip() if file else os.environ.get(variable, "")
    except (OSError, UnicodeDecodeError):
        secret = ""
    if not secret:
        raise Unavailable(
            "The identity provider cannot be asked.",
            why="The secret that this platform has there cannot be read.",
            fix=f"Look at client_secret_file or client_secret_variable of {provider.name} in config.toml.",
            code="E1713",
        )
    return secret


def _with(address: str, question: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(question)}"


def _unusable(why: str) -> LampError:
    return Unavailable(
        "The identity provider cannot be asked.",
        why=why,
        fix="Try again later; meanwhile sign in with a link: lamp open on the machine of the platform, or lamp users link.",
        code="E1712",
    )
