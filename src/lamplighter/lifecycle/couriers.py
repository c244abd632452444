"""Couriers: a thread for each channel that has something to deliver, and a rest for a channel whose receiver takes nothing."""

import logging
import threading
from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor

from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.outbox import WAITS, deliver_through

_log = logging.getLogger("lamplighter.outbox")
#: Channels that are served at once.
_AT_ONCE = 8


class Couriers:
    """One thread for each channel that has something to deliver, so that the loop of the control plane never waits for one."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._threads: ThreadPoolExecutor | None = None
        self._ending = threading.Event()
        self._busy: dict[str, Future[bool]] = {}
        #: Rounds in which a channel failed, one after the other, and when it is tried again.
        self._failed: defaultdict[str, int] = defaultdict(int)
        self._rests: dict[str, float] = {}

    def look(self) -> None:
        """Send somebody with what is due, except where somebody is under way or the channel rests."""
        for name in [name for name, future in self._busy.items() if future.done()]:
            self._back(name, self._busy.pop(name))
        with self._kit.store.reading() as look:
            channels = look.notices.waiting(self._kit.clock.now())
        now = self._kit.clock.elapsed()
        for name in channels:
            if name not in self._busy and self._rests.get(name, 0.0) <= now:
                self._threads = self._threads or ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="courier")
                self._busy[name] = self._threads.submit(deliver_through, self._kit, name, self._ending)

    def _back(self, name: str, future: Future[bool]) -> None:
        error = future.exception()
        if error is not None:
            _log.error("messages through a channel could not be delivered; it is tried again", exc_info=error)
        if error is None and future.result():
            self._failed.pop(name, None)
            self._rests.pop(name, None)
            return
        wait = WAITS[min(self._failed[name], len(WAITS) - 1)]
        self._failed[name] += 1
        self._rests[name] = self._kit.clock.elapsed() + wait

    def close(self) -> None:
        """Wait for those who are under way: at most the time that one message takes for each."""
        self._ending.set()
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)
            self._threads = None
        self._busy.clear()
