"""The way of a browser to an identity provider and back, sealed into a cookie: strangers who begin one leave nothing here."""

import base64
import hashlib
import secrets

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from lamplighter import keys
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Unauthenticated
from lamplighter.domain.record import Record
from lamplighter.lifecycle.kit import Kit

#: Seconds that a way may take.
SECONDS = 600
#: Characters of a sealed one at most.
_LARGEST = 4_000


class Astray(Unauthenticated):
    """An answer that belongs to no sign-in of this browser. Nobody was asked about it."""

    code = "E1335"


class Trip(Record, frozen=True):
    """One way, of one browser."""

    #: Name of the identity provider.
    provider: str
    #: Comes back in the address; whoever brings it has to bring the cookie, too.
    state: str
    #: Comes back within the identity.
    nonce: str
    #: What the challenge of PKCE was made of.
    verifier: str
    #: The page of ours that was wanted.
    to: str

    @property
    def challenge(self) -> str:
        """The challenge of PKCE, by the method S256 (RFC 7636)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def begun(provider: str, to: str) -> Trip:
    """A new way; nothing of it can be guessed."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Trip(provider=provider, state=state, nonce=nonce, verifier=verifier, to=to)


def sealed(kit: Kit, trip: Trip) -> str:
    """What can be given to a browser: it neither says what is in it nor can it be changed."""
    return _seal(kit).encrypt_at_time(msgspec.json.encode(trip), kit.clock.now() // 1_000_000).decode()


def unsealed(kit: Kit, text: str) -> Trip:
    """The way that a browser brings; raises `Unauthenticated` for none of ours, and for one that has taken too long."""
    try:
        if len(text) > _LARGEST:
            raise InvalidToken
        content = _seal(kit).decrypt_at_time(text.encode(), SECONDS, kit.clock.now() // 1_000_000)
        return from_json(content, Trip)
    except (InvalidToken, ValueError):
        raise astray("This browser has begun no sign-in, or longer than 10 minutes ago.") from None


def astray(why: str) -> Astray:
    """The refusal of an answer that belongs to no sign-in of this browser."""
    return Astray("This sign-in does not go on.", why=why, fix="Begin again on the page to sign in.")


def _seal(kit: Kit) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keys.secret(kit.settings.sign_in_key)))
