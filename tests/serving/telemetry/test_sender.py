"""What a process hands over: only what is wanted, never more than there is room for, and nothing twice."""

import socket
from collections.abc import Iterator

import pytest
from tests.serving.groundwork import MODEL

from lamplighter.domain.route import Arm
from lamplighter.serving.asking import is_sampled
from lamplighter.serving.doors import DOORS, Verb
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.telemetry.sender import Telemetry
from lamplighter.serving.telemetry.wire import Message, decode

TRACE = b"0af7651916cd43dd8448eb211c80319c"
SAMPLED = b"00-%b-b7ad6b7169203331-01" % TRACE
ANSWER = Answer(200, b"{}", lines=b"Lamp-Version: late-flights@7\r\n")


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    sending, receiving = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with sending, receiving:
        for end in (sending, receiving):
            end.setblocking(False)
        yield sending, receiving


def request() -> Request:
    return Request(b"POST", f"/m/{MODEL}", {b"traceparent": SAMPLED})


def received(receiving: socket.socket) -> list[Message]:
    """Everything that has come."""
    messages = []
    while True:
        try:
            messages.append(decode(receiving.recv(1 << 20)))
        except BlockingIOError:
            return messages


@pytest.mark.parametrize("flags", range(256))
def test_the_lowest_flag_says_that_a_trace_is_kept(flags: int) -> None:
    assert is_sampled(b"00-%b-b7ad6b7169203331-%02x" % (TRACE, flags)) is bool(flags & 1)


def test_a_request_without_a_sampled_trace_is_left_as_it_is(ends: tuple[socket.socket, socket.socket]) -> None:
    telemetry, asked = Telemetry(ends[0]), request()
    for parent in (b"", SAMPLED[:-1] + b"0"):
        assert telemetry.begun(asked, parent) is None
    assert asked.headers == {b"traceparent": SAMPLED}


def test_what_follows_from_a_request_is_a_child_of_its_span(ends: tuple[socket.socket, socket.socket]) -> None:
    telemetry, asked = Telemetry(ends[0]), request()
    before = asked.headers
    begun = telemetry.begun(asked, SAMPLED)
    assert begun is not None
    assert asked.headers[b"traceparent"] == b"00-%b-%016x-01" % (TRACE, begun.id)
    assert before == {b"traceparent": SAMPLED}
    for door in DOORS:
        telemetry.ended(begun, door, asked, ANSWER, MODEL)
    telemetry.flush()
    (message,) = received(ends[1])
    assert len(message.spans) == sum(door.verb is Verb.PREDICT for door in DOORS)
    assert {(span.parent, span.id) for span in message.spans} == {(SAMPLED, begun.id)}


def test_spans_without_room_are_counted_and_durations_wait(ends: tuple[socket.socket, socket.socket]) -> None:
    telemetry = Telemetry(ends[0])
    asked = 20_000
    for _ in range(asked):
        telemetry.answered(SAMPLED, 1, request(), ANSWER, MODEL, Arm.CHAMPION)
        telemetry.count_answers(MODEL, Arm.CHAMPION, 200, [(f"/m/{MODEL}", 0.004), (f"/m/{MODEL}", 20.0)])
    telemetry.flush()
    first = received(ends[1])
    assert 0 < sum(len(message.spans) for message in first) < asked
    assert [one for message in first for one in message.durations] == []
    telemetry.flush()
    telemetry.flush()
    second = received(ends[1])
    assert sum(len(message.spans) + message.dropped for message in first + second) == asked
    (durations,) = [one for message in second for one in message.durations]
    assert (durations.route, durations.counts) == ("/m/{model}", [asked, *[0] * 13, asked])
    assert durations.seconds == pytest.approx(asked * 20.004)


def test_a_socket_that_is_gone_fails_nobody(ends: tuple[socket.socket, socket.socket]) -> None:
    telemetry = Telemetry(ends[0])
    ends[1].close()
    for _ in range(200):
        telemetry.answered(SAMPLED, 1, request(), ANSWER, MODEL, Arm.CHAMPION)
    telemetry.flush()
