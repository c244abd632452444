"""What reaches the application over a raw socket, and what is refused before it."""

import asyncio
import random
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvloop
from tests.ports import free_port
from tests.serving.framing_cases import CASES, CHUNKED, GET, POST, SECOND, statuses
from tests.serving.groundwork import until

from lamplighter.serving.framing import LOOPBACK, Limits
from lamplighter.serving.front import Front
from lamplighter.serving.group import bind
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.pattern import Head
from lamplighter.serving.problems import Refusal, problem
from lamplighter.serving.reading import Reader
from lamplighter.serving.turn import Sink

LIMITS = Limits(
    header_seconds=0.4,
    body_seconds=0.4,
    idle_seconds=0.6,
    write_seconds=0.5,
    sweep_seconds=0.02,
    linger_seconds=0.3,
    body_bytes=200_000,
)


class Echo:
    """Answers with the path and the length of the body; refuses strangers early."""

    def __init__(self) -> None:
        self.seen: list[Request] = []

    def admits(self, request: Request) -> Answer | None:
        return problem(Refusal("unauthenticated", "No.")) if request.path == "/closed" else None

    async def answer(self, request: Request) -> Answer:
        self.seen.append(request)
        await asyncio.sleep(0.05 if request.path == "/slow" else 0)
        return Answer(200, f"{request.path} {len(request.body)}".encode())

    def take(self, head: Head, request: Request, sink: Sink) -> bool:
        """Only what is called large goes the short way here."""
        if request.path != "/large":
            return False
        self.seen.append(request)
        asyncio.get_running_loop().call_soon(sink.reply, Answer(200, b"x" * 1_000_000))
        return True

    def released(self) -> None:
        """Nothing is counted here."""

    def refused(self, status: int) -> None:
        """Nothing is counted here."""


class Server(threading.Thread):
    """A front with its own loop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.port = free_port()
        self.echo = Echo()
        self.up = threading.Event()

    def run(self) -> None:
        uvloop.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.ending = asyncio.Event()
        self.front = Front(self.echo, LIMITS, frozenset((*LOOPBACK, "model.example")))
        self.front.open(bind("127.0.0.1", self.port))
        self.up.set()
        await self.ending.wait()
        await self.front.drain(2.0)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    server.start()
    assert server.up.wait(5)
    yield server
    server.loop.call_soon_threadsafe(server.ending.set)
    server.join(5)
    assert not server.is_alive()


def exchange(server: Server, *parts: bytes) -> bytes:
    """Send the parts and read until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


@pytest.mark.parametrize("case", CASES)
def test_a_framing_error_has_one_answer_and_no_second_request(server: Server, case: str) -> None:
    sent, status = CASES[case]
    before = len(server.echo.seen)
    answer = exchange(server, sent)
    assert statuses(answer) == [status]
    assert b"\r\nConnection: close\r\n" in answer
    assert b"Content-Type: application/problem+json" in answer
    assert len(server.echo.seen) == before


def test_underscored_and_unknown_headers_never_reach_the_application(server: Server) -> None:
    sent = GET + b"X_Forwarded_User: root\r\nX-Forwarded-User: root\r\nAccept: a\r\nAccept: b\r\nConnection: close\r\n\r\n"
    assert statuses(exchange(server, sent)) == [200]
    assert server.echo.seen[-1].headers == {b"host": b"localhost", b"accept": b"a,b"}


def test_trailers_change_nothing(server: Server) -> None:
    body = CHUNKED + b"5\r\nhello\r\n0\r\nHost: elsewhere\r\nAuthorization: Bearer x\r\n\r\n"
    answer = exchange(server, POST + body + GET + b"Connection: close\r\n\r\n")
    assert statuses(answer) == [200, 200]
    assert server.echo.seen[-2].headers == {b"host": b"localhost", b"transfer-encoding": b"chunked"}


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    slow = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"
    many = b"".join(b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % number for number in range(200))
    answer = exchange(server, slow + many + GET + b"Connection: close\r\n\r\n" + SECOND)
    assert statuses(answer) == [200] * 202
    assert [body.partition(b"HTTP")[0] for body in answer.split(b"\r\n\r\n")[1:]] == [
        b"/slow 0",
        *(b"/%d 0" % number for number in range(200)),
        b"/a 0",
    ]


def test_many_pipelined_requests_are_not_taken_for_one_large_header(server: Server) -> None:
    many = SECOND * 5000
    answer = exchange(server, many + GET[:20], GET[20:] + b"Connection: close\r\n\r\n")
    assert statuses(answer) == [200] * 5001


@pytest.mark.parametrize("rest", [b"", GET[:20], POST + b"Content-Length: 9\r\n\r\nx"], ids=["whole", "head", "body"])
@pytest.mark.parametrize("ends", [True, False])
def test_what_is_pipelined_is_answered_whole_however_the_caller_ends(server: Server, rest: bytes, ends: bool) -> None:
    slow = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(slow + SECOND * 3000 + slow * 20 + SECOND * 100 + rest)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert statuses(answer) == [200] * 3121 + ([400 if ends else 408] if rest else [])


@pytest.mark.parametrize("size", [40, 4000])
def test_few_requests_are_read_ahead(size: int) -> None:
    body = b"x" * size
    sent = POST + b"Content-Length: %d\r\n\r\n" % size + body
    reader = Reader(Limits(), frozenset(LOOPBACK), lambda: 0.0, lambda _: None, lambda: None)
    reader.feed(sent * (256 * 1024 // len(sent)))
    answered, most = 0, 0
    while reader.queue:
        most = max(most, len(reader.queue))
        while reader.queue:
            entry = reader.queue.popleft()
            assert isinstance(entry, Request)
            assert entry.body == body
            answered += 1
        reader.more()
    assert answered == 256 * 1024 // len(sent)
    assert most <= 64 + 8192 // len(sent)


def test_a_caller_that_goes_on_sending_is_let_go(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"GET /a HTTP/1.1\r\n\r\n")
        until(lambda: is_gone(connection), 3)


def is_gone(connection: socket.socket) -> bool:
    """Whether the other side takes no more; sends a byte to find out."""
    try:
        connection.sendall(b"x")
    except OSError:
        return True
    return False


def test_an_error_behind_good_requests_comes_after_their_answers(server: Server) -> None:
    slow = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert statuses(exchange(server, slow + SECOND + b"GET /x HTTP/1.1\r\n\r\n" + SECOND)) == [200, 200, 400]


@pytest.mark.parametrize("size", [0, 1, 65_535, 200_000])
def test_bodies_arrive_whole_whether_declared_or_chunked(server: Server, size: int) -> None:
    body = b"x" * size
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(body[at : at + 7001]), body[at : at + 7001]) for at in range(0, size, 7001))
    declared = POST + b"Content-Length: %d\r\n\r\n" % size + body
    answer = exchange(server, declared, POST + CHUNKED + chunks + b"0\r\n\r\n", GET + b"Connection: close\r\n\r\n")
    assert statuses(answer) == [200, 200, 200]
    assert answer.count(b"/a %d" % size) >= 2


def test_one_byte_chunks_are_no_attack(server: Server) -> None:
    body = b"1\r\nx\r\n" * 30_000
    answer = exchange(server, POST + b"Connection: close\r\n" + CHUNKED + body + b"0\r\n\r\n")
    assert statuses(answer) == [200]
    assert b"/a 30000" in answer


def test_a_request_in_single_bytes_is_understood(server: Server) -> None:
    sent = POST + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello"
    assert statuses(exchange(server, *(sent[at : at + 1] for at in range(len(sent))))) == [200]


def test_an_upgrade_is_answered_as_plain_http_and_ends_the_connection(server: Server) -> None:
    answer = exchange(server, GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n")
    assert statuses(answer) == [200]
    assert b"Connection: close" in answer


def test_a_body_is_asked_for_when_the_caller_waits(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")
        assert b"/a 5" in b"".join(iter(lambda: connection.recv(1000), b""))


def test_http_1_0_gets_no_interim_answer(server: Server) -> None:
    head = POST.replace(b"1.1", b"1.0") + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
    assert exchange(server, head, b"hello").startswith(b"HTTP/1.1 200 ")


def test_head_has_the_length_and_no_body(server: Server) -> None:
    answer = exchange(server, b"HEAD /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert b"Content-Length: 4\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_an_idle_connection_is_closed_without_a_word(server: Server) -> None:
    assert exchange(server) == b""
    answer = exchange(server, SECOND)
    assert statuses(answer) == [200]


def test_a_caller_that_stops_sending_still_gets_its_answer(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        assert b"/slow 0" in b"".join(iter(lambda: connection.recv(1000), b""))


def test_other_names_of_the_host_are_known(server: Server) -> None:
    for host in (b"127.0.0.1:7083", b"[::1]:80", b"LOCALHOST", b"model.example"):
        answer = exchange(server, b"GET /a HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n")
        assert statuses(answer) == [200], host


def test_absolute_targets_are_understood(server: Server) -> None:
    sent = b"GET http://localhost/b?c=d HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert b"/b 0" in exchange(server, sent)


def test_random_bytes_never_get_a_good_answer_or_a_second_one(server: Server) -> None:
    state = random.Random(20)
    for _ in range(60):
        answer = exchange(server, state.randbytes(state.randrange(1, 2000)) + b"\r\n\r\n" + SECOND)
        assert statuses(answer) in ([400], [431], [408])


def test_answers_to_a_caller_that_does_not_read_do_not_pile_up(server: Server) -> None:
    """On the short way too; in the end the caller is let go."""
    sent = b"POST /large HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(5)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(sent)
        assert connection.recv(12) == b"HTTP/1.1 200"
        before = len(server.echo.seen)
        for _ in range(40):
            connection.sendall(sent)
            time.sleep(0.01)
        assert 0 < len(server.echo.seen) - before < 20
        until(lambda: is_gone(connection), 3)


def test_a_slow_reader_on_the_short_way_gets_everything(server: Server) -> None:
    sent = b"POST /large HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(sent)
        time.sleep(0.05)
        for _ in range(10):
            connection.sendall(sent)
            time.sleep(0.005)
        connection.sendall(GET + b"Connection: close\r\n\r\n")
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    assert statuses(answer) == [200] * 12


KNOWN = b"POST /known HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n"


@pytest.mark.parametrize(("ends", "status"), [(False, 408), (True, 400)])
def test_a_body_that_never_comes_whole_behind_a_known_block_is_refused(server: Server, ends: bool, status: int) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        for part in (KNOWN + b"hello", KNOWN + b"hello", KNOWN + b"he"):
            time.sleep(0.05)
            connection.sendall(part)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert statuses(answer) == [200, 200, status]


def test_a_body_that_comes_late_behind_a_known_block_is_answered_at_the_end() -> None:
    server = Server()
    server.start()
    assert server.up.wait(5)
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        for part in (KNOWN + b"hello", KNOWN + b"he"):
            connection.sendall(part)
            time.sleep(0.01)
        server.loop.call_soon_threadsafe(server.ending.set)
        until(lambda: server.front.draining, 5.0)
        connection.sendall(b"llo")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    server.join(5)
    assert statuses(answer) == [200, 200]
    assert b"/known 5" in answer
