"""A header block that is known is what the parser would have made of it; what is in doubt is left to the parser."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.serving.framing import LOOPBACK, Limits
from lamplighter.serving.heads import Heads
from lamplighter.serving.message import Request
from lamplighter.serving.pattern import Pattern
from lamplighter.serving.reading import Reader, Stage

BODY = b'{"rows":[{}]}'
FIRST = b"POST /m/churn HTTP/1.1"
NEEDED = [
    b"Host: localhost",
    b"Content-Type: application/json",
    b"Authorization: Bearer secret",
    b"Content-Length: %d" % len(BODY),
]
TRACE = b"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
#: Lines that mean nothing, that mean much, and that are no lines.
LINES = st.sampled_from(
    [
        *NEEDED,
        TRACE,
        b"TRACEPARENT:  00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00 ",
        b"traceparent: none",
        b"X-Request-Id: 8d5f0c0e",
        b"X-Request-Id:",
        b"X-Host: elsewhere",
        b"User-Agent: curl/8",
        b"Accept: application/json",
        b"accept-encoding:gzip",
        b"Lamp-Request-Id: own",
        b"lamp-request-id:other",
        b"Lamp-Key: 7",
        b"lamp-key:8 ",
        b"Lamp-Event-Time: 2013-03-01T08:00:00Z",
        b"Lamp-Drill: outage",
        b"Content-Length: 2",
        b"content-length: %d" % len(BODY),
        b"Content-Length : %d" % len(BODY),
        b"Content-Length: +%d" % len(BODY),
        b"Transfer-Encoding: chunked",
        b"Connection: close",
        b"Connection: keep-alive",
        b"Connection: upgrade",
        b"Upgrade: h2c",
        b"Proxy-Connection: close",
        b"Expect: 100-continue",
        b"Host: elsewhere",
        b"X-Tab:\tx",
        b"X-Bare: a\rb",
        b"X-Feed: a\nContent-Length: 0",
        b"X-Null: \x00",
        b"X-High: \xff",
        b" folded",
        b"no colon",
        b": no name",
        b"",
    ]
)
BLOCKS = st.lists(LINES, max_size=4).flatmap(lambda more: st.permutations([*NEEDED, *more]))
FIRSTS = st.sampled_from(
    [FIRST, b"POST /m/other HTTP/1.1", b"POST  /m/churn HTTP/1.1", b"POST /m/churn HTTP/1.0", b"GET /m/churn HTTP/1.1"]
)


def whole(lines: list[bytes], first: bytes = FIRST) -> bytes:
    return b"\r\n".join([first, *lines, b"", BODY])


def parsed(data: bytes) -> Request | None:
    """The request that the parser makes of these bytes, if they are one and its connection goes on."""
    reader = Reader(Limits(), frozenset(LOOPBACK), lambda: 0.0, lambda _: None, lambda: None)
    reader.feed(data)
    only = reader.queue[0] if len(reader.queue) == 1 and reader.stage is Stage.IDLE else None
    return only if isinstance(only, Request) else None


def filled(blocks: list[bytes]) -> Heads:
    """What a process knows after these requests."""
    heads = Heads(Limits().header_count)
    for data in blocks:
        request = parsed(data)
        if request is not None:
            heads.remember(data, request)
    return heads


def asked(heads: Heads, data: bytes, last: Pattern | None = None) -> tuple[Any, ...] | None:
    known = heads.known(data, last)
    if known is None:
        return None
    form = known.head.request
    return form.method, form.path, {**form.headers, **known.own}, data[known.body :]


@settings(max_examples=400)
@given(st.lists(st.tuples(FIRSTS, BLOCKS), max_size=4), FIRSTS, BLOCKS)
def test_a_known_block_is_what_the_parser_makes_of_it(before: Any, first: bytes, lines: list[bytes]) -> None:
    heads = filled([whole([*NEEDED]), whole([*NEEDED, TRACE]), *(whole(more, begin) for begin, more in before)])
    data = whole(lines, first)
    found = asked(heads, data)
    if found is not None:
        request = parsed(data)
        assert request is not None
        assert found == (request.method, request.path, request.headers, request.body)


@settings(max_examples=400)
@given(BLOCKS, st.data())
def test_a_block_like_the_last_one_is_what_the_parser_makes_of_it(lines: list[bytes], drawn: Any) -> None:
    heads = filled([whole([*NEEDED]), whole(lines)])
    known = heads.known(whole([b"X-First: 1", *lines])) or heads.known(whole([b"traceparent: none", *lines]))
    last = None if known is None else known.pattern
    swapped = [drawn.draw(LINES | st.just(line)) if drawn.draw(st.integers(0, 3)) == 0 else line for line in lines]
    for data in (whole([b"X-First: 2", *swapped]), whole([TRACE, *swapped]), whole([b"X-First: \xff", *swapped])):
        found, request = asked(heads, data, last), parsed(data)
        if found is not None:
            assert request is not None
            assert found == (request.method, request.path, request.headers, request.body)


def last_of(*lines: bytes) -> Pattern:
    """What comes of a block with these lines and those that are needed."""
    known = filled([whole(NEEDED)]).known(whole([*NEEDED, *lines]))
    assert known is not None
    assert known.pattern is not None
    return known.pattern


def test_the_next_block_of_a_caller_may_have_other_values_where_they_do_not_count() -> None:
    last = last_of(TRACE, b"X-Request-Id: 1", b"lamp-key: 7")
    lines = [*NEEDED, b"traceparent:  none", b"X-Request-Id: 2", b"lamp-key:8"]
    assert last.own(_block(lines)) == {b"traceparent": b"none", b"lamp-key": b"8"}


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (0, b"Host: elsewhere"),
        (2, b"Authorization: Bearer other"),
        (3, b"Content-Length: 14"),
        (4, b"traceparent: \tx"),
        (4, b"traceparen: x"),
        (5, b"X-Other: 1"),
        (5, b"X-Request-Id: a\rb"),
        (5, b"X-Request-Id: a\nContent-Length: 0"),
        (5, b"X-Request-Id: \xff"),
        (5, b"X-Request-Id : 1"),
        (5, b"X-Request-Id"),
    ],
)
def test_the_next_block_of_a_caller_may_differ_in_nothing_else(place: int, line: bytes) -> None:
    lines = [*NEEDED, TRACE, b"X-Request-Id: 1"]
    last = last_of(*lines[4:])
    assert last.own(_block(lines)) is not None
    assert last.own(_block([*lines[:place], line, *lines[place + 1 :]])) is None
    assert last.own(_block([*lines, b"X: 1"])) is None
    assert last.own(_block(lines[:-1])) is None


def _block(lines: list[bytes]) -> bytes:
    return b"\r\n".join([FIRST, *lines, b"", b""])


@pytest.mark.parametrize(
    "more",
    [
        b"X-Request-Id: 2",
        b"X-Forwarded-For: 10.0.0.1",
        b"Cookie: a=b; c=d",
        TRACE,
        b"Lamp-Request-Id: 7",
        b"Lamp-Key: 7",
        b"Lamp-Event-Time: x",
    ],
)
def test_what_means_nothing_here_or_is_the_request_s_own_is_passed_over(more: bytes) -> None:
    heads = filled([whole([b"X-Request-Id: 1", *NEEDED])])
    assert asked(heads, whole([*NEEDED[:2], more, *NEEDED[2:]])) is not None


@pytest.mark.parametrize(
    "other", [b"Authorization: Bearer other", b"Lamp-Drill: outage", b"Accept: text/csv", b"Connection: close"]
)
def test_what_counts_is_another_block(other: bytes) -> None:
    heads = filled([whole(NEEDED)])
    assert asked(heads, whole([*NEEDED, other])) is None


@pytest.mark.parametrize(
    "line",
    [
        b"Content-Length : 13",
        b"Content-Length: +13",
        b"X-Tab:\tx",
        b"X-Bare: a\rb",
        b"X-Feed: a\nb",
        b" folded",
        b"none",
        b": x",
    ],
)
def test_what_is_no_plain_line_is_left_to_the_parser(line: bytes) -> None:
    heads = filled([whole(NEEDED)])
    assert asked(heads, whole([*NEEDED, line])) is None
    assert asked(heads, whole([*NEEDED[:2], line, *NEEDED[2:]])) is None


def test_a_block_of_too_many_headers_is_left_to_the_parser() -> None:
    heads = filled([whole(NEEDED)])
    assert asked(heads, whole([*NEEDED, *[b"X: 1"] * 99])) is None
    assert asked(heads, whole([*NEEDED, b"X: " + b"1" * 2048])) is None
    assert asked(heads, whole([*NEEDED, b"X: " + b"1" * 2048]), last_of(b"X: 1")) is None


def test_the_oldest_blocks_are_forgotten() -> None:
    heads = filled([whole(NEEDED, b"POST /m/m%d HTTP/1.1" % number) for number in range(1100)])
    assert asked(heads, whole(NEEDED, b"POST /m/m0 HTTP/1.1")) is None
    assert asked(heads, whole(NEEDED, b"POST /m/m1099 HTTP/1.1")) is not None
