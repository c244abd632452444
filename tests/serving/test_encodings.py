"""Compressed bodies both ways, within limits."""

import gzip
import zlib

import pytest

from lamplighter.serving.encodings import packed, unpacked
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.problems import Refusal

TEXT = bytes(range(256)) * 20
ZEROS = b"\x00" * 20_000_000


def ask(body: bytes, encoding: bytes, most: int = 16 * 1024 * 1024) -> bytes | Refusal:
    got = unpacked(Request(b"POST", "/", {b"content-encoding": encoding, b"host": b"x"}, body), most)
    return got if isinstance(got, Refusal) else got.body


@pytest.mark.parametrize(
    ("encoding", "body"), [(b"gzip", gzip.compress(TEXT)), (b"Deflate", zlib.compress(TEXT)), (b"identity", TEXT)]
)
def test_a_packed_body_is_unpacked(encoding: bytes, body: bytes) -> None:
    assert ask(body, encoding) == TEXT


REFUSED = [
    (b"br", TEXT, "unsupported-media-type"),
    (b"gzip, gzip", gzip.compress(TEXT), "unsupported-media-type"),
    (b"gzip", TEXT, "malformed-encoding"),
    (b"gzip", b"", "malformed-encoding"),
    (b"gzip", gzip.compress(TEXT)[:-1], "malformed-encoding"),
    (b"gzip", gzip.compress(TEXT) + b"x", "malformed-encoding"),
    (b"deflate", gzip.compress(TEXT), "malformed-encoding"),
    # Within the limit of a body, and yet no honest body shrinks to a thousandth.
    (b"gzip", gzip.compress(ZEROS[:12_000_000]), "too-large"),
    (b"gzip", gzip.compress(ZEROS), "too-large"),
]


@pytest.mark.parametrize(("encoding", "body", "slug"), REFUSED)
def test_other_bodies_are_refused(encoding: bytes, body: bytes, slug: str) -> None:
    refusal = ask(body, encoding)
    assert isinstance(refusal, Refusal)
    assert refusal.slug == slug


def test_the_limit_of_a_body_holds_for_the_unpacked_body() -> None:
    assert ask(gzip.compress(TEXT), b"gzip", len(TEXT)) == TEXT
    assert isinstance(ask(gzip.compress(TEXT), b"gzip", len(TEXT) - 1), Refusal)


@pytest.mark.parametrize(
    ("accepted", "name"),
    [(b"gzip", b"gzip"), (b"deflate, gzip;q=0", b"deflate"), (b"deflate;q=0.5,gzip", b"gzip"), (b"br", b""), (b"", b"")],
)
def test_a_large_answer_is_packed_as_the_caller_accepts(accepted: bytes, name: bytes) -> None:
    answer = packed(Answer(200, TEXT), Request(b"POST", "/", {b"accept-encoding": accepted}))
    assert (zlib.decompress(answer.body, 47) if name else answer.body) == TEXT
    assert answer.lines == (b"Content-Encoding: %b\r\nVary: Accept-Encoding\r\n" % name if name else b"")


def test_a_small_answer_goes_as_it_is() -> None:
    answer = packed(Answer(200, b"{}"), Request(b"POST", "/", {b"accept-encoding": b"gzip"}))
    assert (answer.body, answer.lines) == (b"{}", b"")
