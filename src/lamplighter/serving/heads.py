"""Header blocks that were parsed and admitted before.

A caller that keeps its connection sends the same block again and again, to the byte. Equal bytes mean an equal request, so a
block that once passed the parser and every rule of framing need not be read twice. Blocks that differ each time, because they
hold an id, are parsed each time.
"""

from typing import Any

import msgspec

from lamplighter.serving.message import Request

#: Blocks that are kept, and the longest of them.
_MOST, _LONGEST = 1024, 2048
#: Headers that say something of one request alone, or of how the body comes.
_OWN = frozenset(
    (
        b"expect",
        b"transfer-encoding",
        b"content-encoding",
        b"lamp-request-id",
        b"lamp-event-time",
        b"lamp-drill",
        b"traceparent",
    )
)


class Head(msgspec.Struct):
    """A header block, understood."""

    request: Request
    #: Bytes of the body.
    length: int
    #: What the application made of it; its own matter.
    plan: Any = None


class Heads:
    """The blocks of all connections of a process, the oldest forgotten first."""

    def __init__(self) -> None:
        self._known: dict[bytes, Head] = {}

    def known(self, data: bytes) -> tuple[Head, int] | None:
        """The block at the start of these bytes and where its body begins, if the bytes are one whole request."""
        end = data.find(b"\r\n\r\n") + 4
        head = self._known.get(data[:end])
        return (head, end) if head is not None and len(data) - end == head.length else None

    def remember(self, data: bytes, request: Request) -> None:
        """Keep the block of a request that came as one whole and was admitted."""
        end = len(data) - len(request.body)
        plain = data.find(b"\r\n\r\n") + 4 == end <= _LONGEST and not _OWN & request.headers.keys()
        if not plain or request.method != b"POST" or request.headers.get(b"content-length") != b"%d" % len(request.body):
            return
        if len(self._known) >= _MOST:
            del self._known[next(iter(self._known))]
        self._known[data[:end]] = Head(Request(request.method, request.path, request.headers), len(request.body))
