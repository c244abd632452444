"""The promise of a channel: deliver one message to one person, or say why not. And the line that channels over HTTP share."""

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import Protocol

import httpx2

from lamplighter.domain.record import Record


class Message(Record, frozen=True):
    """What somebody is told."""

    #: Stays the same when it is tried again, so that the receiver can drop what it has.
    id: str
    #: E-mail address of the person whose duty it is; empty for what a program may like to know and nobody has to do.
    person: str
    model: str
    #: What it is about: an incident such as `I-31`, a rollout such as `R-91` that waits, a version, or the week of a digest.
    incident: str
    #: One line.
    title: str
    #: What users feel, what changed, the safe action, the page.
    text: str
    #: What happened: a noun and a verb in the past tense, such as `incident.opened`.
    about: str = "incident.opened"
    #: When it happened, microseconds since the epoch, UTC.
    at: int = 0
    environment: str = ""
    #: Kind and severity of the finding, and the source at fault; empty where there is none.
    kind: str = ""
    severity: str = ""
    source: str = ""
    #: When the incident opened, microseconds since the epoch, UTC.
    opened_at: int = 0
    #: Whether users no longer feel it.
    over: bool = False
    #: The page.
    url: str = ""


class Receiver(Record, frozen=True):
    """Where a channel sends to, as the configuration says; never from a caller."""

    address: str = ""
    #: Secrets that sign what is sent, two while one takes the place of the other, or the key that says whose it is.
    secrets: tuple[str, ...] = ()


class Undelivered(Exception):
    """The message did not arrive; it is tried again. Holds one sentence without secrets."""


@cache
def trust() -> ssl.SSLContext:
    """The authorities that receivers are held to. Reading them takes longer than telling somebody, so it is done once."""
    return httpx2.create_ssl_context(trust_env=False)


#: For all of it: a receiver that sends a byte now and then must not hold up the next message.
_SECONDS = 5.0
#: The body of an answer is read if it is no longer than this, bytes, and comes within so many seconds: a connection can be used
#: again only after it. Nobody needs what it says.
_SHORT, _SOON = 65_536, 0.5


#: What a client raises where no answer comes.
TROUBLES = (httpx2.HTTPError, httpx2.InvalidURL, ExceptionGroup)


async def asked(address: str, content: bytes, headers: Mapping[str, str]) -> int:
    """The status that a receiver answers a POST with, over a connection of its own, however long it takes; no redirect is
    followed. Raises one of `TROUBLES`."""
    async with _client() as client:
        return await _status(client, address, content, headers)


def _client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(timeout=None, follow_redirects=False, trust_env=False, verify=trust())


async def _status(client: httpx2.AsyncClient, address: str, content: bytes, headers: Mapping[str, str]) -> int:
    async with client.stream("POST", address, content=content, headers=dict(headers)) as answer:
        length = answer.headers.get("content-length", "")
        if answer.status_code == 204 or (length.isdecimal() and int(length) <= _SHORT):
            with suppress(TimeoutError, httpx2.HTTPError):
                await asyncio.wait_for(answer.aread(), _SOON)
        return answer.status_code


class _Line:
    """Connections to receivers that stay open between messages, for one thread."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._client: httpx2.AsyncClient | None = None

    def post(self, address: str, content: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer."""
        is_used = self._client is not None
        try:
            return self._runner.run(asyncio.wait_for(self._post(address, content, headers), _SECONDS))
        except httpx2.TransportError:
            self._hang_up()
            if not is_used:
                raise
            # The receiver may have ended a connection that nobody used; a message that it has already keeps its id.
            return self.post(address, content, headers)
        except BaseException:
            self._hang_up()
            raise

    async def _post(self, address: str, content: bytes, headers: Mapping[str, str]) -> int:
        self._client = self._client or _client()
        return await _status(self._client, address, content, headers)

    def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            self._runner.run(client.aclose())

    def close(self) -> None:
        """Close every connection."""
        self._hang_up()
        self._runner.close()


_line: ContextVar[_Line | None] = ContextVar("line", default=None)


@contextmanager
def kept_line() -> Iterator[None]:
    """Until the end of the block, messages that this thread sends to one receiver share a connection."""
    line = _Line()
    token = _line.set(line)
    try:
        yield
    finally:
        _line.reset(token)
        line.close()


def post(address: str, content: bytes, headers: Mapping[str, str], who: str = "The receiver") -> None:
    """Send by POST; raises `Undelivered` for anything but 2xx within 5 seconds. No redirect is followed."""
    line = _line.get()
    if line is None:
        with kept_line():
            return post(address, content, headers, who)
    try:
        status = line.post(address, content, headers)
    except TimeoutError:
        raise Undelivered(f"{who} did not answer within {_SECONDS:g} seconds.") from None
    except TROUBLES as error:
        raise Undelivered(f"{who} could not be reached ({type(error).__name__}).") from None
    if not 200 <= status < 300:
        raise Undelivered(f"{who} answered {status}.")
    return None


class Channel(Protocol):
    """What the module of a channel offers."""

    #: Whether it is told of everything that happens to an incident, or only of what somebody has to act on.
    FOLLOWS: bool
    #: Whether it brings people what they only want to read: the digest of a week.
    DIGESTS: bool
    #: Whether it is told which version answers now, though nobody has to do anything about it.
    RELEASES: bool

    def send(self, message: Message, receiver: Receiver) -> None:
        """Deliver within 5 seconds, or raise `Undelivered`."""
        ...
