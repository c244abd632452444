"""From bytes to requests, within limits. llhttp does the parsing; what it lets through too easily is refused here."""

import time
from collections import deque
from collections.abc import Callable
from enum import Enum

import httptools

from lamplighter.serving.framing import Limits, head_refusal, path_of
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.problems import Refusal, problem

#: A body larger than this is announced to the application before it is read, so that strangers cannot fill memory.
_ASK_FIRST = 64 * 1024
#: Bytes of chunk lines for each byte of a body: more than any lawful way of cutting it needs.
_OVERHEAD = 9
_MALFORMED = Refusal("malformed-request", "Send well-formed HTTP/1.1.")
_CUT_OFF = Refusal("malformed-request", "The connection ended before the request did.")
_TOO_SLOW = Refusal("body-timeout", "Send the whole request without long pauses.")
_HEAD_TOO_LARGE = Refusal("headers-too-large", "Send fewer and shorter headers.")

#: Bytes that are parsed at one time, and requests that are read ahead of their answers. What came behind them waits as it came:
#: parsed, short requests take up twenty times as much, and others would wait while it is done.
_SLICE, _AHEAD = 8 * 1024, 64
#: A deadline that never comes.
NEVER = float("inf")


class Stage(Enum):
    """What is being read."""

    #: Nothing; the next byte begins a request.
    IDLE = "idle"
    HEAD = "head"
    BODY = "body"
    #: Nothing more is read as a request; the last answer is on its way.
    CLOSING = "closing"


_IDLE = Stage.IDLE


class _Stop(Exception):
    """Raised inside a parser callback to leave the parser; the last answer is already queued."""


class Reader:
    """Reads one connection. Whole requests and the answer to a hopeless one wait in `queue`, in order."""

    def __init__(
        self,
        limits: Limits,
        hosts: frozenset[str],
        clock: Callable[[], float],
        admits: Callable[[Request], Answer | None],
        go_on: Callable[[], None],
    ) -> None:
        """`admits` gives the early refusal of a request whose body is large; `go_on` tells a caller that waits to send it."""
        self.queue: deque[Request | Answer] = deque()
        self.stage = Stage.IDLE
        #: Monotonic seconds by which the next step must have come.
        self.deadline = clock() + limits.idle_seconds
        self._limits = limits
        self._hosts = hosts
        self._clock = clock
        self._admits = admits
        self._go_on = go_on
        self._parser = httptools.HttpRequestParser(self)
        #: Requests that have begun.
        self._begun = 0
        #: What has come and waits to be parsed, and whether the caller sends nothing behind it.
        self._later, self._cut = memoryview(b""), False
        self._begin()

    def _begin(self) -> None:
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._head_bytes = 0
        self._request: Request | None = None
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._wire_bytes = 0

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        if not self._later and len(data) <= _SLICE:
            self._parse(data)
        elif not self.closing:
            self._later = memoryview(bytes(self._later) + data if self._later else data)
            self.more()

    @property
    def waits(self) -> bool:
        """Whether more has come than is parsed."""
        return bool(self._later)

    def more(self) -> None:
        """Parse what waits, as far as it may go ahead of the answers."""
        while self._later and len(self.queue) < _AHEAD:
            data, self._later = self._later[:_SLICE], self._later[_SLICE:]
            self._parse(data)
        if self._later:
            # It has come, and waits for us.
            self.deadline = NEVER
        elif self._cut:
            self.cut()
        elif self.deadline == NEVER and self.stage in {Stage.HEAD, Stage.BODY}:
            self.wait()

    def _parse(self, data: bytes | memoryview) -> None:
        if self.closing:
            return
        begun = self._begun
        if self.stage is Stage.IDLE:
            self._expect_head()
            begun += 1
        before = self.stage
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Answered as plain HTTP; what follows would be in another protocol.
            self.end()
        except httptools.HttpParserCallbackError:
            if not self.closing:
                raise
        except httptools.HttpParserError:
            # What follows a request that closes the connection is nobody's request.
            if not self.closing:
                self._refuse(_MALFORMED)
        else:
            if self.stage is before and self._begun == begun:
                self._count(len(data))

    @property
    def closing(self) -> bool:
        """Whether nothing more is read as a request."""
        return self.stage is Stage.CLOSING

    def cut(self) -> None:
        """The caller sends nothing more."""
        if self._later:
            self._cut = True
        elif self.stage in {Stage.HEAD, Stage.BODY}:
            self._refuse(_CUT_OFF)
        else:
            self.end()

    def late(self) -> bool:
        """A deadline has passed: queue the refusal of an unfinished request; false if there was none."""
        if self.stage in {Stage.HEAD, Stage.BODY}:
            self._refuse(_TOO_SLOW)
            return True
        return False

    def wait(self) -> None:
        """Everything queued is answered: the time for the next step begins."""
        seconds = self._limits.idle_seconds if self.stage is _IDLE else self._limits.body_seconds
        self.deadline = self._clock() + seconds

    def end(self) -> None:
        """Read nothing more."""
        self.stage = Stage.CLOSING
        self.deadline = NEVER
        self._request = None
        self._body = []
        self._later = memoryview(b"")

    # ---- the parser calls these

    def on_message_begin(self) -> None:
        self._begin()
        self._begun += 1
        if self.stage is Stage.IDLE:
            self._expect_head()

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        # Trailers come through here as well; they are counted by `_count` and dropped.
        if self.stage is Stage.HEAD:
            self._head_bytes += len(name) + len(value) + 4
            self._headers.append((name, value))
            if len(self._headers) > self._limits.header_count:
                raise self._refuse(_HEAD_TOO_LARGE)

    def on_headers_complete(self) -> None:
        if self._head_bytes + len(self._target) > self._limits.header_bytes:
            raise self._refuse(_HEAD_TOO_LARGE)
        headers = head_refusal(self._headers, self._hosts, self._limits)
        if isinstance(headers, Refusal):
            raise self._refuse(headers)
        path = path_of(self._target, headers[b"host"])
        if isinstance(path, Refusal):
            raise self._refuse(path)
        self._request = Request(self._parser.get_method(), path, headers)
        self.stage = Stage.BODY
        self._wire_bytes = 0
        self.deadline = self._clock() + self._limits.body_seconds
        self._ask(self._request)

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self._body_bytes > self._limits.body_bytes:
            raise self._too_large()
        self._body.append(body)

    def on_message_complete(self) -> None:
        request = self._request
        if request is None:
            raise self._refuse(_MALFORMED)
        request.body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        request.received = time.monotonic()
        self._request = None
        self._body = []
        self.queue.append(request)
        self.stage = Stage.IDLE if self._parser.should_keep_alive() else Stage.CLOSING
        self.deadline = NEVER

    # ---- limits

    def _expect_head(self) -> None:
        self.stage = Stage.HEAD
        self.deadline = self._clock() + self._limits.header_seconds

    def _ask(self, request: Request) -> None:
        """Whether the body is wanted at all."""
        # A caller that speaks HTTP/1.0 would take an interim answer for the answer (RFC 9110, section 10.1.1).
        waits = b"expect" in request.headers and self._parser.get_http_version() != "1.0"
        if waits or b"transfer-encoding" in request.headers or int(request.headers.get(b"content-length", b"0")) > _ASK_FIRST:
            early = self._admits(request)
            if early is not None:
                raise self._finish(early)
        if waits and not self.queue:
            self._go_on()

    def _count(self, length: int) -> None:
        """What the parser may hold without having called back: an unfinished header block, chunk lines, trailers."""
        self._wire_bytes += length
        if self.stage is Stage.HEAD and self._wire_bytes > self._limits.header_bytes:
            self._refuse(_HEAD_TOO_LARGE)
        elif self.stage is Stage.BODY and self._wire_bytes > self._limits.header_bytes + _OVERHEAD * self._body_bytes:
            self._too_large()

    def _too_large(self) -> _Stop:
        return self._refuse(Refusal("too-large", f"A body has at most {self._limits.body_bytes} bytes. Send fewer rows."))

    def _refuse(self, refusal: Refusal) -> _Stop:
        return self._finish(problem(refusal))

    def _finish(self, answer: Answer) -> _Stop:
        """Queue the last answer of this connection."""
        answer.close = True
        self.queue.append(answer)
        self.end()
        return _Stop()
