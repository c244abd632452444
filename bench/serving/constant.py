"""An empty server: our front and nothing behind it but one answer. Run as `constant.py LENGTH PORT [PROCESSES]`."""

import asyncio
import os
import socket
import sys

import uvloop

from lamplighter.serving.framing import LOOPBACK, Limits
from lamplighter.serving.front import Front
from lamplighter.serving.group import bind
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.pattern import Head
from lamplighter.serving.problems import Refusal, problem
from lamplighter.serving.turn import Sink
from lamplighter.serving.worker.sandbox import tie_to_parent


class Constant:
    """Gives the same answer to every request, in the next turn of the loop as predictions do."""

    def __init__(self, length: int) -> None:
        self._body = b"x" * length
        self._loop = asyncio.get_running_loop()

    def admits(self, request: Request) -> Answer | None:
        """A stranger with a large body is refused before it is read."""
        return problem(Refusal("unauthenticated", "No.")) if request.path == "/closed" else None

    async def answer(self, request: Request) -> Answer:  # noqa: ARG002
        """The answer."""
        return Answer(200, self._body)

    def take(self, head: Head, request: Request, sink: Sink) -> bool:  # noqa: ARG002
        """Every known header block goes the short way."""
        self._loop.call_soon(sink.reply, Answer(200, self._body))
        return True

    def released(self) -> None:
        """Nothing is counted."""

    def refused(self, status: int) -> None:
        """Nothing is counted."""


async def serve(length: int, listening: socket.socket) -> None:
    """Answer until killed."""
    limits = Limits(header_seconds=2.0, body_seconds=2.0, body_bytes=200_000)
    front = Front(Constant(length), limits, frozenset(LOOPBACK))
    front.open(listening)
    await asyncio.Event().wait()


def main(length: int, port: int, processes: int = 1) -> None:
    """So many processes share the socket, as those of our group do; each ends with the first."""
    listening = bind("127.0.0.1", port)
    if any(os.fork() == 0 for _ in range(processes - 1)):
        tie_to_parent()
    uvloop.run(serve(length, listening))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
