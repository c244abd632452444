"""What the door keeps from the versions and the versions from the caller, with runtimes handed in."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.serving.groundwork import MODEL, NEVER, contract, inference
from tests.serving.test_recorder import largest_file, names

from lamplighter.domain.route import Arm, Credential, Credentials, ModelRoute, Served
from lamplighter.domain.version import Manifest
from lamplighter.serving.application import Application
from lamplighter.serving.bodies import Bodies
from lamplighter.serving.callers import Callers
from lamplighter.serving.clock import Clock
from lamplighter.serving.codecs.base import Question
from lamplighter.serving.lane import Lane
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.meters import Meters
from lamplighter.serving.pairing import Pairs
from lamplighter.serving.predictions import Predictions
from lamplighter.serving.recorder import Recorder
from lamplighter.serving.router import Adopted, Router
from lamplighter.serving.runtimes.base import Failed
from lamplighter.serving.segments import Segments
from lamplighter.serving.shadows import MOST_WAITING, Shadows
from lamplighter.serving.versions import Loaded

#: SHA-256 of `token`.
DIGEST = "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0"
SERVED = Served(number=1, digest="0" * 64)

Score = Callable[[int], Awaitable[list[float]]]


class Scripted:
    """A runtime that does what the test says."""

    def __init__(self, score: Score) -> None:
        self._score = score
        self.closed = False

    async def score(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        return await self._score(rows)

    async def close(self) -> None:
        self.closed = True


def version(score: Score, number: int = 1) -> Loaded:
    manifest = Manifest(model=MODEL, runtime="scripted", contract=contract(), artifacts=())
    return Loaded(Served(number=number, digest=f"{number:064d}"), manifest, Scripted(score))


class State:
    """A process that is ready and counts nothing."""

    ready = True

    def metrics(self, accept: bytes) -> Answer:
        return Answer(200, b"")


class Room:
    """An application on a log in a folder."""

    def __init__(self, folder: Path, champion: Loaded, shadow: Loaded | None = None, in_flight: int = 4) -> None:
        router, callers = Router(), Callers(Clock())
        callers.adopt(Credentials(tokens=(Credential(token_digest=DIGEST, holder="test", expires_at=NEVER),)))
        route = ModelRoute(model=MODEL, champion=champion.served, shadow=shadow.served if shadow else None)
        router.models[MODEL] = Adopted(route=route, champion=champion, shadow=shadow)
        self.meters = Meters()
        self.recorder = Recorder(Segments(folder, 0, 1), asyncio.get_running_loop())
        self.shadows = Shadows(self.meters, Pairs(), self.recorder)
        self.lane = Lane()
        self.predictions = Predictions(router, self.recorder, self.meters, self.shadows, self.lane)
        self.application = Application(
            callers, router, self.predictions, self.meters, State(), Bodies(1 << 20, self.lane), in_flight
        )

    async def ask(self, name: str = "r1") -> tuple[int, Any]:
        headers = {b"authorization": b"Bearer token", b"content-type": b"application/json", b"lamp-request-id": name.encode()}
        path = f"/m/{MODEL}/v2/models/{MODEL}/infer"
        answer = await self.application.answer(Request(b"POST", path, headers, json.dumps(inference()).encode()))
        return answer.status, answer

    async def close(self) -> None:
        await self.shadows.close(5.0)
        await asyncio.to_thread(self.recorder.close)


async def fine(rows: int) -> list[float]:
    return [1.0] * rows


def raising(error: Exception) -> Score:
    async def score(rows: int) -> list[float]:
        raise error

    return score


def answering(scores: Any) -> Score:
    async def score(rows: int) -> list[float]:
        return scores  # type: ignore[no-any-return]

    return score


@pytest.mark.parametrize(
    ("score", "status", "failure"),
    [
        (raising(Failed("model-failed", "It said no.")), 502, "model-failed: It said no."),
        (raising(Failed("model-crashed", "It died.")), 502, "model-crashed: It died."),
        (raising(Failed("deadline-exceeded", "It took too long.")), 504, "deadline-exceeded: It took too long."),
        (raising(ZeroDivisionError("secret")), 502, "model-failed: The runtime raised ZeroDivisionError."),
        (answering([float("nan")]), 502, "model-output-invalid: The answer is not one finite number for each row."),
        (answering([1.0, 2.0]), 502, "model-output-invalid: The answer is not one finite number for each row."),
        (answering(None), 502, "model-failed: The runtime raised TypeError."),
    ],
)
def test_failures_of_a_version_are_answered_recorded_and_counted(
    tmp_path: Path, score: Score, status: int, failure: str
) -> None:
    async def run() -> None:
        room = Room(tmp_path, version(score))
        got, answer = await room.ask()
        assert got == status
        assert b"secret" not in answer.body
        assert b"Lamp-Version: late-flights@1\r\n" in answer.lines
        meter = room.meters.arms()[0]
        assert (meter.requests, meter.failures, meter.rows) == (1, 1, 0)
        await room.close()

    asyncio.run(run())
    content = next(tmp_path.glob("*.seg")).read_bytes()
    assert failure.encode() in content


def test_more_requests_than_there_is_room_for_are_refused_at_once(tmp_path: Path) -> None:
    async def run() -> None:
        gate = asyncio.Event()

        async def wait(rows: int) -> list[float]:
            await gate.wait()
            return [1.0] * rows

        room = Room(tmp_path, version(wait), in_flight=4)
        waiting = [asyncio.create_task(room.ask(f"r{number}")) for number in range(4)]
        await asyncio.sleep(0)
        status, answer = await room.ask("too-many")
        assert status == 503
        assert b"Retry-After: 1\r\n" in answer.lines
        gate.set()
        assert [status for status, _ in await asyncio.gather(*waiting)] == [200] * 4
        assert (await room.ask("again"))[0] == 200
        await room.close()

    asyncio.run(run())
    assert names(tmp_path) == ["r0", "r1", "r2", "r3", "again"]


def test_nothing_is_answered_that_could_not_be_recorded(tmp_path: Path) -> None:
    async def run() -> None:
        room = Room(tmp_path, version(fine))
        with largest_file(10):
            status, answer = await room.ask("lost")
        assert (status, b"Retry-After" in answer.lines, b"outputs" in answer.body) == (503, True, False)
        assert (await room.ask("kept"))[0] == 200
        await room.close()

    asyncio.run(run())
    assert names(tmp_path) == ["kept"]


def test_a_slow_shadow_delays_nobody_and_leaves_out_what_it_cannot_do(tmp_path: Path) -> None:
    async def run() -> None:
        gate = asyncio.Event()

        async def slow(rows: int) -> list[float]:
            await gate.wait()
            return [2.0] * rows

        room = Room(tmp_path, version(fine), version(slow, 2))
        total = MOST_WAITING + 20
        for number in range(total):
            status, _ = await asyncio.wait_for(room.ask(f"r{number}"), 5)
            assert status == 200
        gate.set()
        await room.close()
        meters = {meter.arm: meter for meter in room.meters.arms()}
        assert meters[Arm.CHAMPION].requests == total
        assert meters[Arm.SHADOW].requests + meters[Arm.SHADOW].dropped == total
        assert 19 <= meters[Arm.SHADOW].dropped <= 20

    asyncio.run(run())


def test_a_defect_of_ours_is_a_500_without_a_word_about_the_request(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(State):
        @property
        def ready(self) -> bool:  # type: ignore[override]
            raise RuntimeError("secret")

    async def run() -> Answer:
        room = Room(tmp_path, version(fine))
        application = Application(Callers(Clock()), Router(), room.predictions, Meters(), Broken(), Bodies(1, Lane()), 4)
        answer = await application.answer(Request(b"GET", "/readyz", {}))
        await room.close()
        return answer

    answer = asyncio.run(run())
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert "secret" not in caplog.text
    assert "internal error RuntimeError at test_application.py" in caplog.text


def test_a_retired_version_closes_when_its_last_score_is_out() -> None:
    async def run() -> None:
        gate = asyncio.Event()

        async def wait(rows: int) -> list[float]:
            await gate.wait()
            return [1.0] * rows

        runtime = Scripted(wait)
        manifest = Manifest(model=MODEL, runtime="scripted", contract=contract(), artifacts=())
        loaded = Loaded(SERVED, manifest, runtime)
        question = Question({"dep_delay": [1.0], "distance": [1], "carrier": [None]}, 1)
        attempts = [asyncio.create_task(loaded.attempt(Arm.CHAMPION, question)) for _ in range(2)]
        await asyncio.sleep(0)
        loaded.retire()
        await asyncio.sleep(0)
        assert not runtime.closed
        gate.set()
        assert [attempt.scores for attempt in await asyncio.gather(*attempts)] == [[1.0], [1.0]]
        await loaded.closed()
        assert runtime.closed

    asyncio.run(run())
