"""The prediction log: one thread writes what has queued while it was busy, forces it to the disk once, then acknowledges."""

import asyncio
import logging
import os
import queue
import threading
import time

from lamplighter.domain.durability import Durability
from lamplighter.serving.segments import NoRoom, Segments

log = logging.getLogger(__name__)

#: Exit status of a process whose disk gave an error: nothing was acknowledged that is not on it.
DISK_FAILED = 74

#: The line that says how a prediction was kept.
DURABLE = b"Lamp-Durability: durable\r\n"
#: Seconds for which records that nobody waits for are gathered, and after which one that is not on the disk stops all others.
_GATHER, _BOUND = 0.05, 0.25
_BUFFERED = b"Lamp-Durability: buffered; at-most-ms=%d\r\n" % round(_BOUND * 1000)
#: Seconds between two tries to write what was answered and found no room.
_AGAIN = 0.5

_Entry = tuple[bytes, "asyncio.Future[bool] | None"]


class Recorder:
    """Group commit. A waiting request learns whether its frames are on the disk; what was answered before is written all the
    same, however long that takes, and holds up everybody once it takes longer than was promised."""

    def __init__(self, segments: Segments, loop: asyncio.AbstractEventLoop) -> None:
        self._segments = segments
        self._loop = loop
        self._queue: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        #: Set while somebody waits, so that gathering ends.
        self._hurry = threading.Event()
        #: Frames that were answered and are not on the disk.
        self._owed = b""
        #: Since when the oldest of what is queued and of what is being written waits; 0 for nothing. Monotonic seconds.
        self._queued_since, self._writing_since = 0.0, 0.0
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def submit(self, frames: bytes) -> "asyncio.Future[bool]":
        """True once the frames are on the disk; False if there was no room and nothing of them is kept."""
        waiter: asyncio.Future[bool] = self._loop.create_future()
        self._queue.put((frames, waiter))
        self._hurry.set()
        return waiter

    def keep(self, frames: bytes, durability: Durability) -> "bytes | asyncio.Future[bool]":
        """Keep frames of answers as was declared: the header line where they may be given at once, else what `submit` gives."""
        if durability is Durability.DURABLE or self._is_late():
            return self.submit(frames)
        self.leave(frames)
        return _BUFFERED

    def _is_late(self) -> bool:
        oldest = self._writing_since or self._queued_since
        return oldest > 0.0 and time.monotonic() - oldest > _BOUND

    def leave(self, frames: bytes) -> None:
        """Write frames that nobody waits for."""
        # In this order: set too late it would be counted too long, which is safe, and set too early not at all.
        self._queue.put((frames, None))
        if not self._queued_since:
            self._queued_since = time.monotonic()

    def close(self) -> None:
        """Write what is queued and stop; blocks."""
        self._queue.put(None)
        self._hurry.set()
        self._thread.join()
        self._segments.close()

    def _run(self) -> None:
        going = True
        while going:
            entries, going = self._group()
            waiters = [waiter for _, waiter in entries if waiter is not None]
            written = self._write(entries)
            if waiters:
                self._loop.call_soon_threadsafe(_resolve, waiters, written)

    def _group(self) -> tuple[list[_Entry], bool]:
        """Wait for one entry and take everything that is queued behind it, up to the mark of the end."""
        entries: list[_Entry] = []
        try:
            entry = self._queue.get(timeout=_AGAIN if self._owed else None)
            if entry is not None and entry[1] is None:
                self._hurry.wait(_GATHER)
            self._hurry.clear()
            self._writing_since, self._queued_since = self._writing_since or self._queued_since, 0.0
            while entry is not None:
                entries.append(entry)
                entry = self._queue.get_nowait()
        except queue.Empty:
            return entries, True
        return entries, False

    def _write(self, entries: list[_Entry]) -> bool:
        """Whether everything is on the disk. Without room, only what was answered already is kept for the next try."""
        frames = self._owed + b"".join([frames for frames, _ in entries])
        if frames and not self._commit(frames):
            self._owed += b"".join([frames for frames, waiter in entries if waiter is None])
            return False
        self._owed, self._writing_since = b"", 0.0
        return True

    def _commit(self, group: bytes) -> bool:
        try:
            self._segments.append(group)
        except NoRoom as refused:
            log.error("the prediction log cannot be written (%s), %d bytes refused", refused, len(group))
            return False
        except OSError as error:
            # A retry could report success for bytes that are lost, so the process ends without acknowledging.
            log.critical("the disk of the prediction log failed, errno %s", error.errno)
            os._exit(DISK_FAILED)
        return True


def _resolve(waiters: "list[asyncio.Future[bool]]", written: bool) -> None:
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(written)
