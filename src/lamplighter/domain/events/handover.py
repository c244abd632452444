"""Handovers: started, discussed, shown, accepted, ended."""

from collections.abc import Mapping

from lamplighter.domain.events.base import Event


class HandoverStarted(Event, frozen=True, tag=True):
    """Somebody asks somebody else to take the technical duties of a model."""

    handover: str = ""
    giver: str = ""
    receiver: str = ""
    stages: tuple[str, ...] = ()
    #: What the giver said where nothing could be derived.
    answers: Mapping[str, str] = {}
    conditions: tuple[str, ...] = ()


class HandoverDiscussed(Event, frozen=True, tag=True):
    """One side said something to the other."""

    handover: str = ""
    person: str = ""
    text: str = ""


class TestPageSent(Event, frozen=True, tag=True):
    """A page of no meaning went to the receiver of a handover."""

    handover: str = ""
    person: str = ""
    to: str = ""
    channels: tuple[str, ...] = ()


class HandoverShown(Event, frozen=True, tag=True):
    """Somebody of the receiver has held a drill."""

    handover: str = ""
    drill: str = ""
    person: str = ""
    seconds: float = 0.0
    passed: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    why: str = ""


class HandoverAccepted(Event, frozen=True, tag=True):
    """The technical duties of a model, and the rights that go with them, are the receiver's."""

    handover: str = ""
    giver: str = ""
    receiver: str = ""
    person: str = ""
    stages: tuple[str, ...] = ()
    #: Until then the giver stands in, microseconds since the epoch, UTC.
    co_own_until: int = 0


class HandoverEnded(Event, frozen=True, tag=True):
    """A handover was refused, withdrawn or handed back."""

    handover: str = ""
    state: str = ""
    person: str = ""
    reason: str = ""
    #: Who has the duties now.
    owner: str = ""


HandoverEvent = HandoverStarted | HandoverDiscussed | TestPageSent | HandoverShown | HandoverAccepted | HandoverEnded
