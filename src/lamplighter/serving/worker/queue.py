"""Requests of one version that wait for its worker: bounded in number and in rows, so that a slow version fills no memory."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lamplighter.serving.runtimes.base import Failed


class Limits(NamedTuple):
    """What one version may take. Each version has its own, so that none takes from another."""

    #: Seconds from the arrival of a request to its answer.
    deadline: float = 10.0
    #: Rows of one call; a request that alone has more is a call of its own.
    batch: int = 4096
    #: Requests that may wait.
    requests: int = 512
    #: Rows that may wait; a request is taken whatever its size where nobody waits.
    rows: int = 65_536


STANDARD = Limits()


class Pending:
    """One request and the answer that somebody waits for."""

    def __init__(self, columns: Mapping[str, Sequence[Any]], rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.answer: asyncio.Future[list[float]] = asyncio.get_running_loop().create_future()

    def fail(self, failed: Failed) -> None:
        """End it without scores, if it has no answer yet."""
        if not self.answer.done():
            self.answer.set_exception(failed)

    def settle(self, values: list[float]) -> None:
        """Answer it, if it has no answer yet."""
        if not self.answer.done():
            self.answer.set_result(values)


class Queue:
    """First come, first served. Whoever gave up waiting is passed over."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._waiting: deque[Pending] = deque()
        self._rows = 0
        self._some = asyncio.Event()

    def put(self, pending: Pending) -> None:
        """Wait in line; raises `Failed` if the line is full."""
        full = len(self._waiting) >= self._limits.requests or self._rows + pending.rows > self._limits.rows
        if full and self._waiting:
            raise Failed("queue-full", "Too many requests wait for the model.")
        self._waiting.append(pending)
        self._rows += pending.rows
        self._some.set()

    def leave(self, pending: Pending) -> None:
        """Give up the place in line, if it is still held."""
        if pending in self._waiting:
            self._waiting.remove(pending)
            self._rows -= pending.rows

    async def take(self) -> list[Pending]:
        """Everything that waits, up to the rows of one call; at least one request."""
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        batch = [self._next()]
        rows = batch[0].rows
        while self._waiting and rows + self._waiting[0].rows <= self._limits.batch:
            batch.append(self._next())
            rows += batch[-1].rows
        return batch

    def drain(self, failed: Failed) -> None:
        """Refuse everybody who waits."""
        while self._waiting:
            self._next().fail(failed)

    def _next(self) -> Pending:
        pending = self._waiting.popleft()
        self._rows -= pending.rows
        return pending
