"""People sign in with an identity provider: OpenID Connect, authorization code with PKCE.

The browser is sent away with a state, and comes back with it and a code; the platform itself changes the code for an identity.
"""

import hmac
import re
from typing import NamedTuple

from lamplighter.domain.errors import Unauthenticated
from lamplighter.domain.identity_provider import IdentityProvider
from lamplighter.lifecycle import entering, id_tokens, providers, trips
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tokens import Secret
from lamplighter.lifecycle.trips import astray

_CODE = re.compile(r"[\x20-\x7e]{1,2048}")


class Begun(NamedTuple):
    """Where a browser goes, and what it has to keep."""

    address: str
    cookie: str


class Returned(NamedTuple):
    """What the address holds with which a browser comes back; empty for what is not there."""

    state: str
    code: str
    #: Who answers, by the provider's own word (RFC 9207).
    issuer: str
    #: Whether the provider says that it signed nobody in.
    failed: bool


class Entered(NamedTuple):
    """A session, and the page of ours that was wanted."""

    session: Secret
    to: str


def begin(kit: Kit, name: str, to: str) -> Begun:
    """Send a browser to a provider; raises `NotFound`, and `Unavailable` for one that cannot be asked where it is."""
    provider = providers.find(kit, name)
    trip = trips.begun(name, to)
    return Begun(providers.entrance(kit, provider, trip), trips.sealed(kit, trip))


def come_back(kit: Kit, name: str, returned: Returned, cookie: str) -> Entered:
    """Sign in whom the provider vouches for.

    Raises `Unauthenticated` for an answer that is not for this browser or proves nothing, `NotAllowed` for a person who may not
    enter, `NotFound` and `Unavailable`.
    """
    provider = providers.find(kit, name)
    trip = trips.unsealed(kit, cookie)
    if trip.provider != name or not hmac.compare_digest(trip.state.encode(), returned.state.encode()):
        raise astray("The answer belongs to a sign-in of another browser, or to another one of this browser.")
    _check_answerer(kit, provider, returned)
    if returned.failed or not _CODE.fullmatch(returned.code):
        raise Unauthenticated(
            "The identity provider did not sign you in.",
            why="It came back without saying who you are: you stopped there, or it does not let you use this platform.",
            fix="Begin again; if it stays so, ask whoever looks after the identity provider.",
            code="E1336",
        )
    token = providers.redeemed(kit, provider, returned.code, trip.verifier)
    claimed = id_tokens.proven(kit, provider, token, trip.nonce)
    return Entered(entering.enter(kit, provider, claimed, trip.state), trip.to)


def _check_answerer(kit: Kit, provider: IdentityProvider, returned: Returned) -> None:
    """One provider must not answer in the place of another."""
    if returned.issuer != provider.issuer and (returned.issuer or providers.names_itself(kit, provider)):
        raise astray("The answer comes from another identity provider.")
