"""The workers of one version: the one that scores and, once a worker has died, another that stands by with the model open."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from lamplighter.serving.runtimes.base import Unloadable
from lamplighter.serving.worker.deaths import Cause, Deaths
from lamplighter.serving.worker.process import Interrupted, Start, Worker


class Crew:
    """Belongs to the event loop it was made in. One caller at a time asks for the worker."""

    def __init__(self, start: Start, first: Worker) -> None:
        self._start = start
        self._current: Worker | None = first
        self._spare: asyncio.Task[Worker] | None = None
        self._endings: set[asyncio.Task[None]] = set()
        #: What ended the workers so far.
        self.deaths = Deaths()

    @property
    def current(self) -> Worker | None:
        """The worker at this moment; nothing while it is being replaced."""
        return self._current

    async def worker(self) -> Worker:
        """The worker that scores, started if there is none; raises `Unloadable`."""
        while self._current is None:
            starting = self._spare or asyncio.create_task(self._start())
            self._spare = starting
            try:
                worker = await asyncio.shield(starting)
            except Interrupted:
                self._spare = None
                self.deaths.record(Cause.OUTSIDE)
                continue
            except Unloadable:
                self._spare = None
                self.deaths.record(Cause.START)
                raise
            # A first loss is seldom the last one, and opening a model takes seconds.
            self._spare = asyncio.create_task(self._start())
            if worker.runs:
                self._current = worker
            else:
                self._end(worker.end())
        return self._current

    def lose(self) -> None:
        """Give up the worker that scores. It ends beside whatever comes next."""
        worker, self._current = self._current, None
        if worker is not None:
            self._end(worker.end())

    async def close(self) -> None:
        """End everybody; idempotent, and to be repeated by whoever was cancelled meanwhile."""
        self.lose()
        spare, self._spare = self._spare, None
        if spare is not None:
            self._end(_dismissed(spare))
        while self._endings:
            await asyncio.wait(self._endings)

    def _end(self, work: Coroutine[Any, Any, None]) -> None:
        ending = asyncio.create_task(work)
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)


async def _dismissed(spare: asyncio.Task[Worker]) -> None:
    spare.cancel()
    await asyncio.wait([spare])
    if not spare.cancelled() and spare.exception() is None:
        await spare.result().end()
