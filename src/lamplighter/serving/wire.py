"""One connection: bytes to requests and answers to bytes, in order, within limits. llhttp does the parsing."""

import asyncio
import logging
from collections import deque
from enum import Enum
from typing import Protocol, cast

import httptools

from lamplighter.serving.framing import Limits, head_refusal, path_of
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.problems import Refusal, problem

log = logging.getLogger(__name__)

#: A body larger than this is announced to the application before it is read, so that strangers cannot fill memory.
_ASK_FIRST = 64 * 1024
_NEVER = float("inf")


class Application(Protocol):
    """What stands behind a connection."""

    def admits(self, request: Request) -> Answer | None:
        """An early refusal of a request whose body has not been read yet."""
        ...

    async def answer(self, request: Request) -> Answer:
        """The answer. Never raises."""
        ...

    def sent(self, status: int) -> None:
        """An answer with this status went out."""
        ...


class Front(Protocol):
    """What all connections of a process share."""

    limits: Limits
    hosts: frozenset[str]
    #: The `Date` header line of this second.
    date: bytes
    draining: bool
    connections: "set[Connection]"
    application: Application


class _Stage(Enum):
    IDLE = "idle"
    HEAD = "head"
    BODY = "body"
    #: Nothing more is read as a request; the last answer is on its way.
    CLOSING = "closing"


class _Stop(Exception):
    """Raised inside a parser callback to leave the parser; the answer is already queued."""


class Connection(asyncio.Protocol):
    """Requests are answered one after another, so pipelined answers keep their order."""

    def __init__(self, front: Front, loop: asyncio.AbstractEventLoop) -> None:
        self._front = front
        self._loop = loop
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._queue: deque[Request | Answer] = deque()
        self._task: asyncio.Task[None] | None = None
        self._stage = _Stage.IDLE
        self._paused = False
        self._ended = False
        self._writable: asyncio.Future[None] | None = None
        self.deadline = _NEVER
        self._begin()

    def _begin(self) -> None:
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._head_bytes = 0
        self._request: Request | None = None
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._wire_bytes = 0

    # ---- the transport calls these

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._front.connections.add(self)
        self.deadline = self._loop.time() + self._front.limits.idle_seconds

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._transport = None
        self._stage = _Stage.CLOSING
        self._front.connections.discard(self)
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)

    def data_received(self, data: bytes) -> None:
        if self._stage is _Stage.CLOSING:
            return
        if self._stage is _Stage.IDLE:
            self._stage = _Stage.HEAD
            self.deadline = self._loop.time() + self._front.limits.header_seconds
        counted = self._stage is _Stage.HEAD
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._last()
        except httptools.HttpParserCallbackError:
            if self._stage is not _Stage.CLOSING:
                raise
        except httptools.HttpParserError:
            # What follows a request that closes the connection is nobody's request.
            if self._stage is not _Stage.CLOSING:
                self._refuse(_MALFORMED)
        else:
            self._count(len(data), in_head=counted)
        self._work()

    def eof_received(self) -> bool:
        self._ended = True
        if self._stage in {_Stage.HEAD, _Stage.BODY}:
            self._refuse(Refusal("malformed-request", "The connection ended before the request did."))
            self._work()
        elif self._stage is _Stage.IDLE:
            self._last()
        return bool(self._task or self._queue)

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # ---- the parser calls these

    def on_message_begin(self) -> None:
        self._begin()
        if self._stage is _Stage.IDLE:
            self._stage = _Stage.HEAD
            self.deadline = self._loop.time() + self._front.limits.header_seconds

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_bytes += len(name) + len(value) + 4
        if self._stage is _Stage.HEAD:
            self._headers.append((name, value))
            if len(self._headers) > self._front.limits.header_count:
                self._too_large_head()

    def on_headers_complete(self) -> None:
        limits = self._front.limits
        if self._head_bytes + len(self._target) > limits.header_bytes:
            self._too_large_head()
        headers = head_refusal(self._headers, self._front.hosts, limits)
        if isinstance(headers, Refusal):
            raise self._refuse(headers)
        path = path_of(self._target, headers[b"host"])
        if isinstance(path, Refusal):
            raise self._refuse(path)
        self._request = Request(self._parser.get_method(), path, headers)
        self._stage = _Stage.BODY
        self._wire_bytes = 0
        self.deadline = self._loop.time() + limits.body_seconds
        self._ask(self._request)

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self._body_bytes > self._front.limits.body_bytes:
            raise self._too_large_body()
        self._body.append(body)

    def on_message_complete(self) -> None:
        request = self._request
        if request is None:
            raise self._refuse(_MALFORMED)
        request.body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        request.received = self._loop.time()
        self._request = None
        self._body = []
        self._queue.append(request)
        self._stage = _Stage.IDLE if self._parser.should_keep_alive() else _Stage.CLOSING
        self.deadline = _NEVER

    # ---- limits

    def _ask(self, request: Request) -> None:
        declared = int(request.headers.get(b"content-length", b"0"))
        if declared > _ASK_FIRST or b"transfer-encoding" in request.headers or b"expect" in request.headers:
            early = self._front.application.admits(request)
            if early is not None:
                raise self._finish(early)
        if b"expect" in request.headers and self._task is None and not self._queue and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _count(self, length: int, *, in_head: bool) -> None:
        """What the parser holds without having called back: an unfinished header block, chunk lines, trailers."""
        if self._stage is _Stage.HEAD and in_head:
            self._wire_bytes += length
            if self._wire_bytes > self._front.limits.header_bytes:
                self._refuse(_HEAD_TOO_LARGE)
        elif self._stage is _Stage.BODY and not in_head:
            self._wire_bytes += length
            if self._wire_bytes > self._front.limits.header_bytes + 9 * self._body_bytes:
                self._too_large_body()

    def _too_large_head(self) -> None:
        raise self._refuse(_HEAD_TOO_LARGE)

    def _too_large_body(self) -> _Stop:
        limit = self._front.limits.body_bytes
        return self._refuse(Refusal("too-large", f"A body has at most {limit} bytes. Send fewer rows."))

    def overdue(self, now: float) -> None:
        """Act on a deadline that has passed; called by the sweep."""
        if now < self.deadline or self._paused or self._transport is None:
            return
        if self._stage in {_Stage.HEAD, _Stage.BODY} and self._writable is None:
            self._refuse(Refusal("body-timeout", "Send the whole request without long pauses."))
            self._work()
        else:
            self._transport.abort()

    # ---- answers

    def _refuse(self, refusal: Refusal) -> _Stop:
        return self._finish(problem(refusal, close=True))

    def _finish(self, answer: Answer) -> _Stop:
        """Queue the last answer of this connection."""
        answer.close = True
        self._queue.append(answer)
        self._last()
        return _Stop()

    def _last(self) -> None:
        self._stage = _Stage.CLOSING
        self.deadline = _NEVER
        self._request = None
        self._body = []
        if self._task is None and not self._queue:
            self._close()

    def _work(self) -> None:
        if self._queue and self._task is None:
            self._task = self._loop.create_task(self._serve())
        elif self._queue and not self._paused and self._transport is not None and self._stage is not _Stage.CLOSING:
            self._paused = True
            self._transport.pause_reading()

    async def _serve(self) -> None:
        try:
            while self._queue:
                entry = self._queue.popleft()
                answer = await self._front.application.answer(entry) if isinstance(entry, Request) else entry
                if self._transport is None:
                    return
                self._write(self._transport, answer, bodiless=isinstance(entry, Request) and entry.method == b"HEAD")
                if self._writable is not None:
                    self.deadline = self._loop.time() + self._front.limits.write_seconds
                    await self._writable
        finally:
            self._task = None
        self._wait()

    def _write(self, transport: asyncio.Transport, answer: Answer, *, bodiless: bool) -> None:
        last = not self._queue and (self._front.draining or self._stage is _Stage.CLOSING)
        close = answer.close or last
        transport.write(answer.encode(self._front.date, close=close, bodiless=bodiless))
        self._front.application.sent(answer.status)
        if close:
            self._queue.clear()
            self._stage = _Stage.CLOSING

    def _wait(self) -> None:
        """Everything that came is answered: read on, or close."""
        if self._stage is _Stage.CLOSING:
            self._close()
            return
        limits = self._front.limits
        if self._stage is _Stage.IDLE:
            self.deadline = self._loop.time() + limits.idle_seconds
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
            if self._stage is not _Stage.IDLE:
                self.deadline = self._loop.time() + max(limits.header_seconds, limits.body_seconds)

    def _close(self) -> None:
        """Send what is written, tell the caller, and read on for a moment so that its last bytes cause no reset."""
        if self._transport is None or self._transport.is_closing():
            return
        if self._ended:
            self._transport.close()
            return
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        self.deadline = self._loop.time() + self._front.limits.linger_seconds
        self._transport.write_eof()

    def drain(self) -> None:
        """The next answer is the last. A connection that stays idle is closed by the sweep after a moment."""
        if self._stage is _Stage.IDLE and self._task is None:
            self.deadline = min(self.deadline, self._loop.time() + self._front.limits.linger_seconds)


_MALFORMED = Refusal("malformed-request", "Send well-formed HTTP/1.1.")
_HEAD_TOO_LARGE = Refusal("headers-too-large", "Send fewer and shorter headers.")
