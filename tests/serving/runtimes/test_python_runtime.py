"""The Python runtime: batches, deadlines, crashes, answers that are none, and versions that do not load."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.serving.runtimes.conftest import AUTHOR

from lamplighter.domain.version import Badge, Lock
from lamplighter.serving.runtimes.base import Failed, Unloadable
from lamplighter.serving.runtimes.python import Python, load
from lamplighter.serving.worker.queue import Limits

#: Answers twice the value; some values do harm, and one asks for the rows of the call.
MODEL = b"""
import os, time
import numpy as np

def predict(table):
    values = table["x"].to_numpy()
    if (values == -1).any():
        raise RuntimeError("a secret value of the row")
    if (values == -2).any():
        os._exit(3)
    if (values == -3).any():
        while True:
            pass
    if (values == -5).any():
        return np.zeros(len(values) + 1)
    if (values == -6).any():
        return "text"
    if (values == -7).any():
        time.sleep(0.3)
    if (values == -8).any():
        np.ones(1 << 31)
    if (values == -10).any():
        return np.full(len(values), float(len(values)))
    doubled = values * 2
    doubled[values == -4] = np.nan
    return doubled + 0.001 * (len(values) == 1) if (values == -9).any() else doubled

predict.__lamplighter_predictor__ = ()
"""
DEADLINE = 2.0


def ask(root: Path, store: Any, work: Callable[[Python], Awaitable[None]], deadline: float = DEADLINE) -> None:
    manifest = store({"model": ("python-source", Badge.CODE, MODEL)}, "python")

    async def main() -> None:
        runtime = await load(manifest, root, AUTHOR, Limits(deadline=deadline))
        try:
            await work(runtime)
        finally:
            await runtime.close()

    asyncio.run(main())


async def failure(runtime: Python, *values: float) -> Failed:
    with pytest.raises(Failed) as caught:
        await runtime.score({"x": list(values)}, len(values))
    return caught.value


def test_faults_of_the_model_are_told_by_code_and_the_process_stays(tmp_path: Path, store: Any) -> None:
    async def work(runtime: Python) -> None:
        first = runtime.pid
        raised = await failure(runtime, -1)
        assert (raised.code, raised.why) == ("model-failed", "The model raised RuntimeError.")
        assert [(await failure(runtime, value)).code for value in (-4, -5, -6)] == ["model-output-invalid"] * 3
        assert await runtime.score({"x": [1.5, 2.0]}, 2) == [3.0, 4.0]
        assert await runtime.score({"x": []}, 0) == []
        assert runtime.pid == first

    ask(tmp_path, store, work)


def test_one_bad_request_does_not_spoil_those_it_is_joined_with(tmp_path: Path, store: Any) -> None:
    async def work(runtime: Python) -> None:
        slow = asyncio.create_task(runtime.score({"x": [-7]}, 1))
        await asyncio.sleep(0.05)
        joined = [runtime.score({"x": [float(value)]}, 1) for value in (1, -1, 2, -4, 3)]
        answers = await asyncio.gather(*joined, return_exceptions=True)
        assert await slow == [-14.0]
        assert [getattr(answer, "code", answer) for answer in answers] == [
            [2.0],
            "model-failed",
            [4.0],
            "model-output-invalid",
            [6.0],
        ]

    ask(tmp_path, store, work)


def test_waiting_requests_are_one_call(tmp_path: Path, store: Any) -> None:
    async def work(runtime: Python) -> None:
        slow = asyncio.create_task(runtime.score({"x": [-7]}, 1))
        await asyncio.sleep(0.05)
        answers = await asyncio.gather(*(runtime.score({"x": [-10, float(value)]}, 2) for value in range(5)))
        # Each was scored in a call of all ten rows.
        assert answers == [[10.0, 10.0]] * 5
        assert await slow == [-14.0]

    ask(tmp_path, store, work)


def test_a_crash_is_the_fault_of_one_request(tmp_path: Path, store: Any) -> None:
    async def work(runtime: Python) -> None:
        first = runtime.pid
        slow = asyncio.create_task(runtime.score({"x": [-7]}, 1))
        await asyncio.sleep(0.05)
        answers = await asyncio.gather(
            *(runtime.score({"x": [float(value)]}, 1) for value in (1, -2, 2)), return_exceptions=True
        )
        assert await slow == [-14.0]
        assert [getattr(answer, "code", answer) for answer in answers] == [[2.0], "model-crashed", [4.0]]
        second = runtime.pid
        assert second not in (first, None)
        again = await failure(runtime, -2.0)
        assert "not run again" in again.why
        assert runtime.pid == second

    ask(tmp_path, store, work, deadline=20.0)


def test_a_worker_killed_from_outside_costs_no_answer(tmp_path: Path, store: Any) -> None:
    async def work(runtime: Python) -> None:
        assert runtime.pid is not None
        os.kill(runtime.pid, signal.SIGKILL)
        assert await runtime.score({"x": [4.0]}, 1) == [8.0]

    ask(tmp_path, store, work, deadline=20.0)


def test_kills_from_outside_cost_no_answer_and_put_nothing_in_quarantine(tmp_path: Path, store: Any) -> None:
    async def work(runtime: Python) -> None:
        for turn in range(4):
            asked = [asyncio.create_task(runtime.score({"x": [-7, float(turn)]}, 2)) for _ in range(3)]
            await asyncio.sleep(0.1)
            assert runtime.pid is not None
            os.kill(runtime.pid, signal.SIGKILL)
            assert await asyncio.gather(*asked) == [[-14.0, 2.0 * turn]] * 3
        assert runtime.quarantine == ""
        assert runtime.deaths == {"outside": 4}

    ask(tmp_path, store, work, deadline=20.0)


def test_three_deaths_of_its_own_put_a_version_in_quarantine(tmp_path: Path, store: Any) -> None:
    async def work(runtime: Python) -> None:
        for extra in (0.0, 0.0, 1.0):
            assert (await failure(runtime, -2, extra)).code == "model-crashed"
        assert runtime.quarantine == ""
        assert await runtime.score({"x": [4.0]}, 1) == [8.0]
        assert (await failure(runtime, -2, 2.0)).code == "model-crashed"
        assert runtime.deaths == {"exit": 3}
        refused = await failure(runtime, 4.0)
        assert (refused.code, refused.why) == ("model-crashed", f"The version is in quarantine. {runtime.quarantine}")
        assert runtime.quarantine == "It ended its process 3 times within 60 seconds, the last time by exit."

    ask(tmp_path, store, work, deadline=20.0)


def test_a_full_queue_refuses_at_once_and_has_room_again(tmp_path: Path, store: Any) -> None:
    manifest = store({"model": ("python-source", Badge.CODE, MODEL)}, "python")

    async def main() -> None:
        runtime = await load(manifest, tmp_path, AUTHOR, Limits(requests=2, rows=10))
        try:
            running = asyncio.create_task(runtime.score({"x": [-7]}, 1))
            await asyncio.sleep(0.05)
            waiting = [asyncio.create_task(runtime.score({"x": [1.0] * rows}, rows)) for rows in (1, 9)]
            await asyncio.sleep(0)
            assert (await failure(runtime, 2.0)).code == "queue-full"
            waiting[1].cancel()
            await asyncio.sleep(0)
            assert (await failure(runtime, *[2.0] * 10)).code == "queue-full"
            assert await runtime.score({"x": [3.0]}, 1) == [6.0]
            assert await running == [-14.0]
            assert await waiting[0] == [2.0]
        finally:
            await runtime.close()

    asyncio.run(main())


def test_memory_beyond_the_limit_is_a_crash_not_ours(tmp_path: Path, store: Any) -> None:
    async def work(runtime: Python) -> None:
        assert (await failure(runtime, -8)).code == "model-crashed"
        assert await runtime.score({"x": [4.0]}, 1) == [8.0]

    ask(tmp_path, store, work, deadline=20.0)


def test_the_deadline_ends_an_endless_call_and_the_next_is_answered(tmp_path: Path, store: Any) -> None:
    async def work(runtime: Python) -> None:
        first = runtime.pid
        assert (await failure(runtime, -3)).code == "deadline-exceeded"
        for _ in range(100):
            if runtime.pid not in (first, None):
                break
            with contextlib.suppress(Failed):
                await runtime.score({"x": [1.0]}, 1)
        assert await runtime.score({"x": [1.0]}, 1) == [2.0]
        assert runtime.pid != first

    ask(tmp_path, store, work)


def test_a_caller_that_hangs_up_stops_nothing(tmp_path: Path, store: Any) -> None:
    async def work(runtime: Python) -> None:
        running = asyncio.create_task(runtime.score({"x": [-7]}, 1))
        await asyncio.sleep(0.05)
        waiting = asyncio.create_task(runtime.score({"x": [5.0]}, 1))
        await asyncio.sleep(0)
        running.cancel()
        waiting.cancel()
        assert await runtime.score({"x": [6.0]}, 1) == [12.0]
        assert running.cancelled()
        assert waiting.cancelled()

    ask(tmp_path, store, work)


def test_close_refuses_what_waits_and_may_be_repeated(tmp_path: Path, store: Any) -> None:
    async def work(runtime: Python) -> None:
        pid = runtime.pid
        assert pid is not None
        running = asyncio.create_task(runtime.score({"x": [-3]}, 1))
        await asyncio.sleep(0.05)
        waiting = asyncio.create_task(runtime.score({"x": [1.0]}, 1))
        await asyncio.sleep(0.05)
        await runtime.close()
        await runtime.close()
        for task in (running, waiting):
            with pytest.raises(Failed):
                await task
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    ask(tmp_path, store, work, deadline=20.0)


def unloadable(root: Path, manifest: Any) -> str:
    with pytest.raises(Unloadable) as caught:
        asyncio.run(load(manifest, root, AUTHOR))
    return str(caught.value)


def test_another_environment_is_refused_with_what_differs(tmp_path: Path, store: Any) -> None:
    parts = {"model": ("python-source", Badge.CODE, MODEL)}
    lock = Lock(python="3.1", packages={"numpy": "0.0.1", "no-such-package": "1.0"})
    why = unloadable(tmp_path, store(parts, "python", lock))
    assert "it needs Python 3.1" in why
    assert "it needs numpy 0.0.1" in why
    assert "no-such-package 1.0 is not installed" in why
    assert "numpy==0.0.1" in why


def test_bytes_that_differ_from_their_digest_are_not_opened(tmp_path: Path, store: Any) -> None:
    manifest = store({"model": ("python-source", Badge.CODE, MODEL)}, "python")
    digest = manifest.artifact("model").digest
    path = tmp_path / digest[:2] / digest
    path.write_bytes(MODEL.replace(b"* 2", b"* 3"))
    assert "differ from their digest" in unloadable(tmp_path, manifest)
    path.unlink()
    assert "cannot be read" in unloadable(tmp_path, manifest)
    target = tmp_path / "elsewhere"
    target.write_bytes(MODEL)
    path.symlink_to(target)
    assert "cannot be read" in unloadable(tmp_path, manifest)


@pytest.mark.parametrize(
    ("form", "badge", "content", "reason"),
    [
        ("python-source", Badge.DATA, MODEL, "is not served"),
        ("joblib", Badge.DATA, b"", "is not served"),
        ("joblib", Badge.CODE, b"", "The worker refused the model: EOFError"),
        ("python-source", Badge.CODE, b"import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("python-source", Badge.CODE, b"x = 1", "not exactly one predictor"),
        ("onnx", Badge.DATA, b"no graph", "The worker refused the model"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_the_reason(
    tmp_path: Path, store: Any, form: str, badge: Badge, content: bytes, reason: str
) -> None:
    assert reason in unloadable(tmp_path, store({"model": (form, badge, content)}, "python"))


def test_a_skops_file_with_a_type_outside_our_list_is_refused(tmp_path: Path, store: Any) -> None:
    skops = pytest.importorskip("skops.io")
    from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
    from sklearn.preprocessing import FunctionTransformer  # type: ignore[import-untyped]

    content = skops.dumps(make_pipeline(FunctionTransformer(os.system)))
    assert "Untrusted" in unloadable(tmp_path, store({"model": ("skops", Badge.AUDITED, content)}, "python"))


def test_the_sample_warms_the_model_up_and_a_model_that_fails_on_it_is_refused(tmp_path: Path, store: Any) -> None:
    parts = {"model": ("python-source", Badge.CODE, MODEL), "sample": ("json", Badge.DATA, b'{"x": [-1, 1]}')}
    why = unloadable(tmp_path, store(parts, "python"))
    assert "does not score a row of its own sample (RuntimeError)" in why
    assert "secret" not in why
