"""The end of a process that answers: hands spans and durations over and never waits. What finds no room is counted."""

import random
import socket
import time
from bisect import bisect_left
from collections.abc import Iterable

import msgspec

from lamplighter.domain.route import Arm
from lamplighter.serving.asking import TRACEPARENT, is_sampled
from lamplighter.serving.doors import Door, Verb, route_of, template_of
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.telemetry.wire import BOUNDS, Durations, Kind, Message, Span, encode
from lamplighter.serving.versions import Attempt

#: Spans and durations of one message: some 20 kB, far below what a socket takes at once.
_SPANS, _DURATIONS = 64, 128

#: Model, part of the traffic, status, and the route or a path that has it.
_Key = tuple[str, str, int, str]


class Begun(msgspec.Struct, gc=False):
    """A span that has not ended."""

    parent: bytes
    id: int
    #: Nanoseconds since the epoch.
    start: int


class Telemetry:
    """Gathers what one process has to tell. All of it runs on the event loop."""

    def __init__(self, sending: socket.socket) -> None:
        """`sending` takes datagrams and does not block."""
        self._sending = sending
        self._spans: list[Span] = []
        self._durations: dict[_Key, Durations] = {}
        self._dropped = 0

    def begun(self, request: Request, traceparent: bytes) -> Begun | None:
        """The span of a request that goes the long way, if its caller wants one; what follows from the request is its child."""
        if not is_sampled(traceparent):
            return None
        begun = Begun(traceparent, _new_id(), time.time_ns())
        request.headers = {**request.headers, TRACEPARENT: b"%b%016x%b" % (traceparent[:36], begun.id, traceparent[52:])}
        return begun

    def ended(self, begun: Begun, door: Door, request: Request, answer: Answer, model: str) -> None:
        """The answer to such a request goes out; only predictions have spans."""
        if door.verb is Verb.PREDICT:
            kind, now = _kind(door), time.time_ns()
            self._keep(
                Span(
                    kind, begun.parent, begun.id, begun.start, now, answer.status, model, answer.arm, request.path, answer.lines
                )
            )

    def answered(self, parent: bytes, start: int, request: Request, answer: Answer, model: str, arm: str) -> None:
        """A request that took the short way and whose caller wants a span is answered."""
        now, path, lines = time.time_ns(), request.path, answer.lines
        self._keep(Span(Kind.HTTP, parent, _new_id(), start, now, answer.status, model, arm, path, lines))

    def shadowed(self, parent: bytes, outcome: Attempt) -> None:
        """A shadow has scored the rows of a request, whose `traceparent` it is if its caller wants a span."""
        if is_sampled(parent):
            now, version = time.time_ns(), outcome.version
            lines = b"Lamp-Version: %b\r\n" % version.name.encode()
            start, status = now - outcome.duration * 1000, 0 if outcome.failed is None else 502
            self._keep(Span(Kind.SHADOW, parent, _new_id(), start, now, status, version.manifest.model, Arm.SHADOW, "", lines))

    def count(self, door: Door, request: Request, answer: Answer, model: str, seconds: float) -> None:
        """How long the answer to a request that went the long way has taken."""
        kind = _kind(door)
        route = route_of(door, request.path) if kind is Kind.HTTP else ""
        key = model, answer.arm, answer.status, route
        _add(self._durations.get(key) or self._new(kind, route, key), seconds)

    def count_answers(self, model: str, arm: str, status: int, answered: Iterable[tuple[str, float]]) -> None:
        """The same of requests that took the short way: the path of each, and the seconds."""
        for path, seconds in answered:
            key = model, arm, status, path
            _add(self._durations.get(key) or self._new(Kind.HTTP, template_of(path), key), seconds)

    def _new(self, kind: Kind, route: str, key: _Key) -> Durations:
        model, arm, status, _ = key
        found = self._durations[key] = Durations(kind, route, status, model, arm, [0] * (len(BOUNDS) + 1))
        return found

    def _keep(self, span: Span) -> None:
        self._spans.append(span)
        if len(self._spans) >= _SPANS:
            self._send_spans()

    def flush(self) -> None:
        """Hand over what has gathered. Spans that find no room are lost, durations are kept for the next time."""
        if self._spans or self._dropped:
            self._send_spans()
        keys = list(self._durations)
        for place in range(0, len(keys), _DURATIONS):
            part = keys[place : place + _DURATIONS]
            if not self._send(Message(durations=[self._durations[key] for key in part])):
                return
            for key in part:
                del self._durations[key]

    def _send_spans(self) -> None:
        spans, self._spans = self._spans, []
        if self._send(Message(spans, dropped=self._dropped)):
            self._dropped = 0
        else:
            self._dropped += len(spans)

    def _send(self, message: Message) -> bool:
        try:
            self._sending.send(encode(message))
        except OSError:
            return False
        return True


def _add(durations: Durations, seconds: float) -> None:
    durations.counts[bisect_left(BOUNDS, seconds)] += 1
    durations.seconds += seconds


def _kind(door: Door) -> Kind:
    return Kind.RPC if door.codec == "rpc" else Kind.HTTP


def _new_id() -> int:
    # No secret: it only has to differ from others of its trace.
    return random.getrandbits(64) or 1
