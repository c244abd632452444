"""A request as it came over the wire and the answer as it goes back."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lamplighter.domain.route import Served

#: Reason phrases of the statuses this process uses.
REASONS: Mapping[int, str] = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    410: "Gone",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
_STATUS_LINES = {status: f"HTTP/1.1 {status} {reason}\r\n".encode() for status, reason in REASONS.items()}

JSON = b"application/json"
PROBLEM = b"application/problem+json"
TEXT = b"text/plain; charset=utf-8"


class Request(msgspec.Struct):
    """One whole request. Header names are lower-case and only those in `framing.UNDERSTOOD` are kept."""

    method: bytes
    #: Path without the query, decoded from ASCII.
    path: str
    headers: dict[bytes, bytes]
    body: bytes = b""
    #: Seconds of `time.monotonic` when the last byte had come; the time of the event loop has whole milliseconds only.
    received: float = 0.0
    #: Whether it may have an id, a key, a time or a trace of its own, which its headers tell then.
    has_own: bool = True
    #: The id it was given on a way that it then did not take; empty for none.
    id: str = ""
    #: What has been made of the body already, such as a `Table` or a message of gRPC; nothing where the codec reads the bytes.
    opened: Any = None

    def text(self, name: bytes) -> str:
        """The header as text, empty if it was not sent. Bytes outside ASCII become question marks."""
        return self.headers.get(name, b"").decode("ascii", "replace")


class Answer(msgspec.Struct):
    """What goes back."""

    status: int
    body: bytes
    media: bytes = JSON
    #: Further header lines, each ended by CR LF. Their values are never taken from a caller unchecked.
    lines: bytes = b""
    #: Whether the connection is closed afterwards.
    close: bool = False
    #: Which part of the traffic the version has that gave it; empty where no version did, and on the short way.
    arm: str = ""
    #: The version that gave it; nothing where none did, and on the short way.
    version: Served | None = None

    def encode(self, date: bytes, *, close: bool, bodiless: bool) -> bytes:
        """The bytes on the wire; `date` is a whole header line."""
        return b"".join(
            (
                _STATUS_LINES[self.status],
                b"Content-Type: ",
                self.media,
                b"\r\nContent-Length: %d\r\n" % len(self.body),
                date,
                self.lines,
                b"Connection: close\r\n\r\n" if close else b"\r\n",
                b"" if bodiless else self.body,
            )
        )
