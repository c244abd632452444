"""Shadow versions score after the answer has gone out. They may fall behind and leave requests out; they delay nobody."""

import asyncio
from collections.abc import Callable

from lamplighter.domain.route import Arm
from lamplighter.serving.codecs.base import Question
from lamplighter.serving.meters import Meters
from lamplighter.serving.versions import Attempt, Loaded, attempt

#: Requests that may wait for a shadow in one process.
MOST_WAITING = 256

_Entry = tuple[Loaded, Question, Callable[[Attempt], None]]


class Shadows:
    """One task works through a bounded queue."""

    def __init__(self, meters: Meters) -> None:
        self._meters = meters
        self._queue: asyncio.Queue[_Entry] = asyncio.Queue(MOST_WAITING)
        self._task = asyncio.get_running_loop().create_task(self._run())

    def follow(self, version: Loaded, question: Question, record: Callable[[Attempt], None]) -> None:
        """Score the rows later and hand the outcome to `record`, or count that they were left out."""
        try:
            self._queue.put_nowait((version, question, record))
        except asyncio.QueueFull:
            self._meters.drop(version)

    async def _run(self) -> None:
        while True:
            version, question, record = await self._queue.get()
            outcome = await attempt(version, Arm.SHADOW, question)
            seconds = outcome.duration / 1_000_000
            self._meters.count(version, Arm.SHADOW, rows=question.rows, seconds=seconds, failed=outcome.failed is not None)
            record(outcome)
            self._queue.task_done()
            # Each shadow score gives way to whatever came in meanwhile.
            await asyncio.sleep(0)

    async def close(self, seconds: float) -> None:
        """Finish what waits, for at most that long."""
        try:
            async with asyncio.timeout(seconds):
                await self._queue.join()
        except TimeoutError:
            pass
        self._task.cancel()
