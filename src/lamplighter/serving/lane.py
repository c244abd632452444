"""Where large requests are worked on: one thread, so that the event loop answers others meanwhile. Callers take turns."""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from lamplighter.serving.turns import Turns

#: A request whose body is longer, or that has more rows, is a large one: what it takes is felt by those beside it.
LONG, MANY = 64 * 1024, 512
#: All that are in work may wait; they are counted elsewhere.
_NO_END = sys.maxsize

#: Seconds after which the interpreter is given to who waits for it, while the thread works.
_GIVES_WAY = 0.0002

Result = TypeVar("Result")


class Lane:
    """One thread: several would take the interpreter from the event loop by turns."""

    def __init__(self) -> None:
        self._turns = Turns(1, _NO_END, _NO_END)
        self._thread = ThreadPoolExecutor(1, "lane")

    async def run(self, caller: str, work: Callable[[], Result]) -> Result:
        """Do some work for a request of this caller, once those have had their turn that have waited longer."""
        async with self._turns.taken(caller, 0):
            return await asyncio.get_running_loop().run_in_executor(self._thread, _given_way, work)

    def close(self) -> None:
        """Take no more work."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _given_way(work: Callable[[], Result]) -> Result:
    before = sys.getswitchinterval()
    sys.setswitchinterval(_GIVES_WAY)
    try:
        return work()
    finally:
        sys.setswitchinterval(before)
