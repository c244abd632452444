"""The public keys of issuers, read where they are published (OpenID Connect Discovery 1.0), with bounds, and kept a while."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2
import msgspec

from lamplighter.domain.errors import Unauthenticated, Unavailable

#: Seconds that keys are kept, that a key which is not there is not looked for again, and that a failure is remembered.
FRESH, UNKNOWN_AGAIN, FAILED_AGAIN = 600.0, 30.0, 10.0
#: Bytes of one document, keys of one issuer, seconds of one look, and seconds that others wait for it.
_LARGEST, _MOST_KEYS, _SECONDS, _TURN = 262_144, 100, 5.0, 6.0

Clock = Callable[[], float]


@dataclass
class _Known:
    keys: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: When the keys were read, and when it was last tried.
    read: float = -1e9
    tried: float = -1e9
    #: Why the last look failed; empty if it did not.
    why: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Issuers:
    """What this process knows of the issuers that the configuration names; after a start it asks again."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._known: defaultdict[str, _Known] = defaultdict(_Known)

    def key(self, issuer: str, name: str) -> Mapping[str, Any]:
        """The key of that name as a JSON Web Key; raises `Unauthenticated` for one that the issuer does not publish, and
        `Unavailable` where that cannot be found out."""
        known = self._known[issuer]
        if not known.lock.acquire(timeout=_TURN):
            raise _silent("Many ask for its keys at once, and it is slow.")
        try:
            self._look(issuer, known, name)
            if name in known.keys and self._clock() - known.read < FRESH:
                return known.keys[name]
            if known.why:
                raise _silent(known.why)
            raise Unauthenticated(
                "The token of the pipeline is not valid.",
                why="It is signed with a key that its issuer does not publish.",
                fix="Let the job ask for a new token; behind a key that was just changed, repeat it in half a minute.",
                code="E1314",
            )
        finally:
            known.lock.release()

    def _look(self, issuer: str, known: _Known, name: str) -> None:
        now = self._clock()
        again = FAILED_AGAIN if known.why else UNKNOWN_AGAIN
        if now - known.read < FRESH and (name in known.keys or now - known.tried < again):
            return
        if known.why and now - known.tried < FAILED_AGAIN:
            return
        known.tried = now
        try:
            known.keys, known.read, known.why = _published(issuer), now, ""
        except _Unreadable as error:
            known.why = str(error)


class _Unreadable(Exception):
    """Why keys cannot be had, in one sentence without anything that came from outside."""


def _published(issuer: str) -> Mapping[str, Mapping[str, Any]]:
    """Keys for signatures, by name."""
    end = time.monotonic() + _SECONDS
    with httpx2.Client(timeout=_SECONDS, follow_redirects=False, trust_env=True) as client:
        described = _document(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration", end)
        if described.get("issuer") != issuer:
            raise _Unreadable("What it publishes names another issuer.")
        address = described.get("jwks_uri")
        if not isinstance(address, str) or urlsplit(address).scheme != urlsplit(issuer).scheme:
            raise _Unreadable("It publishes no address of its keys that can be trusted.")
        found = _document(client, address, end).get("keys")
    if not isinstance(found, list) or len(found) > _MOST_KEYS:
        raise _Unreadable("It publishes no set of keys, or too many.")
    return {str(key["kid"]): key for key in found if isinstance(key, dict) and "kid" in key and key.get("use", "sig") == "sig"}


def _document(client: httpx2.Client, address: str, end: float) -> Mapping[str, Any]:
    try:
        with client.stream("GET", address, headers={"Accept": "application/json"}) as answer:
            if answer.status_code != 200:
                raise _Unreadable(f"It answered {answer.status_code}.")
            content = b""
            for part in answer.iter_bytes():
                content += part
                if len(content) > _LARGEST or time.monotonic() > end:
                    raise _Unreadable("What it publishes is too large, or comes too slowly.")
        return msgspec.json.decode(content, type=dict[str, Any])
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        raise _Unreadable(f"It could not be read ({type(error).__name__}).") from None


def _silent(why: str) -> Unavailable:
    return Unavailable(
        "The issuer of the token cannot be asked for its keys.",
        why=why,
        fix="Repeat it; if it stays so, look whether this machine reaches the issuer.",
        code="E1721",
    )
