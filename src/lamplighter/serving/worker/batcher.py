"""Requests that wait while one runs are joined into one call of the model.

A call that the model fails is repeated request by request, so one bad row fails alone. A call that kills the worker is repeated
once, each request alone on a fresh worker; the one that kills again has failed. A call that outlasts the deadline ends the
worker. A caller that has gone away is passed over.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.serving.runtimes.base import Failed, Unloadable
from lamplighter.serving.worker.poison import Poisons
from lamplighter.serving.worker.process import Died, Worker
from lamplighter.serving.worker.wire import Fault, Load, Reply, Scores

#: Seconds from the arrival of a request to its answer.
DEADLINE = 10.0
#: Rows of one call; a request that alone has more is a call of its own.
MOST_ROWS = 4096


class _Pending:
    def __init__(self, columns: Mapping[str, Sequence[Any]], rows: int, answer: asyncio.Future[list[float]]) -> None:
        self.columns, self.rows, self.answer = columns, rows, answer

    def fail(self, code: str, why: str) -> None:
        if not self.answer.done():
            self.answer.set_exception(Failed(code, why))

    def settle(self, values: list[float]) -> None:
        if not self.answer.done():
            self.answer.set_result(values)


def _unloaded(pending: _Pending) -> None:
    """Refuse a request that is still without an answer."""
    pending.fail("model-failed", "The version was unloaded.")


def _late() -> Failed:
    return Failed("deadline-exceeded", "The model took longer than the deadline.")


class Batcher:
    """One model behind one worker at a time; belongs to the event loop it was made in."""

    def __init__(self, model: Load, worker: Worker, deadline: float = DEADLINE) -> None:
        self._model, self._deadline = model, deadline
        self._worker: Worker | None = worker
        self._waiting: deque[_Pending] = deque()
        self._woken = asyncio.Event()
        self._poisons = Poisons()
        self._task = asyncio.create_task(self._run())

    @property
    def worker(self) -> Worker | None:
        """The worker at this moment; nothing while it is being replaced."""
        return self._worker

    async def score(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        """One score a row, before the deadline. Raises `Failed`."""
        if self._poisons.holds(columns):
            raise Failed("model-crashed", "The same rows killed the model twice a moment ago; they were not run again.")
        pending = _Pending(columns, rows, asyncio.get_running_loop().create_future())
        self._waiting.append(pending)
        self._woken.set()
        try:
            async with asyncio.timeout(self._deadline):
                return await pending.answer
        except TimeoutError:
            raise _late() from None

    async def close(self) -> None:
        """End the worker and refuse what still waits; idempotent."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self._drop()
        while self._waiting:
            _unloaded(self._waiting.popleft())

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            batch = self._take()
            try:
                if batch:
                    await self._serve(batch)
                else:
                    self._woken.clear()
            finally:
                for pending in batch:
                    _unloaded(pending)

    def _take(self) -> list[_Pending]:
        batch: list[_Pending] = []
        rows = 0
        while self._waiting and (not batch or rows + self._waiting[0].rows <= MOST_ROWS):
            pending = self._waiting.popleft()
            if not pending.answer.done():
                batch.append(pending)
                rows += pending.rows
        return batch

    async def _serve(self, batch: list[_Pending]) -> None:
        try:
            answer = await self._call(batch)
        except Died:
            for pending in batch:
                await self._again(pending)
        except (Failed, Unloadable) as error:
            _refuse(batch, error)
        else:
            if isinstance(answer, Fault) and len(batch) > 1:
                for pending in batch:
                    await self._serve([pending])
            else:
                _distribute(batch, answer)

    async def _again(self, pending: _Pending) -> None:
        if pending.answer.done():
            return
        try:
            _distribute([pending], await self._call([pending]))
        except Died:
            self._poisons.remember(pending.columns)
            pending.fail("model-crashed", "These rows ended the model's process, twice.")
        except (Failed, Unloadable) as error:
            _refuse([pending], error)

    async def _call(self, batch: list[_Pending]) -> Reply:
        """Raises `Died`, `Failed` at the deadline, or `Unloadable` if no worker could be started; no worker is left then."""
        if self._worker is None:
            self._worker = await Worker.start(self._model)
        try:
            async with asyncio.timeout(self._deadline):
                return await self._worker.score(_joined(batch), sum(pending.rows for pending in batch))
        except TimeoutError:
            await self._drop()
            raise _late() from None
        except Died:
            await self._drop()
            raise

    async def _drop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.end()


def _joined(batch: Sequence[_Pending]) -> Mapping[str, Sequence[Any]]:
    if len(batch) == 1:
        return batch[0].columns
    return {name: [value for pending in batch for value in pending.columns[name]] for name in batch[0].columns}


def _refuse(batch: Sequence[_Pending], error: Failed | Unloadable) -> None:
    code = error.code if isinstance(error, Failed) else "model-crashed"
    why = error.why if isinstance(error, Failed) else "The model's process could not be started again."
    for pending in batch:
        pending.fail(code, why)


def _distribute(batch: Sequence[_Pending], answer: Reply) -> None:
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
