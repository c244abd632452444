"""Compressed bodies: unpacked within limits on the way in, packed where the caller asks for it on the way out."""

import re
import zlib
from functools import lru_cache

from lamplighter.serving.message import Answer, Request
from lamplighter.serving.problems import Refusal

#: A body may grow this many times; honest rows stay far below.
MOST_GROWTH = 200
#: A body that stays below this may grow as it likes.
_FREE = 1024 * 1024
#: An answer smaller than this is not worth packing.
_SMALLEST = 1024
_CHUNK = 256 * 1024
#: Name in HTTP and the `wbits` of zlib.
_WINDOWS = {b"gzip": 31, b"x-gzip": 31, b"deflate": 15}

_UNKNOWN = Refusal("unsupported-media-type", "Send the body as it is, or with Content-Encoding gzip or deflate.")
_BROKEN = Refusal("malformed-encoding", "The body is not what its Content-Encoding says.")


def unpacked(request: Request, most_bytes: int) -> Request | Refusal:
    """The request with a plain body of at most `most_bytes`, or why it is refused."""
    encoding = request.headers.get(b"content-encoding")
    if encoding is None or encoding.lower() == b"identity":
        return request
    window = _WINDOWS.get(encoding.lower())
    if window is None:
        return _UNKNOWN
    body = _inflate(request.body, window, min(most_bytes, max(_FREE, MOST_GROWTH * len(request.body))))
    if isinstance(body, Refusal):
        return body
    headers = {name: value for name, value in request.headers.items() if name != b"content-encoding"}
    return Request(request.method, request.path, headers, body, request.received)


def _inflate(packed: bytes, window: int, most: int) -> bytes | Refusal:
    """At most `most` bytes are ever held, whatever the packed bytes unfold to."""
    inflater, parts, size = zlib.decompressobj(window), [], 0
    try:
        while packed and not inflater.eof:
            part = inflater.decompress(packed, _CHUNK)
            size += len(part)
            if size > most:
                return Refusal("too-large", f"Unpacked, this body may have at most {most} bytes. Send fewer rows.")
            parts.append(part)
            packed = inflater.unconsumed_tail
    except zlib.error:
        return _BROKEN
    return _BROKEN if not inflater.eof or inflater.unused_data else b"".join(parts)


def packed(answer: Answer, request: Request) -> Answer:
    """The answer in a form that the caller asks for, where packing saves anything."""
    wanted = request.headers.get(b"accept-encoding")
    if wanted is None or len(answer.body) < _SMALLEST or b"Content-Encoding" in answer.lines:
        return answer
    name = _chosen(wanted)
    if not name:
        return answer
    deflater = zlib.compressobj(1, zlib.DEFLATED, _WINDOWS[name])
    answer.body = deflater.compress(answer.body) + deflater.flush()
    answer.lines += b"Content-Encoding: %b\r\nVary: Accept-Encoding\r\n" % name
    return answer


@lru_cache(maxsize=256)
def _chosen(accepted: bytes) -> bytes:
    """`gzip` or `deflate`, whichever an `Accept-Encoding` names; q=0 means no."""
    names = set()
    for part in accepted.lower().replace(b" ", b"").split(b","):
        name, *parameters = part.split(b";")
        if not any(re.fullmatch(rb"q=0(\.0*)?", parameter) for parameter in parameters):
            names.add(name)
    return next((name for name in (b"gzip", b"deflate") if name in names), b"")
