"""The rules for a header block, checked before a byte of the body is kept. llhttp has parsed it; these are the rules on top."""

import re
from collections.abc import Sequence

import msgspec

from lamplighter.serving.problems import Refusal

#: Headers this process reads. Everything else is counted and dropped, so nothing a caller invents is ever trusted.
UNDERSTOOD = frozenset(
    (
        b"host",
        b"authorization",
        b"content-type",
        b"content-length",
        b"content-encoding",
        b"transfer-encoding",
        b"accept",
        b"accept-encoding",
        b"expect",
        b"inference-header-content-length",
        b"lamp-request-id",
        b"lamp-event-time",
        b"lamp-drill",
        b"lamp-key",
        b"traceparent",
    )
)
#: Of these a request may repeat the lists; a trace that is said twice is none.
_LISTS = frozenset((b"accept", b"accept-encoding", b"traceparent"))

_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::[0-9]{1,5})?")
_PATH = re.compile(rb"/[A-Za-z0-9._~:@/-]*")
#: Names of this machine as callers on it write them.
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class Limits(msgspec.Struct, frozen=True):
    """How much and how long a connection may take."""

    header_bytes: int = 64 * 1024
    header_count: int = 100
    body_bytes: int = 16 * 1024 * 1024
    #: From the first byte of a request to the end of its header block.
    header_seconds: float = 10.0
    #: From there to the last byte of the body.
    body_seconds: float = 30.0
    #: Between two requests of a connection.
    idle_seconds: float = 75.0
    #: How long an answer may wait for a caller that does not read.
    write_seconds: float = 30.0
    #: How long a closed connection is read on, so that the last answer is not lost to a reset.
    linger_seconds: float = 1.0
    #: How often the deadlines are looked at.
    sweep_seconds: float = 0.25
    #: Requests in work at one time in one process.
    in_flight: int = 1024


def head_refusal(headers: Sequence[tuple[bytes, bytes]], hosts: frozenset[str], limits: Limits) -> dict[bytes, bytes] | Refusal:
    """The headers that are understood, by lower-case name, or why the request is refused and its connection closed."""
    kept: dict[bytes, bytes] = {}
    for raw, value in headers:
        name = raw.lower()
        if name in UNDERSTOOD:
            if name in kept and name not in _LISTS:
                return Refusal("malformed-host" if name == b"host" else "malformed-header", "Send this header once.")
            kept[name] = kept[name] + b"," + value if name in kept else value
    return _host_refusal(kept, hosts) or _body_refusal(kept, limits) or kept


def _host_refusal(headers: dict[bytes, bytes], hosts: frozenset[str]) -> Refusal | None:
    match = _HOST.fullmatch(headers.get(b"host", b""))
    if match is None:
        return Refusal("malformed-host", "Send exactly one Host header with a host name and an optional port.")
    if match.group(1).decode().lower() not in hosts:
        return Refusal("host-not-allowed", "Call this environment by the address it listens at.")
    return None


def _body_refusal(headers: dict[bytes, bytes], limits: Limits) -> Refusal | None:
    transfer = headers.get(b"transfer-encoding")
    if transfer is not None and (transfer.strip().lower() != b"chunked" or b"content-length" in headers):
        return Refusal("malformed-request", "Send either Content-Length or Transfer-Encoding: chunked, and nothing else.")
    if int(headers.get(b"content-length", b"0")) > limits.body_bytes:
        return Refusal("too-large", f"A body has at most {limits.body_bytes} bytes. Send fewer rows.")
    if headers.get(b"expect", b"100-continue").lower() != b"100-continue":
        return Refusal("malformed-header", "The only expectation that can be met is 100-continue.")
    return None


def path_of(target: bytes, host: bytes) -> str | Refusal:
    """The path of a request target. The query is dropped; an escape or a control character is never part of a path here."""
    if target.startswith(b"http://"):
        authority, slash, rest = target[7:].partition(b"/")
        if authority.lower() != host.lower():
            return Refusal("malformed-host", "The host in the request line and the Host header differ.")
        target = slash + rest or b"/"
    path = target.partition(b"?")[0]
    if _PATH.fullmatch(path) is None:
        return Refusal("not-found", "No path of this process holds an escape or a control character.")
    return path.decode("ascii")
