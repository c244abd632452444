"""Takes connections in, looks at their deadlines, and lets them go."""

import asyncio
import errno
import heapq
import logging
import math
import resource
import socket
from email.utils import formatdate

from lamplighter.serving.framing import Limits
from lamplighter.serving.heads import Heads
from lamplighter.serving.reading import NEVER
from lamplighter.serving.wire import Application, Connection

log = logging.getLogger(__name__)

#: Errors of `accept` that pass: out of descriptors or memory. The connection stays in the backlog meanwhile.
_EXHAUSTED = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))
_PAUSE = 0.1
#: Descriptors that are left to files, pipes and gRPC, or a quarter of all where that is less.
_LEFT = 512
#: One of so many connections goes where there is no room for another.
_PART = 16


class Front:
    """The connections of one process. Processes of a group share the listening socket; each takes one connection at a time,
    so that a process with work in hand leaves the next to another."""

    def __init__(self, application: Application, limits: Limits, hosts: frozenset[str]) -> None:
        self.application = application
        self.limits = limits
        self.hosts = hosts
        self.draining = False
        self.heads = Heads(limits.header_count)
        self.connections: set[Connection] = set()
        self.date = b""
        self._loop = asyncio.get_running_loop()
        #: Connections at one time.
        self._most = _most()
        self._listening: socket.socket | None = None
        self._taking: set[asyncio.Task[None]] = set()
        self._sweep()

    def open(self, listening: socket.socket) -> None:
        """Take connections from this socket, which must not block."""
        self._listening = listening
        self._loop.add_reader(listening.fileno(), self._accept)

    def _accept(self) -> bool:
        """Take the next connection in; whether there was one."""
        if self._listening is None:
            return False
        if len(self.connections) + len(self._taking) >= self._most:
            self._make_room("there are too many")
            return False
        try:
            connected, _ = self._listening.accept()
        except (BlockingIOError, ConnectionAbortedError, InterruptedError):
            return False
        except OSError as error:
            if error.errno not in _EXHAUSTED:
                raise
            self._make_room(f"errno {error.errno}")
            return False
        connected.setblocking(False)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = self._loop.create_task(self._take(connected))
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)
        return True

    def _make_room(self, why: str) -> None:
        """Let those go that nothing was asked on for longest, and take others in a moment. They would keep everybody out."""
        waiting = [one for one in self.connections if one.due < NEVER]
        leaving = heapq.nsmallest(max(1, len(self.connections) // _PART), waiting, key=lambda one: one.due)
        log.error("no connection can be taken, %s; %d that wait are closed", why, len(leaving))
        for one in leaving:
            one.overdue(one.due)
        if self._listening is not None:
            self._loop.remove_reader(self._listening.fileno())
            self._loop.call_later(_PAUSE, self._resume)

    async def _take(self, connected: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(lambda: Connection(self, self._loop), connected)
        except OSError:
            connected.close()

    def _resume(self) -> None:
        if self._listening is not None:
            self._loop.add_reader(self._listening.fileno(), self._accept)

    def _sweep(self) -> None:
        self.date = f"Date: {formatdate(usegmt=True)}\r\n".encode()
        now = self._loop.time()
        for connection in list(self.connections):
            connection.overdue(now)
        self._timer = self._loop.call_later(self.limits.sweep_seconds, self._sweep)

    async def drain(self, seconds: float) -> None:
        """Take no more connections, answer what is in work, and return when the last is gone or the time is over."""
        self.draining = True
        if self._listening is not None:
            self._loop.remove_reader(self._listening.fileno())
            # Whoever is connected already waits in the backlog, and would be reset with the socket.
            while self._accept():
                pass
            self._listening.close()
            self._listening = None
            await asyncio.gather(*self._taking)
        end = self._loop.time() + seconds
        for connection in list(self.connections):
            connection.drain()
        while self.connections and self._loop.time() < end:
            await asyncio.sleep(0.02)
        self._timer.cancel()


def _most() -> float:
    """How many connections the descriptors of this process allow."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return math.inf if files == resource.RLIM_INFINITY else files - min(_LEFT, files // 4)
