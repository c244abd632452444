"""The prediction log: one thread writes what has queued while it was busy, forces it to the disk once, then acknowledges."""

import asyncio
import logging
import os
import queue
import threading

from lamplighter.serving.segments import NoRoom, Segments

log = logging.getLogger(__name__)

#: Exit status of a process whose disk gave an error: nothing was acknowledged that is not on it.
DISK_FAILED = 74

_Entry = tuple[bytes, "asyncio.Future[bool] | None"]


class Recorder:
    """Group commit. A waiting request learns whether its frames are on the disk."""

    def __init__(self, segments: Segments, loop: asyncio.AbstractEventLoop) -> None:
        self._segments = segments
        self._loop = loop
        self._queue: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def submit(self, frames: bytes) -> "asyncio.Future[bool]":
        """True once the frames are on the disk; False if there was no room and nothing of them is kept."""
        waiter: asyncio.Future[bool] = self._loop.create_future()
        self._queue.put((frames, waiter))
        return waiter

    def leave(self, frames: bytes) -> None:
        """Write frames that nobody waits for."""
        self._queue.put((frames, None))

    def close(self) -> None:
        """Write what is queued and stop; blocks."""
        self._queue.put(None)
        self._thread.join()
        self._segments.close()

    def _run(self) -> None:
        going = True
        while going:
            entries, going = self._group()
            if entries:
                written = self._commit(b"".join([frames for frames, _ in entries]))
                waiters = [waiter for _, waiter in entries if waiter is not None]
                if waiters:
                    self._loop.call_soon_threadsafe(_resolve, waiters, written)

    def _group(self) -> tuple[list[_Entry], bool]:
        """Wait for one entry and take everything that is queued behind it, up to the mark of the end."""
        entries: list[_Entry] = []
        entry = self._queue.get()
        try:
            while entry is not None:
                entries.append(entry)
                entry = self._queue.get_nowait()
        except queue.Empty:
            return entries, True
        return entries, False

    def _commit(self, group: bytes) -> bool:
        try:
            self._segments.append(group)
        except NoRoom:
            log.error("no room for the prediction log, %d bytes refused", len(group))
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
