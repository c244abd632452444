"""Connections to the control plane on which nothing comes are let go, so that they keep nobody out."""

import asyncio
import heapq
import resource
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Seconds for the first request and for each header block, and between two parts of a body.
_HEAD, _BODY = 10.0, 60.0
#: Descriptors of the process where the system allows as many, and the part of them that is left to files and calls of its own.
_FILES, _LEFT = 16_384, 4
#: One of so many connections goes where there is no room for another.
_PART = 16


class Connection(HttpToolsProtocol):
    """One of uvicorn's that does not wait for ever. Between two requests uvicorn has a limit of its own."""

    _late: asyncio.TimerHandle | None = None
    _reads_body = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._wait(_HEAD)
        if len(self.connections) > _most():
            _make_room(self.connections)

    def connection_lost(self, exc: Exception | None) -> None:
        self._calm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._reads_body:
            self._wait(_BODY)
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._wait(_HEAD)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._reads_body = True
        self._wait(_BODY)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._reads_body = False
        self._calm()
        super().on_message_complete()

    @property
    def due(self) -> float:
        """When it is let go if nothing comes; infinite while the caller waits for us."""
        return float("inf") if self._late is None else self._late.when()

    def let_go(self) -> None:
        """Close it, unless it is we who read no further."""
        if self.flow.read_paused:
            self._wait(_BODY)
        else:
            self._calm()
            self.transport.abort()

    def _wait(self, seconds: float) -> None:
        self._calm()
        self._late = self.loop.call_later(seconds, self.let_go)

    def _calm(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


def _make_room(connections: set[Any]) -> None:
    """Let those go on which nothing has come for longest."""
    waiting = [one for one in connections if one.due < float("inf")]
    for one in heapq.nsmallest(max(1, len(connections) // _PART), waiting, key=lambda one: one.due):
        one.let_go()


def _most() -> int:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _FILES if files == resource.RLIM_INFINITY else files - files // _LEFT


def raise_files() -> None:
    """Use the descriptors that may be used: a shell gives 1,024 by default."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
