"""What the processes of a group hand to the one that exports: messages of a datagram each."""

from enum import StrEnum

import msgspec

from lamplighter.domain.decoding import message_pack_decoder

#: Upper bounds of the buckets of durations, seconds, as the conventions of OpenTelemetry advise for HTTP and for RPC.
BOUNDS: tuple[float, ...] = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)


class Kind(StrEnum):
    """What a span is about."""

    #: A prediction over HTTP.
    HTTP = "http"
    #: A prediction over gRPC.
    RPC = "rpc"
    #: A shadow that scored along.
    SHADOW = "shadow"


class Span(msgspec.Struct, array_like=True, gc=False):
    """A prediction whose caller asked for its trace."""

    kind: Kind
    #: The lawful `traceparent` of whoever asked.
    parent: bytes
    #: Its own id, not 0.
    id: int
    #: Nanoseconds since the epoch.
    start: int
    end: int
    #: HTTP status of the answer, over gRPC too; 0 for none.
    status: int
    model: str
    #: Which part of the traffic the version has; empty if no version answered.
    arm: str
    #: Path of the request; empty but over HTTP.
    path: str = ""
    #: Header lines of the answer, each ended by CR LF.
    lines: bytes = b""


class Durations(msgspec.Struct, array_like=True):
    """How long answers have taken that are alike but for that."""

    kind: Kind
    #: Path with `{model}` and `{number}` where names stand; empty over gRPC.
    route: str
    status: int
    model: str
    #: Which part of the traffic the version has; empty if no version answered.
    arm: str
    #: Answers by bucket of `BOUNDS`; the last is open.
    counts: list[int]
    #: Sum, seconds.
    seconds: float = 0.0


class Message(msgspec.Struct, array_like=True):
    """What has gathered in one process."""

    spans: list[Span] = []
    durations: list[Durations] = []
    #: Spans that found no room since the last message.
    dropped: int = 0


encode = msgspec.msgpack.Encoder().encode
decode = message_pack_decoder(Message).decode
