"""Bodies that are tables: Parquet files and Arrow streams, opened by processes beside this one."""

import asyncio
import contextlib
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from typing import Any

import msgspec

from lamplighter.domain.decoding import message_pack_decoder
from lamplighter.serving.accepting import ARROW
from lamplighter.serving.lane import LONG, Lane
from lamplighter.serving.problems import Refusal
from lamplighter.serving.tables import Columns
from lamplighter.serving.turns import Turns

log = logging.getLogger(__name__)

PARQUET = b"application/vnd.apache.parquet"
#: The byte by which the reader knows a form.
FORMS: Mapping[bytes, bytes] = {PARQUET: b"p", ARROW: b"a"}
#: Readers at one time. Each has 1 GiB of memory at most, and only while there are tables for it.
MOST_READERS = 3
#: Tables, and bytes of them, that wait for a reader.
_MOST_WAITING, _MOST_BYTES = 512, 128 * 1024 * 1024
#: Seconds that opening one table may take.
_PATIENCE = 10.0
#: A reader whose answer was longer would keep its memory, so it ends.
_LARGE = 4 * 1024 * 1024
_TOO_MUCH = Refusal("too-large", "Opening this table takes too much memory or time. Send fewer rows.")
_FULL = Refusal("queue-full", "Send fewer tables at a time, or try again in a moment.")


class Table(msgspec.Struct):
    """A table as its reader found it."""

    columns: Columns
    #: Columns of a kind that no contract knows, with its name, such as `timestamp`. There are no columns then.
    strange: dict[str, str]


class _Read(msgspec.Struct):
    #: Each still as its reader wrote it: to make values of all at once would hold everybody up.
    columns: dict[str, msgspec.Raw]
    strange: dict[str, str]
    slug: str
    detail: str


_decoder = message_pack_decoder(_Read)
_values = message_pack_decoder(list[Any])


class TableFiles:
    """Starts a reader when a table finds none free, and another when a table has brought one down."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._turns = Turns(MOST_READERS, _MOST_WAITING, _MOST_BYTES)
        self._free: list[_Reader] = []
        self._readers: set[_Reader] = set()

    async def open(self, media: bytes, body: bytes, caller: str) -> Table | Refusal:
        """A table of this caller whose media type is one of `FORMS`."""
        if not self._turns.has_room(caller, len(body)):
            return _FULL
        async with self._turns.taken(caller, len(body)):
            answer = await self._read(FORMS[media] + body)
        if answer is None:
            return _TOO_MUCH
        return _table(answer) if len(answer) <= LONG else await self._lane.run(caller, lambda: _table(answer))

    async def _read(self, request: bytes) -> bytes | None:
        """What a reader says; nothing if the request has brought it down."""
        reader, is_good = self._free.pop() if self._free else _Reader(), False
        self._readers.add(reader)
        try:
            async with asyncio.timeout(_PATIENCE):
                answer = await reader.ask(request)
            is_good = len(answer) <= _LARGE
        except (TimeoutError, OSError, EOFError) as error:
            log.warning("a table was not opened, %s", type(error).__name__)
            return None
        else:
            return answer
        finally:
            if is_good:
                self._free.append(reader)
            else:
                self._readers.discard(reader)
                await reader.close()

    async def close(self) -> None:
        """End the readers."""
        for reader in self._readers:
            await reader.close()


def _table(answer: bytes) -> Table | Refusal:
    read = _decoder.decode(answer)
    if read.slug:
        return Refusal(read.slug, read.detail)
    return Table({name: _values.decode(values) for name, values in read.columns.items()}, read.strange)


class _Reader:
    """One process that opens one table at a time."""

    def __init__(self) -> None:
        self._process: Process | None = None

    async def ask(self, request: bytes) -> bytes:
        """Its answer; raises `OSError` or `EOFError` if it ends meanwhile."""
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await _started()
        if process.stdin is None or process.stdout is None:
            raise EOFError
        process.stdin.write(len(request).to_bytes(4, "little") + request)
        await process.stdin.drain()
        return await process.stdout.readexactly(int.from_bytes(await process.stdout.readexactly(4), "little"))

    async def close(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _started() -> Process:
    command = (sys.executable, "-I", "-m", "lamplighter.serving.table_reader")
    return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={})
