"""The public keys of issuers, read where they are published (OpenID Connect Discovery 1.0), with bounds, and kept a while."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import jwt

from lamplighter.domain.errors import Unauthenticated, Unavailable
from lamplighter.lifecycle.outbound import Unreadable, asked, is_safe

#: Seconds that keys are kept, that a key which is not there is not looked for again, and that a failure is remembered.
FRESH, UNKNOWN_AGAIN, FAILED_AGAIN = 600.0, 30.0, 10.0
#: Keys of one issuer, seconds for each of the two documents of one look, and seconds that others wait for it.
_MOST_KEYS, _SECONDS, _TURN = 100, 3.0, 7.0
#: Threads that one issuer may hold while it is slow: the one that asks, and those that wait for what it hears.
_HELD = 8
_LEAST_BITS = 2048

Clock = Callable[[], float]


class _Published(NamedTuple):
    #: What the issuer says of itself, and its keys by name.
    described: Mapping[str, Any]
    keys: Mapping[str, Mapping[str, Any]]


@dataclass
class _Known:
    published: _Published = field(default_factory=lambda: _Published({}, {}))
    #: When the keys were read, and when it was last tried.
    read: float = -1e9
    tried: float = -1e9
    #: Why the last look failed; empty if it did not.
    why: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    places: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_HELD))


class Issuers:
    """What this process knows of the issuers that the configuration names; after a start it asks again."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._known: defaultdict[str, _Known] = defaultdict(_Known)

    def key(self, issuer: str, name: str, hosts: Collection[str] = ()) -> Mapping[str, Any]:
        """The key of that name as a JSON Web Key, from one of these hosts if there are any; raises `Unauthenticated` for one
        that the issuer does not publish, and `Unavailable` where that cannot be found out."""
        known = self._asked(issuer, name, hosts)
        if name in known.keys:
            return known.keys[name]
        raise Unauthenticated(
            "The token of the pipeline is not valid.",
            why="It is signed with a key that its issuer does not publish.",
            fix="Let the job ask for a new token; behind a key that was just changed, repeat it in half a minute.",
            code="E1314",
        )

    def only_key(self, issuer: str, hosts: Collection[str] = ()) -> Mapping[str, Any]:
        """The key of an issuer that has one, and need not name it (OpenID Connect Core 1.0, 10.1); raises as `key` does."""
        keys = self._asked(issuer, "", hosts).keys
        return self.key(issuer, next(iter(keys)) if len(keys) == 1 else "", hosts)

    def described(self, issuer: str, hosts: Collection[str] = ()) -> Mapping[str, Any]:
        """What the issuer says of itself; raises `Unavailable` where that cannot be found out."""
        return self._asked(issuer, "", hosts).described

    def _asked(self, issuer: str, name: str, hosts: Collection[str]) -> _Published:
        """What is known, not older than it may be; for a key that is not there it has been looked again."""
        known, published = self._known[issuer], self._known[issuer].published
        # Whoever names a key that is known does not wait for others who name one that is not.
        if self._clock() - known.read < FRESH and (not name or name in published.keys):
            return published
        if not known.places.acquire(blocking=False):
            raise _silent("Many ask for its keys at once, and it is slow.")
        try:
            return self._in_turn(issuer, known, name, hosts)
        finally:
            known.places.release()

    def _in_turn(self, issuer: str, known: _Known, name: str, hosts: Collection[str]) -> _Published:
        if not known.lock.acquire(timeout=_TURN):
            raise _silent("Many ask for its keys at once, and it is slow.")
        try:
            self._look(issuer, known, name, hosts)
            fresh = self._clock() - known.read < FRESH
            if not fresh or (known.why and name and name not in known.published.keys):
                raise _silent(known.why)
            return known.published
        finally:
            known.lock.release()

    def _look(self, issuer: str, known: _Known, name: str, hosts: Collection[str]) -> None:
        now = self._clock()
        again = FAILED_AGAIN if known.why else UNKNOWN_AGAIN
        if now - known.read < FRESH and (not name or name in known.published.keys or now - known.tried < again):
            return
        if known.why and now - known.tried < FAILED_AGAIN:
            return
        known.tried = now
        try:
            known.published = _published(issuer, hosts)
            known.read, known.why = now, ""
        except Unreadable as error:
            known.why = str(error)


def usable(published: Mapping[str, Any], algorithm: str) -> jwt.PyJWK:
    """The key, for this algorithm only; raises `jwt.InvalidKeyError` for one that is not for such signatures."""
    try:
        if published.get("kty") not in ("RSA", "EC", "OKP") or published.get("alg", algorithm) != algorithm:
            raise jwt.InvalidKeyError
        key = jwt.PyJWK(dict(published), algorithm=algorithm)
        if published["kty"] == "RSA" and key.key.key_size < _LEAST_BITS:
            raise jwt.InvalidKeyError
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        raise jwt.InvalidKeyError from None
    return key


def _published(issuer: str, hosts: Collection[str]) -> _Published:
    """What an issuer says of itself, and its keys for signatures."""
    described = _document(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if described.get("issuer") != issuer:
        raise Unreadable("What it publishes names another issuer.")
    address = described.get("jwks_uri")
    if not isinstance(address, str) or not is_safe(address, hosts) or urlsplit(address).scheme != urlsplit(issuer).scheme:
        raise Unreadable("It publishes no address of its keys that can be trusted.")
    found = _document(address).get("keys")
    if not isinstance(found, list) or len(found) > _MOST_KEYS:
        raise Unreadable("It publishes no set of keys, or too many.")
    signing = [key for key in found if isinstance(key, dict) and key.get("use", "sig") == "sig"]
    return _Published(described, {str(key.get("kid", "")): key for key in signing})


def _document(address: str) -> Mapping[str, Any]:
    answer = asked(address, seconds=_SECONDS)
    if answer.status != 200:
        raise Unreadable(f"It answered {answer.status}.")
    return answer.document


def _silent(why: str) -> Unavailable:
    return Unavailable(
        "The issuer of the token cannot be asked for its keys.",
        why=why,
        fix="Repeat it; if it stays so, look whether this machine reaches the issuer.",
        code="E1721",
    )
