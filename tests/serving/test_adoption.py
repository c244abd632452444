"""What answers while parts of a route are still being loaded."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.serving.groundwork import MODEL
from tests.serving.test_application import version

from lamplighter.domain.route import ModelRoute, Route, Served
from lamplighter.domain.version import Manifest
from lamplighter.serving.adoption import Adoption
from lamplighter.serving.clock import Clock
from lamplighter.serving.router import Router
from lamplighter.serving.versions import Loaded


async def fine(rows: int) -> list[float]:
    return [0.5] * rows


VERSIONS = {number: version(fine, number) for number in (1, 2, 3)}


class Ground:
    """An adoption whose versions are loaded when the test says so."""

    def __init__(self) -> None:
        self.router = Router()
        self.ready = {number: asyncio.Event() for number in VERSIONS}
        self.adoption = Adoption("prod", self.router, self._open, self._describe, lambda: None, Clock(), b"")

    async def _open(self, _: str, served: Served) -> Loaded:
        await self.ready[served.number].wait()
        return VERSIONS[served.number]

    def _describe(self, _: str, served: Served) -> Manifest:
        return VERSIONS[served.number].manifest

    def offer(self, revision: int, champion: int, previous: int) -> None:
        route = ModelRoute(model=MODEL, champion=VERSIONS[champion].served, previous=VERSIONS[previous].served)
        self.adoption.offer(Route(environment="prod", revision=revision, models=(route,)))

    async def load(self, number: int) -> None:
        self.ready[number].set()
        while VERSIONS[number].served.digest not in self.adoption.loaded:
            await asyncio.sleep(0.001)

    def state(self) -> tuple[list[int], bool, int]:
        """Numbers of the versions that are held, the one that answers first; whether all answers; the revision."""
        adopted = self.router.models.get(MODEL)
        held = [] if adopted is None else [one.served.number for one in adopted.versions()]
        return held, self.adoption.answers, self.adoption.revision


def with_ground(act: Callable[[Ground], Awaitable[None]]) -> None:
    async def run() -> None:
        await act(Ground())

    asyncio.run(run())


def test_a_process_that_begins_answers_while_its_way_back_is_being_loaded() -> None:
    async def act(ground: Ground) -> None:
        ground.offer(1, champion=2, previous=1)
        assert ground.state() == ([], False, -1)
        await ground.load(2)
        assert ground.state() == ([2], True, -1)
        await ground.load(1)
        assert ground.state() == ([2, 1], True, 1)

    with_ground(act)


def test_a_model_that_answers_moves_once_all_of_its_route_is_loaded() -> None:
    async def act(ground: Ground) -> None:
        ground.offer(1, champion=2, previous=1)
        await ground.load(1)
        await ground.load(2)
        ground.offer(2, champion=3, previous=2)
        assert ground.state() == ([2, 1], True, 1)
        await ground.load(3)
        assert ground.state() == ([3, 2], True, 2)

    with_ground(act)
