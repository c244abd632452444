"""The promise of a channel: deliver one message to one person, or say why not."""

import ssl
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
    #: What it is about: an incident such as `I-31`, a rollout such as `R-91` that waits, or the week of a digest.
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
    #: Secrets that sign what is sent; two while one takes the place of the other.
    secrets: tuple[str, ...] = ()


class Undelivered(Exception):
    """The message did not arrive; it is tried again. Holds one sentence without secrets."""


@cache
def trust() -> ssl.SSLContext:
    """The authorities that receivers are held to. Reading them takes longer than telling somebody, so it is done once."""
    return httpx2.create_ssl_context(trust_env=False)


class Channel(Protocol):
    """What the module of a channel offers."""

    #: Whether it is told of everything that happens to an incident, or only of what somebody has to act on.
    FOLLOWS: bool
    #: Whether it brings people what they only want to read: the digest of a week.
    DIGESTS: bool

    def send(self, message: Message, receiver: Receiver) -> None:
        """Deliver within 5 seconds, or raise `Undelivered`."""
        ...
