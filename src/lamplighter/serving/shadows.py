"""Shadow versions score after the answer has gone out. They may fall behind and leave requests out; they delay nobody."""

import asyncio
from collections.abc import Callable

import msgspec

from lamplighter.domain.route import Arm
from lamplighter.serving.codecs.base import Question
from lamplighter.serving.meters import Meters
from lamplighter.serving.pairing import Pairs
from lamplighter.serving.versions import Attempt, Loaded, attempt

#: Requests that may wait for a shadow in one process.
MOST_WAITING = 256


class Followed(msgspec.Struct):
    """A request that was answered and that a shadow is to score."""

    version: Loaded
    question: Question
    #: What was answered.
    answered: Attempt
    #: When the shadow began to score along.
    run: int
    #: Takes the outcome.
    record: Callable[[Attempt], None]


class Shadows:
    """One task works through a bounded queue."""

    def __init__(self, meters: Meters, pairs: Pairs) -> None:
        self._meters = meters
        self._pairs = pairs
        self._queue: asyncio.Queue[Followed] = asyncio.Queue(MOST_WAITING)
        self._task = asyncio.get_running_loop().create_task(self._run())

    def follow(self, followed: Followed) -> None:
        """Score the rows later, compare, and hand the outcome to `record`; or count that they were left out."""
        try:
            self._queue.put_nowait(followed)
        except asyncio.QueueFull:
            self._meters.drop(followed.version)

    async def _run(self) -> None:
        while True:
            one = await self._queue.get()
            outcome = await attempt(one.version, Arm.SHADOW, one.question)
            seconds, failed = outcome.duration / 1_000_000, outcome.failed is not None
            self._meters.count(one.version, Arm.SHADOW, rows=one.question.rows, seconds=seconds, failed=failed)
            self._pairs.count(one.run, outcome, one.answered)
            one.record(outcome)
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
