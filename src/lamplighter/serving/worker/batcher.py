"""Requests that wait while one runs are joined into one call of the model.

A batch is whatever came while the last one ran: nothing waits for it to fill, and it grows with the load. A call that the model
fails is repeated request by request, so one bad row fails alone. A call that kills the worker is repeated once, each request
alone on a fresh worker; the one that kills again has failed. A call that outlasts the deadline ends the worker.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.serving.runtimes.base import Failed, Unloadable
from lamplighter.serving.worker.crew import Crew
from lamplighter.serving.worker.deaths import OF_THE_MODEL, Cause
from lamplighter.serving.worker.poison import Poisons
from lamplighter.serving.worker.process import Died
from lamplighter.serving.worker.queue import Limits, Pending, Queue
from lamplighter.serving.worker.wire import Fault, Reply, Scores

_UNLOADED = "The version was unloaded."
#: How often a request is begun again after kills from outside.
_MOST_TRIES = 8


def _late() -> Failed:
    return Failed("deadline-exceeded", "The model took longer than the deadline.")


class Batcher:
    """One version's queue and crew; belongs to the event loop it was made in."""

    def __init__(self, crew: Crew, limits: Limits) -> None:
        self.crew = crew
        self._limits = limits
        self._queue = Queue(limits)
        self._poisons = Poisons()
        self._task = asyncio.create_task(self._run())

    async def score(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        """One score a row, before the deadline. Raises `Failed`."""
        self._check_quarantine()
        if self._poisons.holds(columns):
            raise Failed("model-crashed", "The same rows killed the model twice a moment ago; they were not run again.")
        pending = Pending(columns, rows)
        self._queue.put(pending)
        try:
            async with asyncio.timeout(self._limits.deadline):
                return await pending.answer
        except TimeoutError:
            raise _late() from None
        finally:
            if not pending.answer.done() or pending.answer.cancelled():
                self._queue.leave(pending)

    async def close(self) -> None:
        """End the workers and refuse what still waits; idempotent."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self.crew.close()
        self._queue.drain(Failed("model-failed", _UNLOADED))

    def _check_quarantine(self) -> None:
        if self.crew.deaths.quarantine:
            raise Failed("model-crashed", f"The version is in quarantine. {self.crew.deaths.quarantine}")

    async def _run(self) -> None:
        while True:
            batch = await self._queue.take()
            try:
                await self._serve([pending for pending in batch if not pending.answer.done()])
            finally:
                for pending in batch:
                    pending.fail(Failed("model-failed", _UNLOADED))
            if self.crew.deaths.quarantine:
                await self.crew.close()

    async def _serve(self, batch: list[Pending]) -> None:
        if not batch:
            return
        try:
            answer = await self._call(batch)
        except Died:
            await self._again(batch, await self._bury())
        except (Failed, Unloadable) as error:
            _refuse(batch, error)
        else:
            if isinstance(answer, Fault) and len(batch) > 1:
                for pending in batch:
                    await self._serve([pending])
            else:
                _distribute(batch, answer)

    async def _again(self, batch: list[Pending], cause: Cause) -> None:
        """Run each request alone. A death that no request repeats is nobody's fault, but it happened."""
        poisons = [pending for pending in batch if not pending.answer.done() and await self._alone(pending)]
        if not poisons:
            self.crew.deaths.record(cause)

    async def _alone(self, pending: Pending) -> bool:
        """Whether the request killed the model."""
        for _ in range(_MOST_TRIES):
            try:
                _distribute([pending], await self._call([pending]))
                return False
            except Died:
                cause = await self._bury()
                self.crew.deaths.record(cause)
                if cause in OF_THE_MODEL:
                    self._poisons.remember(pending.columns)
                    pending.fail(Failed("model-crashed", "These rows ended the model's process, twice."))
                    return True
            except (Failed, Unloadable) as error:
                _refuse([pending], error)
                return False
        pending.fail(Failed("model-crashed", "The model's process was killed from outside again and again."))
        return False

    async def _call(self, batch: list[Pending]) -> Reply:
        """Raises `Died`, `Failed` at the deadline or in quarantine, or `Unloadable` if no worker could be started."""
        self._check_quarantine()
        worker = await self.crew.worker()
        try:
            async with asyncio.timeout(self._limits.deadline):
                return await worker.score(_joined(batch), sum(pending.rows for pending in batch))
        except TimeoutError:
            self.crew.deaths.record(Cause.DEADLINE)
            self.crew.lose()
            raise _late() from None

    async def _bury(self) -> Cause:
        """Why the worker died; it is gone afterwards."""
        worker = self.crew.current
        cause = await worker.cause() if worker is not None else Cause.NONSENSE
        self.crew.lose()
        return cause


def _joined(batch: Sequence[Pending]) -> Mapping[str, Sequence[Any]]:
    if len(batch) == 1:
        return batch[0].columns
    return {name: [value for pending in batch for value in pending.columns[name]] for name in batch[0].columns}


def _refuse(batch: Sequence[Pending], error: Failed | Unloadable) -> None:
    failed = error if isinstance(error, Failed) else Failed("model-crashed", "The model's process could not be started again.")
    for pending in batch:
        pending.fail(Failed(failed.code, failed.why))


def _distribute(batch: Sequence[Pending], answer: Reply) -> None:
    if isinstance(answer, Scores) and len(answer.values) == sum(pending.rows for pending in batch):
        start = 0
        for pending in batch:
            pending.settle(answer.values[start : start + pending.rows])
            start += pending.rows
    elif isinstance(answer, Fault) and answer.code == "model-failed":
        kind = answer.kind if answer.kind.isidentifier() else "an exception"
        _refuse(batch, Failed("model-failed", f"The model raised {kind}."))
    else:
        _refuse(batch, Failed("model-output-invalid", "The model did not answer with one finite number for each row."))
