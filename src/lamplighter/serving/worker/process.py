"""The serving process's end of a worker: start it, ask it, end it."""

import asyncio
import contextlib
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from msgspec import MsgspecError
from msgspec.structs import replace

from lamplighter.domain.contract import Contract
from lamplighter.domain.sandbox import Level
from lamplighter.serving.runtimes.base import Unloadable
from lamplighter.serving.worker.deaths import Cause, cause_of, memory_kills
from lamplighter.serving.worker.environments import Held
from lamplighter.serving.worker.wire import (
    HEAD,
    LARGEST_REPLY,
    Ground,
    Load,
    Order,
    Probe,
    Ready,
    Refused,
    Reply,
    Score,
    pack,
    reply,
)

#: The whole environment of a worker; nothing is inherited.
ENVIRONMENT: Mapping[str, str] = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    # pandas imports pyarrow where it is, whose allocator starts a thread of its own; the sandbox wants to find only one.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}
#: Address space that the interpreter and the libraries take, and how many times the bytes of a model it may take when open.
_LIBRARIES, _GROWTH = 4 << 30, 8
#: Seconds a worker may take to import its libraries and open the model.
START_LIMIT = 60.0
#: Seconds in which the end of a process that has closed its socket is seen.
_END_LIMIT = 1.0


class Died(Exception):
    """The worker ended, or answered with something that is no message."""


class Interrupted(Unloadable):
    """The worker was killed from outside before it had opened the model; that says nothing about the model."""


class Lacking(Unloadable):
    """The model wants a module that is not there."""

    def __init__(self, why: str, module: str) -> None:
        super().__init__(why)
        #: Name of the top module.
        self.module = module


def order_to_load(
    form: str, content: bytes, contract: Contract, *, is_code: bool, warm_up: Mapping[str, Sequence[Any]]
) -> Load:
    """The order to open these verified bytes in any worker."""
    memory = _LIBRARIES + _GROWTH * len(content)
    return Load(format=form, content=content, contract=contract, memory=memory, is_code=is_code, warm_up=warm_up)


#: Our own package comes last, so that it hides nothing of the environment.
_FROM_SHELF = (
    "import sys, runpy; sys.path.append(sys.argv.pop(1)); runpy.run_module('lamplighter.serving.worker', run_name='__main__')"
)


def _command(held: Held | None) -> list[str]:
    if held is None:
        return [sys.executable, "-I", "-m", "lamplighter.serving.worker"]
    return [str(held.interpreter), "-I", "-c", _FROM_SHELF, str(held.shelf)]


class Worker:
    """A running worker with an open model. Use `Worker.start`."""

    def __init__(self, process: asyncio.subprocess.Process, connection: socket.socket, scratch: str) -> None:
        self._process, self._connection, self._scratch = process, connection, scratch
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._memory_kills = memory_kills()
        #: How closed it says it is.
        self.sandbox = Level.NONE

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it has not been seen to end."""
        return self._process.returncode is None

    async def cause(self) -> Cause:
        """Why it broke off its last answer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_END_LIMIT):
                await self._process.wait()
        return cause_of(self._process.returncode, out_of_memory=memory_kills() > self._memory_kills)

    @classmethod
    async def start(cls, model: Load, held: Held | None = None) -> "Worker":
        """Start a process, in an environment of the model's own if one is held, and have it open the model; raises
        `Unloadable` with the reason it gives."""
        worker = await cls._spawn(held)
        try:
            async with asyncio.timeout(START_LIMIT):
                answer = await worker._ask(replace(model, scratch=worker._scratch))
        except TimeoutError:
            await worker.end()
            raise Unloadable(f"The model did not open within {START_LIMIT:.0f} seconds.") from None
        except Died:
            cause = await worker.cause()
            await worker.end()
            if cause is Cause.OUTSIDE:
                raise Interrupted("The worker was killed from outside while it opened the model.") from None
            raise Unloadable("The worker ended while it opened the model.") from None
        except BaseException:
            await worker.end()
            raise
        if isinstance(answer, Ready):
            worker.sandbox = answer.sandbox
            return worker
        await worker.end()
        reason = answer.why if isinstance(answer, Refused) else "it answered out of turn"
        told = f"The worker refused the model: {reason}."
        module = answer.module if isinstance(answer, Refused) else ""
        raise Lacking(told, module) if module else Unloadable(told)

    @classmethod
    async def probe(cls, ground: Ground) -> Reply:
        """Have a process that opens no model try every way out; raises `Died` or `TimeoutError`."""
        worker = await cls._spawn(None)
        try:
            async with asyncio.timeout(START_LIMIT):
                return await worker._ask(Probe(ground=ground, memory=_LIBRARIES, scratch=worker._scratch))
        finally:
            await worker.end()

    @classmethod
    async def _spawn(cls, held: Held | None) -> "Worker":
        ours, theirs = socket.socketpair()
        scratch = tempfile.mkdtemp(prefix="lamplighter-")
        try:
            with theirs:
                process = await asyncio.create_subprocess_exec(
                    *_command(held),
                    str(theirs.fileno()),
                    pass_fds=(theirs.fileno(),),
                    env=dict(ENVIRONMENT),
                    cwd=scratch,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=asyncio.subprocess.DEVNULL,
                )
        except BaseException:
            ours.close()
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        return cls(process, ours, scratch)

    async def score(self, columns: Mapping[str, Sequence[Any]], rows: int) -> Reply:
        """Ask for scores; raises `Died`. A caller that gives up has to `end` the worker, for the answer would come later."""
        return await self._ask(Score(columns=columns, rows=rows))

    async def _ask(self, order: Order) -> Reply:
        try:
            if self._streams is None:
                self._connection.setblocking(False)
                self._streams = await asyncio.open_unix_connection(sock=self._connection)
            reader, writer = self._streams
            writer.write(pack(order))
            await writer.drain()
            (length,) = HEAD.unpack(await reader.readexactly(HEAD.size))
            if length > LARGEST_REPLY:
                raise Died
            return reply(await reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError, MsgspecError) as error:
            raise Died from error

    async def end(self) -> None:
        """Kill the process and remove its scratch directory; idempotent."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        if self._streams is not None:
            self._streams[1].close()
            with contextlib.suppress(ConnectionError):
                await self._streams[1].wait_closed()
        self._connection.close()
        await self._process.wait()
        await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)


#: Starts a worker with the model of a version open; raises `Unloadable`.
Start = Callable[[], Coroutine[Any, Any, Worker]]
