"""The promise of a channel: deliver one message to one person, or say why not."""

from typing import Protocol

from lamplighter.domain.record import Record


class Message(Record, frozen=True):
    """What somebody is told."""

    #: Stays the same when it is tried again, so that the receiver can drop what it has.
    id: str
    #: E-mail address of the person whose duty it is.
    person: str
    model: str
    #: What it is about: an incident such as `I-31`, or a rollout such as `R-91` that waits for a decision.
    incident: str
    #: One line.
    title: str
    #: What users feel, what changed, the safe action, the page.
    text: str


class Undelivered(Exception):
    """The message did not arrive; it is tried again. Holds one sentence without secrets."""


class Channel(Protocol):
    """What the module of a channel offers."""

    def send(self, message: Message, address: str) -> None:
        """Deliver within 5 seconds, or raise `Undelivered`. `address` comes from the configuration, never from a caller."""
        ...
