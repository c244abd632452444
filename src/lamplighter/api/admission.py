"""Who is let near the database with a secret. Strangers wait, one at a time; whoever is known here never waits for them."""

import asyncio
import ipaddress
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import NamedTuple, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from lamplighter.api.problems import Throttled
from lamplighter.api.throttle import AT_ONCE, EVERY, Clock, Throttle
from lamplighter.api.visitors import visitor
from lamplighter.domain.errors import Unauthenticated, Unavailable
from lamplighter.domain.record import digest_of
from lamplighter.lifecycle.authentication import Worthless, worthless
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.recent import Recent
from lamplighter.lifecycle.trips import Astray

#: Strangers that wait at one entrance, and worthless secrets that are remembered there.
WAITING, SPENT = 256, 4_096

Found = TypeVar("Found")


class Entrance(StrEnum):
    """Where secrets are shown. What happens at one does not count at another."""

    #: A token or a session at any route.
    API = "api"
    #: The secret of a sign-in link, or a token of a person, at the page to sign in.
    LINK = "link"
    #: What a browser brings back from an identity provider.
    PROVIDER = "provider"
    #: The token of a run of a CI.
    PIPELINE = "pipeline"
    #: The long code of a command that waits to be allowed in a browser.
    DEVICE = "device"
    #: Commands that begin to wait.
    DEVICE_BEGUN = "device-begun"
    #: The short code that somebody who is signed in types.
    USER_CODE = "user-code"


class _Pace(NamedTuple):
    """What an entrance bears."""

    #: Strangers that are looked at at once. Those of whom others are asked hold a thread meanwhile.
    places: int = 1
    #: Tries of one sender that are let through at once, and seconds until one more.
    tries: int = AT_ONCE
    every: float = EVERY


#: A short code lives for 10 minutes, in which 5 + 10 guesses at 20^8 of them are one chance in 2^30.
_PACES = {
    Entrance.API: _Pace(),
    Entrance.LINK: _Pace(),
    Entrance.PROVIDER: _Pace(places=8),
    Entrance.PIPELINE: _Pace(places=8),
    Entrance.DEVICE: _Pace(),
    Entrance.DEVICE_BEGUN: _Pace(tries=30, every=10.0),
    Entrance.USER_CODE: _Pace(tries=5, every=60.0),
}


class _Desk:
    """One entrance."""

    def __init__(self, pace: _Pace, clock: Clock) -> None:
        self.throttle, self.spent, self.throttled = Throttle(clock, pace.tries, pace.every), Recent(SPENT), 0
        self._places, self._waiting = asyncio.Semaphore(pace.places), 0

    def refuse(self, shown: str, sender: str) -> None:
        """Raise `Unauthenticated` for what is known to be worthless, and `Throttled` for a sender who has to wait."""
        if shown in self.spent:
            raise worthless()
        if wait := self.throttle.wait(sender):
            self.throttled += 1
            raise _too_often(math.ceil(wait))

    @contextmanager
    def queued(self) -> Iterator[asyncio.Semaphore]:
        """A place in the queue; raises `Unavailable` if it is too long."""
        if self._waiting >= WAITING:
            self.throttled += 1
            raise _too_many()
        self._waiting += 1
        try:
            yield self._places
        finally:
            self._waiting -= 1


class Admission:
    """All entrances of one application; for its event loop."""

    def __init__(self, kit: Kit) -> None:
        self._familiar = kit.familiar
        self._trusted = tuple(ipaddress.ip_network(one) for one in kit.settings.trusted_proxies)
        self._desks = {entrance: _Desk(pace, kit.clock.elapsed) for entrance, pace in _PACES.items()}

    def throttled(self, entrance: Entrance) -> int:
        """How often somebody was sent away there without a look at the secret."""
        return self._desks[entrance].throttled

    def sender(self, request: Request) -> str:
        """Where a request comes from, as far as that can be believed."""
        return visitor(request, self._trusted)

    def take(self, entrance: Entrance, who: str) -> None:
        """Count a try of somebody; raises `Throttled` for whoever has to wait. For any thread."""
        desk = self._desks[entrance]
        if wait := desk.throttle.take(who):
            desk.throttled += 1
            raise _too_many_tries(math.ceil(wait))

    def give_back(self, entrance: Entrance, who: str) -> None:
        """A try that was counted was right."""
        self._desks[entrance].throttle.give_back(who)

    async def admitted(self, request: Request, entrance: Entrance, secret: str, look: Callable[[], Found]) -> Found:
        """What `look` finds, in a thread; raises what it raises, `Throttled`, and `Unavailable` where too many wait."""
        desk, digest = self._desks[entrance], digest_of(secret.encode())
        # A secret is worth something the way it is meant to be shown only: as a header, or as a cookie.
        shown = digest if "authorization" in request.headers else f"session {digest}"
        try:
            if digest in self._familiar:
                return await run_in_threadpool(look)
            found = await self._stranger(desk, shown, self.sender(request), look)
        except Worthless:
            self._familiar.discard(digest)
            desk.spent.add(shown)
            raise
        self._familiar.add(digest)
        return found

    async def _stranger(self, desk: _Desk, shown: str, sender: str, look: Callable[[], Found]) -> Found:
        desk.refuse(shown, sender)
        with desk.queued() as places:
            async with places:
                # Those before in the queue may have been the same.
                desk.refuse(shown, sender)
                try:
                    return await run_in_threadpool(look)
                except Unauthenticated as error:
                    if not isinstance(error, Astray):
                        desk.throttle.count(sender)
                    raise


def _too_often(seconds: int) -> Throttled:
    return Throttled(
        "Too many wrong secrets came from your address.",
        why="This one was not looked at. Secrets that were good here lately still are.",
        fix=f"Repeat it in {seconds} seconds; behind a proxy, see trusted_proxies in docs/signing-in.md.",
        seconds=seconds,
    )


def _too_many_tries(seconds: int) -> Throttled:
    return Throttled(
        "That was tried too often.",
        why="This try was not looked at.",
        fix=f"Wait {seconds} seconds, and look again at what the terminal shows.",
        seconds=seconds,
    )


def _too_many() -> Unavailable:
    return Unavailable(
        "Too many strangers come at once.",
        why="Secrets that were not used here lately are looked at one after another, and the queue is full.",
        fix="Repeat it in a moment.",
        code="E1307",
    )
