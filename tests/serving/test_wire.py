"""However the bytes of a connection come, its requests are the same."""

import asyncio
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.serving.framing import LOOPBACK, Limits
from lamplighter.serving.front import Front
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.pattern import Head
from lamplighter.serving.turn import Sink
from lamplighter.serving.wire import Connection

Told = tuple[bytes, bytes]


class Echo:
    """Notes each request, and how many came with a known header block."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.taken = 0

    def admits(self, request: Request) -> None:
        """Everybody is admitted."""

    async def answer(self, request: Request) -> Answer:
        self.told.append((request.headers[b"lamp-key"], request.body))
        return Answer(200, request.body)

    def take(self, head: Head, request: Request, sink: Sink) -> bool:
        self.taken += 1
        self.told.append((request.headers[b"lamp-key"], request.body))
        asyncio.get_running_loop().call_soon(sink.reply, Answer(200, request.body))
        return True

    def released(self) -> None:
        """Nothing is counted."""

    def refused(self, status: int) -> None:
        """Nothing is counted."""


class Wire(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def pause_reading(self) -> None:
        """What has come is heard all the same."""

    def resume_reading(self) -> None:
        """What has come is heard all the same."""


def request(told: Told) -> bytes:
    key, body = told
    return b"POST /m/churn HTTP/1.1\r\nHost: localhost\r\nLamp-Key: %b\r\nContent-Length: %d\r\n\r\n%b" % (key, len(body), body)


async def heard(pieces: Sequence[bytes]) -> tuple[Echo, bytes]:
    """What came of the pieces, one after the other, and what was written."""
    echo, wire = Echo(), Wire()
    front = Front(echo, Limits(sweep_seconds=60.0), frozenset(LOOPBACK))
    connection = Connection(front, asyncio.get_running_loop())
    connection.connection_made(wire)
    for piece in pieces:
        connection.data_received(piece)
        for _ in range(6):
            await asyncio.sleep(0)
    return echo, wire.written


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(st.sampled_from([b"1", b"22"]), st.integers(0, 9).map(lambda length: b"x" * length)), min_size=1, max_size=6
    ),
    st.lists(st.integers(1, 300), max_size=40),
)
def test_requests_cut_anywhere(sent: list[Told], cuts: list[int]) -> None:
    data, pieces = b"".join(map(request, sent)), []
    for length in cuts:
        pieces.append(data[:length])
        data = data[length:]
    echo, written = asyncio.run(heard([piece for piece in [*pieces, data] if piece]))
    assert echo.told == sent
    assert written.count(b"HTTP/1.1 200 OK\r\n") == len(sent)


def test_a_body_behind_its_known_header_block_takes_the_short_way() -> None:
    whole = request((b"1", b"body"))
    echo, _ = asyncio.run(heard([whole[:-4], whole[-4:]] * 3))
    assert (echo.told, echo.taken) == ([(b"1", b"body")] * 3, 2)
    echo, _ = asyncio.run(heard([whole, whole[:-4], whole[-4:-2], whole[-2:], whole[:-4], whole[-4:] + whole]))
    assert (echo.told, echo.taken) == ([(b"1", b"body")] * 4, 1)
