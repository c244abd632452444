"""What callers feel when the process of a model dies, hangs or eats memory; the model beside it feels nothing."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.serving.groundwork import MODEL, Caller, Ground, put, streaming, until

from lamplighter import keys
from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.domain.record import canonical
from lamplighter.domain.route import Condition, ModelRoute, Served
from lamplighter.domain.signing import FORMAT, NAME, ROLE
from lamplighter.domain.version import Artifact, Badge, Manifest

#: Answers twice the value; some values do harm.
SOURCE = b"""
import os, signal

def predict(table):
    values = table["x"].to_numpy()
    if (values == -1).any():
        os._exit(3)
    if (values == -2).any():
        bytearray(6 << 30)
    if (values == -3).any():
        while True:
            pass
    if (values == -4).any():
        os.abort()
    return values * 2

predict.__lamplighter_predictor__ = ()
"""
FRAIL = "frail"
PATH = f"/v2/models/{FRAIL}/infer"
BODY = {"inputs": [{"name": "x", "shape": [1], "datatype": "FP64", "data": [1.0]}]}


def frail(ground: Ground) -> Served:
    """A version of the model above."""
    digest = put(ground.artifacts, SOURCE)
    part = Artifact(role="model", name="model.py", digest=digest, size=len(SOURCE), format="python-source", badge=Badge.CODE)
    contract = Contract(inputs=(Column(name="x", kind=Kind.NUMBER),), output=Output(name="prediction", meaning=Meaning.NUMBER))
    manifest = Manifest(model=FRAIL, runtime="python", contract=contract, artifacts=(part,))
    keys.trust(ground.keys, keys.make(ground.keys / "signing"))
    envelope = keys.sign(manifest, ground.keys / "signing")
    vouches = Artifact(role=ROLE, name=NAME, digest=put(ground.artifacts, envelope), size=len(envelope), format=FORMAT)
    manifest = Manifest(model=FRAIL, runtime="python", contract=contract, artifacts=(part, vouches))
    return Served(number=1, digest=put(ground.artifacts, canonical(manifest)))


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """The frail model beside one that is well, in one process."""
    ground = Ground(tmp_path)
    champion = ModelRoute(model=MODEL, champion=ground.version(1))
    ground.route(champion, ModelRoute(model=FRAIL, champion=frail(ground)))
    with ground.serving():
        until(lambda: ground.adopted(1), 30)
        yield ground


def ask(ground: Ground, *values: float) -> tuple[int, Any, Any]:
    body = {"inputs": [{"name": "x", "shape": [len(values)], "datatype": "FP64", "data": list(values)}]}
    return Caller(ground.port, timeout=30.0).post(PATH, body)


def condition(ground: Ground) -> Condition:
    (one,) = ground.reports()[0].conditions
    return one


def memory(pid: int) -> int:
    """Resident kilobytes of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def test_a_poison_request_fails_alone_and_the_third_puts_the_version_in_quarantine(ground: Ground) -> None:
    before = memory(ground.reports()[0].pid)
    with streaming(ground, 2) as streams:
        with ThreadPoolExecutor(8) as pool:
            asked = [float(value) for value in (1, 2, -1, 3, 4, 5)]
            answers = list(pool.map(lambda value: ask(ground, value), asked))
        assert [answer[0] for answer in answers] == [502 if value == -1 else 200 for value in asked]
        assert [a[1]["outputs"][0]["data"] for a in answers if a[0] == 200] == [[2 * v] for v in asked if v != -1]
        assert "The model died on this request" in answers[2][1]["error"]
        for _ in range(5):
            assert ask(ground, -1.0)[0] == 502
        assert ask(ground, -2.0)[0] == 502
        assert ask(ground, 6.0)[0] == 200
        assert ask(ground, -4.0)[0] == 502
        until(lambda: condition(ground).quarantine)
        assert condition(ground).deaths == {"exit": 1, "memory": 1, "fault": 1}
        assert ask(ground, 6.0)[0] == 502
    assert [stream.failed for stream in streams] == [[], []]
    assert memory(ground.reports()[0].pid) < before + 100_000
    page = ground.caller().get("/metrics")[1].decode()
    assert 'lamp_model_quarantined{env="prod",slot="0"' in page
    assert 'cause="memory"} 1' in page


def test_an_endless_call_ends_at_the_deadline_and_the_queue_is_bounded(ground: Ground) -> None:
    with ThreadPoolExecutor(640) as pool:
        endless = pool.submit(ask, ground, -3.0)
        time.sleep(0.3)
        with streaming(ground, 2) as streams:
            crowd = [pool.submit(ask, ground, float(value)) for value in range(600)]
            answers = [asked.result() for asked in crowd]
        assert [stream.failed for stream in streams] == [[], []]
        assert endless.result()[0] == 504
    full = [headers for status, _, headers in answers if status == 503]
    assert {status for status, _, _ in answers} <= {200, 503, 504}
    assert len(full) == 600 - 512
    assert {headers["Retry-After"] for headers in full} == {"1"}
    until(lambda: ask(ground, 1.0)[0] == 200, 20)
    assert condition(ground).deaths == {"deadline": 1}


def test_a_worker_killed_again_and_again_fails_nobody(ground: Ground) -> None:
    ended, statuses = threading.Event(), list[int]()

    def stream() -> None:
        caller = ground.caller()
        while not ended.is_set():
            statuses.append(caller.post(PATH, BODY)[0])

    def answer(more: int) -> None:
        before = len(statuses)
        until(lambda: len(statuses) >= before + more)

    def kill() -> None:
        children = Path(f"/proc/{ground.reports()[0].pid}/task/{ground.reports()[0].pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)

    with ThreadPoolExecutor(4) as pool:
        streams = [pool.submit(stream) for _ in range(4)]
        try:
            for _ in range(4):
                answer(25)
                kill()
            answer(25)
        finally:
            ended.set()
        for asked in streams:
            asked.result()
    assert set(statuses) == {200}
    assert condition(ground).quarantine == ""
    assert set(condition(ground).deaths) <= {"outside"}


def test_a_worker_killed_while_it_starts_is_started_again_and_says_nothing_against_the_model(ground: Ground) -> None:
    front = ground.reports()[0].pid

    def kill_all() -> None:
        for child in Path(f"/proc/{front}/task/{front}/children").read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)

    # The first is dead before it is asked, or the answer might come before the kill.
    kill_all()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(lambda: ground.caller().post(PATH, BODY)[0])
        for _ in range(6):
            time.sleep(0.1)
            kill_all()
        assert asked.result() == 200
    # The report follows within a moment.
    until(lambda: set(condition(ground).deaths) == {"outside"})
    assert condition(ground).quarantine == ""
