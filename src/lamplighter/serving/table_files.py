"""Bodies that are tables: Parquet files and Arrow streams, opened by a process beside this one."""

import asyncio
import contextlib
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping

import msgspec

from lamplighter.serving.accepting import ARROW
from lamplighter.serving.problems import Refusal
from lamplighter.serving.tables import Columns

log = logging.getLogger(__name__)

PARQUET = b"application/vnd.apache.parquet"
#: The byte by which the reader knows a form.
FORMS: Mapping[bytes, bytes] = {PARQUET: b"p", ARROW: b"a"}
#: Seconds that opening one table may take.
_PATIENCE = 10.0
_TOO_MUCH = Refusal("too-large", "Opening this table takes too much memory or time. Send fewer rows.")


class Table(msgspec.Struct):
    """A table as its reader found it."""

    columns: Columns
    #: Columns of a kind that no contract knows, with its name, such as `timestamp`. There are no columns then.
    strange: dict[str, str]


class _Read(Table):
    slug: str
    detail: str


_decoder = msgspec.msgpack.Decoder(_Read)


class TableFiles:
    """Starts the reader when the first table comes, and again when a table has brought it down."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def open(self, media: bytes, body: bytes) -> Table | Refusal:
        """A table whose media type is one of `FORMS`."""
        async with self._turn:
            try:
                async with asyncio.timeout(_PATIENCE):
                    answer = await self._ask(FORMS[media] + body)
            except (TimeoutError, OSError, EOFError) as error:
                log.warning("a table was not opened, %s", type(error).__name__)
                await self.close()
                return _TOO_MUCH
            except BaseException:
                await self.close()
                raise
        read = _decoder.decode(answer)
        return Refusal(read.slug, read.detail) if read.slug else read

    async def _ask(self, request: bytes) -> bytes:
        process = self._process = self._process or await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-m", "lamplighter.serving.table_reader", stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}
        )
        if process.stdin is None or process.stdout is None:
            raise EOFError
        process.stdin.write(len(request).to_bytes(4, "little") + request)
        await process.stdin.drain()
        return await process.stdout.readexactly(int.from_bytes(await process.stdout.readexactly(4), "little"))

    async def close(self) -> None:
        """End the reader."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
