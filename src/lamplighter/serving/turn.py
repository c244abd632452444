"""Requests on the short way, while they wait for the end of a turn of the event loop."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from lamplighter.domain.route import Arm
from lamplighter.serving.asking import NO_TRACE, trace_of
from lamplighter.serving.codecs.base import Codec, Question
from lamplighter.serving.frames import Noted
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.outage import Outage
from lamplighter.serving.problems import Refusal
from lamplighter.serving.router import Adopted
from lamplighter.serving.shadows import Followed
from lamplighter.serving.sticky import key_of
from lamplighter.serving.versions import Attempt, Loaded


class Sink(Protocol):
    """Who waits for the answer."""

    def reply(self, answer: Answer) -> None:
        """Take the answer."""
        ...

    def take_long_way(self, request: Request) -> None:
        """Have the request answered as any other."""
        ...


class Waiting(msgspec.Struct):
    """One request and its rows."""

    sink: Sink
    request: Request
    codec: Codec
    consumer: str
    id: str
    #: What `Lamp-Key` says, empty if nothing.
    key: str
    #: Microseconds since the epoch; 0 if the caller does not say.
    event_at: int
    #: None yet where the body is scored as it came.
    rows: Sequence[msgspec.Struct]
    #: How many rows there are, and what the log holds of them if the body was scored as it came.
    height: int = 0
    inputs: msgspec.Raw | None = None


class Group(msgspec.Struct):
    """Requests of one version."""

    version: Loaded
    arm: Arm
    adopted: Adopted
    requests: list[Waiting]
    #: Under which key the rows stand in bodies that are scored as they came; empty where rows are scored.
    name: bytes = b""

    @property
    def remembering(self) -> Outage | None:
        """Where answers are kept for an outage; nothing if these need not be."""
        outage = self.adopted.outage
        return outage if outage is not None and outage.keeps and self.arm is Arm.CHAMPION else None

    def remember(self, outage: Outage, one: Waiting, scores: list[float]) -> None:
        """Keep an answer for an outage."""
        question = self._question(one)
        if isinstance(question, Question):
            key = key_of(one.key, self.adopted.route.sticky, question, one.consumer, one.id)
            if not isinstance(key, Refusal):
                outage.keep(key.owner, question, scores)

    def followed(self, one: Waiting, shadow: Loaded, scores: list[float]) -> Followed:
        """What the shadow is to score once the request is answered with these scores."""
        parent, trace = trace_of(one.request) if one.request.has_own else NO_TRACE
        return Followed(
            shadow,
            lambda: self._question(one),
            Attempt(self.version, self.arm, 0, scores),
            self.adopted.route.shadow_since,
            Noted(one.id, one.consumer, {}, one.height, one.event_at, trace=trace),
            parent,
        )

    def _question(self, one: Waiting) -> Question | Refusal:
        """As the long way understands the request: what is kept and compared is the same on both."""
        return one.codec.read(one.request, self.adopted.champion.contract)
