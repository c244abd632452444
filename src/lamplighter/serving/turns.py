"""A few places for which many callers wait, none of whom can keep the others out."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import msgspec


class _Waiting(msgspec.Struct):
    #: Its place among all that ever waited.
    number: int
    size: int
    told: "asyncio.Future[None]"


class _Caller(msgspec.Struct):
    #: Places it has.
    busy: int = 0
    waiting: deque[_Waiting] = msgspec.field(default_factory=deque)
    #: Bytes that wait.
    size: int = 0


class Turns:
    """Whoever has the fewest places is next, and of these whoever has waited longest. The last free place goes to nobody who
    has one already."""

    def __init__(self, places: int, most: int, most_bytes: int) -> None:
        """At most so many requests and bytes may wait; one caller may have half of each."""
        self._free = places
        self._most, self._most_bytes = most, most_bytes
        self._callers: dict[str, _Caller] = {}
        self._numbers = count()

    def has_room(self, caller: str, size: int) -> bool:
        """Whether a request of so many bytes may wait."""
        own = self._callers.get(caller, _Caller())
        waiting = sum(len(one.waiting) for one in self._callers.values())
        held = sum(one.size for one in self._callers.values())
        return (
            len(own.waiting) < self._most // 2
            and waiting < self._most
            and own.size + size <= self._most_bytes // 2
            and held + size <= self._most_bytes
        )

    @asynccontextmanager
    async def taken(self, caller: str, size: int) -> AsyncIterator[None]:
        """Wait for a place and have it for as long as the context lasts."""
        own = self._callers.setdefault(caller, _Caller())
        one = _Waiting(next(self._numbers), size, asyncio.get_running_loop().create_future())
        own.waiting.append(one)
        own.size += size
        self._give()
        try:
            await one.told
            yield
        finally:
            if one in own.waiting:
                own.waiting.remove(one)
                own.size -= size
            else:
                own.busy -= 1
                self._free += 1
            if not own.busy and not own.waiting:
                self._callers.pop(caller, None)
            self._give()

    def _give(self) -> None:
        """Give the places that are free to whoever is next."""
        while self._free and (own := self._next()) is not None:
            one = own.waiting.popleft()
            own.size -= one.size
            own.busy += 1
            self._free -= 1
            if not one.told.done():
                one.told.set_result(None)

    def _next(self) -> _Caller | None:
        may = [one for one in self._callers.values() if one.waiting and (self._free > 1 or not one.busy)]
        return min(may, key=lambda one: (one.busy, one.waiting[0].number), default=None)
