"""One connection: requests in, answers out, in order."""

import asyncio
import time
from typing import Protocol, cast

from lamplighter.serving.framing import Limits
from lamplighter.serving.heads import Heads
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.pattern import Head, Pattern
from lamplighter.serving.reading import NEVER, Reader, Stage
from lamplighter.serving.turn import Sink

#: A known header block with a body up to this long waits for the rest of it; others are left to the parser.
_MOST_HELD = 64 * 1024
#: Looked up once: to name a member of an enumeration costs as much as a call.
_IDLE, _CLOSING = Stage.IDLE, Stage.CLOSING
_WAITING = (Stage.IDLE, Stage.HEAD)


class Application(Protocol):
    """What stands behind a connection."""

    def admits(self, request: Request) -> Answer | None:
        """An early refusal of a request whose body has not been read yet."""
        ...

    async def answer(self, request: Request) -> Answer:
        """The answer. Never raises."""
        ...

    def take(self, head: Head, request: Request, sink: Sink) -> bool:
        """Whether a request with a known header block is answered the short way."""
        ...

    def released(self) -> None:
        """A request that was taken has left the short way."""
        ...

    def refused(self, status: int) -> None:
        """An answer with this status, 400 or above, went out."""
        ...


class Front(Protocol):
    """What all connections of a process share."""

    limits: Limits
    hosts: frozenset[str]
    #: The `Date` header line of this second.
    date: bytes
    draining: bool
    heads: Heads
    connections: "set[Connection]"
    application: Application


class Connection(asyncio.Protocol):
    """Requests are answered one after another, so pipelined answers keep their order."""

    def __init__(self, front: Front, loop: asyncio.AbstractEventLoop) -> None:
        self._front = front
        self._loop = loop
        self._reader = Reader(front.limits, front.hosts, loop.time, front.application.admits, self._go_on)
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        #: Whether reading is paused because a request waits behind the one in work.
        self._paused = False
        #: Whether the caller has said that it sends no more.
        self._ended = False
        #: Whether the caller has been told that it gets no more.
        self._told = False
        #: Waits for the caller to read what was written, and when it must have; whatever it sends meanwhile.
        self._writable: asyncio.Future[None] | None = None
        self._read_by = NEVER
        #: Whether a request of this connection is on the short way.
        self._taken = False
        #: A known header block whose body has not come whole, and what began a request that the parser has now.
        self._held, self._begun = b"", b""
        #: What came of the last block that was known.
        self._pattern: Pattern | None = None

    # ---- the transport calls these

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._front.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._transport = None
        self._reader.end()
        self._front.connections.discard(self)
        self.resume_writing()

    def data_received(self, data: bytes) -> None:
        if self._held:
            data, self._held = self._held + data, b""
        if self._task is None and self._reader.stage is _IDLE and not self._taken and not self._front.draining:
            if self._is_known(data):
                return
            self._begun = data
        elif self._begun:
            # Many clients send a header block and its body one after the other.
            self._begun = self._begun + data if len(self._begun) <= _MOST_HELD else b""
        self._reader.feed(data)
        if self._begun and self._reader.queue:
            self._remember(self._reader.queue[0])
        self._work()

    def _remember(self, first: Request | Answer) -> None:
        """Keep the block of the request that has come, if it is the only one."""
        if len(self._reader.queue) == 1 and self._reader.stage is _IDLE and isinstance(first, Request):
            self._front.heads.remember(self._begun, first)
        self._begun = b""

    def _is_known(self, data: bytes) -> bool:
        """Whether the header block of these bytes needs no parser: the request is on its way, or the rest of it waited for."""
        known = self._front.heads.known(data, self._pattern)
        if known is None or known.head.length > _MOST_HELD:
            return False
        head, body, own = known.head, known.body, known.own
        self._pattern = known.pattern
        if len(data) - body < head.length:
            self._held = data
            return True
        form = head.request
        headers = {**form.headers, **own} if own else form.headers
        request = Request(form.method, form.path, headers, data[body:], time.monotonic(), bool(own))
        self._reader.deadline = NEVER
        self._taken = self._front.application.take(head, request, self)
        if not self._taken:
            self._reader.queue.append(request)
            self._work()
        return True

    def reply(self, answer: Answer) -> None:
        """The answer to the request on the short way."""
        self._leave_short_way()
        if self._transport is None:
            return
        self._write(self._transport, answer, bodiless=False)
        if self._writable is not None:
            # Nothing more is answered until the caller has read; else its unread answers would fill memory.
            self._task = self._loop.create_task(self._serve())
        elif self._reader.stage is _IDLE and not self._reader.queue and not self._paused:
            self._reader.wait()
        else:
            self._read_on()
            self._work()

    def take_long_way(self, request: Request) -> None:
        """The request on the short way is answered as any other, before what came behind it."""
        self._leave_short_way()
        self._reader.queue.appendleft(request)
        self._work()

    def _leave_short_way(self) -> None:
        self._taken = False
        self._front.application.released()

    def _leave_to_parser(self) -> None:
        if self._held:
            data, self._held = self._held, b""
            self._reader.feed(data)

    def eof_received(self) -> bool:
        self._ended = True
        self._leave_to_parser()
        self._reader.cut()
        self._work()
        return bool(self._task) or self._taken

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()
        self._read_by = self._loop.time() + self._front.limits.write_seconds

    def resume_writing(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # ---- time

    @property
    def due(self) -> float:
        """When it is closed if no whole header block comes; never where a request is further than that."""
        waits = self._reader.stage in _WAITING and self._task is None and not self._taken
        return self._reader.deadline if waits else NEVER

    def overdue(self, now: float) -> None:
        """Act on a deadline that has passed; called by the sweep."""
        if self._transport is None:
            return
        self._leave_to_parser()
        if self._writable is not None:
            if now >= self._read_by:
                self._transport.abort()
        elif now >= self._reader.deadline and not self._paused:
            if self._reader.late():
                self._work()
            else:
                self._transport.abort()

    def drain(self) -> None:
        """The next answer is the last. A connection that stays idle is closed by the sweep after a moment."""
        if self._reader.stage is _IDLE and self._task is None and not self._taken:
            self._reader.deadline = min(self._reader.deadline, self._loop.time() + self._front.limits.linger_seconds)

    # ---- answers

    def _go_on(self) -> None:
        if self._task is None and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _work(self) -> None:
        if self._task is None and not self._taken:
            if self._reader.queue:
                self._task = self._loop.create_task(self._serve())
            elif self._reader.closing:
                self._close()
        elif self._reader.queue and not self._reader.closing and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    async def _serve(self) -> None:
        queue = self._reader.queue
        try:
            await self._is_read()
            while queue:
                entry = queue.popleft()
                answer = await self._front.application.answer(entry) if isinstance(entry, Request) else entry
                if self._transport is None:
                    return
                self._write(self._transport, answer, bodiless=isinstance(entry, Request) and entry.method == b"HEAD")
                await self._is_read()
                if not queue and self._reader.waits:
                    # The turn of others comes first.
                    await asyncio.sleep(0)
                    self._reader.more()
        finally:
            self._task = None
        self._read_on()

    async def _is_read(self) -> None:
        """Wait until the caller has taken what was written."""
        if self._writable is not None:
            await self._writable

    def _write(self, transport: asyncio.Transport, answer: Answer, *, bodiless: bool) -> None:
        last = not self._reader.queue and (self._front.draining or self._reader.stage is _CLOSING) and not self._reader.waits
        close = answer.close or last
        transport.write(answer.encode(self._front.date, close=close, bodiless=bodiless))
        if answer.status >= 400:
            self._front.application.refused(answer.status)
        if close:
            self._reader.queue.clear()
            self._reader.end()

    def _read_on(self) -> None:
        """Everything that came is answered: read on, or close."""
        if self._reader.closing:
            self._close()
        elif self._paused:
            self._resume()
            self._reader.wait()
        elif self._reader.stage is _IDLE:
            self._reader.wait()

    def _resume(self) -> None:
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()

    def _close(self) -> None:
        """Send what is written, tell the caller, and read on for a moment so that its last bytes cause no reset."""
        if self._transport is None or self._told:
            return
        self._told = True
        if self._ended:
            self._transport.close()
            return
        self._resume()
        self._reader.deadline = self._loop.time() + self._front.limits.linger_seconds
        self._transport.write_eof()
