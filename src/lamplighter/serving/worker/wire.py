"""Messages between the serving process and a worker: a length of 4 bytes, then MessagePack.

Both ends are of the same release, so there is no law of change. The worker's side is read as hostile input: typed and bounded.
"""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lamplighter.domain.contract import Contract
from lamplighter.domain.decoding import message_pack_decoder
from lamplighter.domain.record import Record
from lamplighter.domain.sandbox import Level, Sandbox

#: Length of the message that follows.
HEAD = struct.Struct("<I")
#: A longer message from a worker ends it.
LARGEST_REPLY = 64 * 1024 * 1024


class Load(Record, frozen=True, tag="load"):
    """Open a model; the bytes have been verified."""

    format: str
    content: bytes
    contract: Contract
    #: Most bytes of address space.
    memory: int
    #: Whether opening the model runs its code, so that a worker without any sandbox must refuse.
    is_code: bool
    #: Rows to score once before the worker reports, so that the first request is not slow; may be empty.
    warm_up: Mapping[str, Sequence[Any]]
    #: Directory the worker may write in; each worker has its own.
    scratch: str = ""
    #: Distributions that may be imported, with what the worker itself needs; empty for all that are installed.
    packages: tuple[str, ...] = ()


class Score(Record, frozen=True, tag="score"):
    """Score these columns."""

    columns: Mapping[str, Sequence[Any]]
    rows: int


class Ground(Record, frozen=True):
    """What is laid out for the self-test to find."""

    #: Folder with a file `secret` and a listening socket `socket`.
    folder: str
    #: Port of a listener on loopback.
    port: int
    #: Name of a listener among the abstract sockets.
    name: str


class Probe(Record, frozen=True, tag="probe"):
    """Open no model; close yourself and try every way out."""

    ground: Ground
    #: Most bytes of address space.
    memory: int
    #: Directory the worker may write in.
    scratch: str = ""


class Ready(Record, frozen=True, tag="ready"):
    """The model is open."""

    #: How closed the worker is.
    sandbox: Level


class Probed(Record, frozen=True, tag="probed"):
    """Every way out was tried."""

    sandbox: Sandbox


class Refused(Record, frozen=True, tag="refused"):
    """The model cannot be opened."""

    why: str
    #: The top module that it wants and that is not there; empty if that is not why.
    module: str = ""


class Scores(Record, frozen=True, tag="scores"):
    """One number for each row."""

    values: list[float]


class Fault(Record, frozen=True, tag="fault"):
    """The model could not score the rows; the worker lives on."""

    code: str
    #: The name of the exception's type, never its text.
    kind: str
    #: As in `Refused`.
    module: str = ""


Order = Load | Score | Probe
Reply = Ready | Probed | Refused | Scores | Fault

_encoder = msgspec.msgpack.Encoder()
_orders: msgspec.msgpack.Decoder[Order] = message_pack_decoder(Order)
_replies: msgspec.msgpack.Decoder[Reply] = message_pack_decoder(Reply)


def pack(message: Order | Reply) -> bytes:
    """The frame of a message."""
    body = _encoder.encode(message)
    return HEAD.pack(len(body)) + body


def order(body: bytes) -> Order:
    """The order in the body of a frame."""
    return _orders.decode(body)


def reply(body: bytes) -> Reply:
    """The reply in the body of a frame; raises `msgspec.MsgspecError` for anything else."""
    return _replies.decode(body)
