"""A header block, understood, and which of its lines may be others in the next block of the same connection."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lamplighter.serving.framing import UNDERSTOOD
from lamplighter.serving.message import Request

#: Headers whose value is the request's own and changes nothing of what the others say.
OWN = frozenset((b"traceparent", b"lamp-request-id", b"lamp-key", b"lamp-event-time"))
#: Headers that count: what is understood, and what the parser itself acts on.
COUNTING = UNDERSTOOD | {b"connection", b"proxy-connection", b"upgrade"}
_VISIBLE = bytes(range(ord(" "), ord("~") + 1))


class Head(msgspec.Struct):
    """A header block, understood."""

    request: Request
    #: Bytes of the body.
    length: int
    #: What the application made of it; its own matter.
    plan: Any = None


class Pattern:
    """Lines that count have to be the same to the byte; the value of others may be any that needs no parser."""

    def __init__(self, block: bytes, head: Head) -> None:
        """The block is one in the plainest form, in which no header of its own stands twice."""
        self.head = head
        self._lines = block.split(b"\r\n")
        #: Of each line, how it has to begin; of those that count, nothing.
        self._beginnings = [b"", *[_beginning(line) for line in self._lines[1:]]]
        named = [(place, line[:-1].lower()) for place, line in enumerate(self._beginnings)]
        self._own = [(place, name, len(name) + 1) for place, name in named if name in OWN]

    def own(self, block: bytes) -> Mapping[bytes, bytes] | None:
        """The headers that are the request's own; nothing for a block that differs in more than it may."""
        lines = block.split(b"\r\n")
        if len(lines) != len(self._lines):
            return None
        for line, known, beginning in zip(lines, self._lines, self._beginnings, strict=True):
            if line != known and (not beginning or not line.startswith(beginning) or line.translate(None, _VISIBLE)):
                return None
        return {name: lines[place][start:].lstrip(b" ") for place, name, start in self._own}


def _beginning(line: bytes) -> bytes:
    name, colon, _ = line.partition(b":")
    return b"" if name.lower() in COUNTING - OWN else name + colon
