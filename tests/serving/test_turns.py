"""How a few places are given to many callers."""

import asyncio
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lamplighter.serving.turns import Turns

NAMES = st.sampled_from("abcd")


class Scene:
    """Callers that come in this order; each keeps its place until told."""

    def __init__(self, places: int) -> None:
        self.turns = Turns(places, 100, 1_000)
        self.busy: Counter[str] = Counter()
        self.served: list[int] = []
        self.waiting: dict[int, str] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}
        self.ends: dict[int, asyncio.Event] = {}

    async def come(self, caller: str) -> None:
        number = len(self.tasks)
        self.ends[number] = asyncio.Event()
        self.waiting[number] = caller
        self.tasks[number] = asyncio.create_task(self._keep(number, caller))
        await settle()

    async def _keep(self, number: int, caller: str) -> None:
        async with self.turns.taken(caller, 1):
            del self.waiting[number]
            self.served.append(number)
            self.busy[caller] += 1
            try:
                await self.ends[number].wait()
            finally:
                self.busy[caller] -= 1


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@given(st.integers(2, 4), st.lists(NAMES, min_size=1, max_size=12), st.data())
def test_nobody_has_all_places_and_everybody_gets_one(places: int, callers: list[str], data: st.DataObject) -> None:
    async def run() -> None:
        scene = Scene(places)
        for caller in callers:
            await scene.come(caller)
        while len(scene.served) + len(cancelled) < len(callers) or scene.busy.total():
            assert scene.busy.total() <= places
            assert max(scene.busy.values()) < places
            # A place stays free only where each who waits has one already.
            free = places - scene.busy.total()
            assert (
                free == 0 or (free == 1 and all(scene.busy[caller] for caller in scene.waiting.values())) or not scene.waiting
            )
            going = [number for number, task in scene.tasks.items() if not task.done()]
            number = data.draw(st.sampled_from(going))
            if number in scene.waiting:
                cancelled.append(number)
                scene.tasks[number].cancel()
                scene.waiting.pop(number)
            elif data.draw(st.booleans()):
                scene.tasks[number].cancel()
            else:
                scene.ends[number].set()
            await settle()
        assert scene.turns._callers == {}
        assert scene.turns._free == places

    cancelled: list[int] = []
    asyncio.run(run())


def test_who_has_fewest_is_next_and_of_these_who_came_first() -> None:
    async def run() -> list[int]:
        scene = Scene(3)
        for caller in ("a", "a", "b", "a", "b", "c", "d"):
            await scene.come(caller)
        assert scene.served == [0, 1, 2]
        for number in (0, 1, 2, 5):
            scene.ends[number].set()
            await settle()
        return scene.served

    assert asyncio.run(run()) == [0, 1, 2, 5, 3, 4, 6]


def test_what_waits_is_bounded_and_half_of_it_is_left_to_others() -> None:
    async def run() -> None:
        scene = Scene(1)
        scene.turns = Turns(1, 4, 10)
        for _ in range(3):
            await scene.come("a")
        assert (scene.turns.has_room("a", 1), scene.turns.has_room("b", 1)) == (False, True)
        assert (scene.turns.has_room("b", 5), scene.turns.has_room("b", 6)) == (True, False)
        for _ in range(2):
            await scene.come("b")
        assert not scene.turns.has_room("c", 1)
        scene.tasks[4].cancel()
        await settle()
        assert scene.turns.has_room("c", 5)
        for task in scene.tasks.values():
            task.cancel()

    asyncio.run(run())
