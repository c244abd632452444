"""Shadow versions score after the answer has gone out. They may fall behind and leave requests out; they delay nobody."""

import asyncio
import time
from collections.abc import Callable

import msgspec

from lamplighter.domain.route import Arm
from lamplighter.serving.codecs.base import Question
from lamplighter.serving.frames import Noted, framed
from lamplighter.serving.meters import Meters
from lamplighter.serving.pairing import Pairs
from lamplighter.serving.problems import Refusal
from lamplighter.serving.recorder import Recorder
from lamplighter.serving.telemetry.sender import Telemetry
from lamplighter.serving.versions import Attempt, Loaded, attempt

#: Requests that may wait for a shadow in one process.
MOST_WAITING = 256
#: Seconds after which shadows give way to whatever came in meanwhile.
_TURN = 0.00025


class Followed(msgspec.Struct):
    """A request that was answered and that a shadow is to score."""

    version: Loaded
    #: Asked only if the shadow comes to it; a refusal leaves the request out.
    question: Callable[[], Question | Refusal]
    #: What was answered.
    answered: Attempt
    #: When the shadow began to score along.
    run: int
    noted: Noted
    traceparent: bytes


class Shadows:
    """One task works through a bounded queue."""

    def __init__(self, meters: Meters, pairs: Pairs, recorder: Recorder, telemetry: Telemetry | None = None) -> None:
        self._meters = meters
        self._pairs = pairs
        self._recorder = recorder
        self._telemetry = telemetry
        self._queue: asyncio.Queue[Followed] = asyncio.Queue(MOST_WAITING)
        self._task = asyncio.get_running_loop().create_task(self._run())

    def follow(self, followed: Followed) -> None:
        """Score the rows later, compare, and write the outcome down; or count that they were left out."""
        try:
            self._queue.put_nowait(followed)
        except asyncio.QueueFull:
            self._meters.drop(followed.version)

    async def _run(self) -> None:
        end = 0.0
        while True:
            one = await self._queue.get()
            await self._score(one)
            self._queue.task_done()
            if time.monotonic() >= end:
                await asyncio.sleep(0)
                end = time.monotonic() + _TURN

    async def _score(self, one: Followed) -> None:
        question = one.question()
        if isinstance(question, Refusal):
            self._meters.drop(one.version)
            return
        outcome = await attempt(one.version, Arm.SHADOW, question)
        seconds, failed = outcome.duration / 1_000_000, outcome.failed is not None
        self._meters.count(one.version, Arm.SHADOW, rows=question.rows, seconds=seconds, failed=failed)
        self._pairs.count(one.run, outcome, one.answered)
        self._recorder.leave(framed(one.noted, outcome, with_rows=False))
        if self._telemetry is not None:
            self._telemetry.shadowed(one.traceparent, outcome)

    async def close(self, seconds: float) -> None:
        """Finish what waits, for at most that long."""
        try:
            async with asyncio.timeout(seconds):
                await self._queue.join()
        except TimeoutError:
            pass
        self._task.cancel()
